"""URLs of the tree of projects, and of the page that follows the sign-in."""

from django.urls import path

from governance.desk.project_tree import views

app_name = "project_tree"
urlpatterns = [
    path("start/", views.start, name="start"),
    path("projects/", views.project_list, name="project_list"),
]
