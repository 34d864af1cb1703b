"""URLs of the facts of a project."""

from django.urls import path

from governance.life.facts import views

app_name = "facts"
urlpatterns = [
    path("projects/<code:code>/facts/", views.facts, name="facts"),
    path("projects/<code:code>/facts/change/", views.FactsEditView.as_view(), name="facts_edit"),
    path("projects/<code:code>/facts/archive/", views.ArchiveView.as_view(), name="archive"),
    path("projects/<code:code>/facts/unarchive/", views.UnarchiveView.as_view(), name="unarchive"),
    path("projects/<code:code>/facts/signing/", views.SigningView.as_view(), name="signing"),
    path("projects/<code:code>/facts/workspaces/", views.WorkspacesSwitchView.as_view(), name="workspaces_switch"),
]
