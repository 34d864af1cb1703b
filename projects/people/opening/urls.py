"""URLs that open a project, and of the projects as administrators see them."""

from django.urls import path

from projects.people.opening import views

app_name = "opening"
urlpatterns = [
    path("projects/new/", views.ProjectOpenView.as_view(), name="project_open"),
    path("administration/projects/", views.project_seats, name="project_seats"),
]
