"""URLs of conformity."""

from django.urls import path

from pmo.standards.conformity import edit_views, views

app_name = "conformity"
urlpatterns = [
    path("projects/<code:code>/conformity/", views.conformity, name="conformity"),
    path("projects/<code:code>/conformity/checks/", edit_views.conformity_checks, name="conformity_checks"),
    path(
        "projects/<code:code>/conformity/<int:checkpoint_id>/",
        views.conformity_checkpoint,
        name="conformity_checkpoint",
    ),
    path(
        "projects/<code:code>/conformity/<int:checkpoint_id>/check/",
        edit_views.CheckFormView.as_view(),
        name="conformity_check",
    ),
]
