"""URLs of the project home."""

from django.urls import path

from governance.desk.home import views

app_name = "home"
urlpatterns = [
    path("projects/<code:code>/", views.project_home, name="project_home"),
]
