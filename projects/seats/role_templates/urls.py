"""URLs of role templates."""

from django.urls import path

from projects.seats.role_templates import edit_views, import_views, views

app_name = "role_templates"
urlpatterns = [
    path("referential/", views.referential, name="referential"),
    path("referential/import/", import_views.referential_import, name="referential_import"),
    path("referential/<slug:pack>/export.yaml", views.referential_export, name="referential_export"),
    path("referential/<slug:pack>/copy/", edit_views.referential_copy, name="referential_copy"),
    path("referential/<slug:pack>/new/", edit_views.referential_role_new, name="referential_role_new"),
    path("referential/templates/<int:template_id>/", edit_views.referential_template, name="referential_template"),
    path("referential/templates/<int:template_id>/next/", edit_views.referential_next, name="referential_next"),
    path(
        "referential/templates/<int:template_id>/differences/",
        views.referential_differences,
        name="referential_differences",
    ),
    path(
        "referential/templates/<int:template_id>/publish/",
        edit_views.referential_publish,
        name="referential_publish",
    ),
    path(
        "referential/templates/<int:template_id>/retire/",
        edit_views.referential_retire,
        name="referential_retire",
    ),
    path(
        "referential/templates/<int:template_id>/responsibilities/new/",
        edit_views.referential_duty_new,
        name="referential_duty_new",
    ),
    path(
        "referential/responsibilities/<int:duty_id>/",
        edit_views.referential_duty_edit,
        name="referential_duty_edit",
    ),
    path(
        "referential/responsibilities/<int:duty_id>/move/",
        edit_views.referential_duty_move,
        name="referential_duty_move",
    ),
    path(
        "referential/responsibilities/<int:duty_id>/remove/",
        edit_views.referential_duty_remove,
        name="referential_duty_remove",
    ),
]
