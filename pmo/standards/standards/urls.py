"""URLs of standards."""

from django.urls import path

from pmo.standards.standards import edit_views, views

app_name = "standards"
urlpatterns = [
    path("projects/<code:code>/standards/", views.standard_list, name="standard_list"),
    path("projects/<code:code>/standards/new/", edit_views.standard_new, name="standard_new"),
    path("projects/<code:code>/standards/install/", edit_views.standard_install, name="standard_install"),
    path("projects/<code:code>/standards/copy/", edit_views.standards_copy, name="standards_copy"),
    path("projects/<code:code>/standards/tools/", views.library_entries, name="library_entries"),
    path("projects/<code:code>/standards/tools/new/", edit_views.EntryFormView.as_view(), name="library_entry_new"),
    path("standards/<int:standard_id>/", views.standard, name="standard"),
    path("standards/<int:standard_id>/differences/", views.standard_differences, name="standard_differences"),
    path("standards/<int:standard_id>/next/", edit_views.standard_next, name="standard_next"),
    path("standards/versions/<int:standard_version_id>/edit/", edit_views.standard_edit, name="standard_edit"),
    path("standards/versions/<int:standard_version_id>/template/", views.standard_template, name="standard_template"),
    path("library/<int:entry_id>/edit/", edit_views.EntryFormView.as_view(), name="library_entry_edit"),
    path("library/<int:entry_id>/document/", views.library_document, name="library_document"),
]
