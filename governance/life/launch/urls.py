"""URLs of the launch."""

from django.urls import path

from governance.life.launch import views

app_name = "launch"
urlpatterns = [
    path("projects/<code:code>/launch/", views.launch, name="launch"),
]
