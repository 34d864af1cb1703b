"""URLs of the register."""

from django.urls import path

from governance.register import views

app_name = "register"
urlpatterns = [
    path("projects/<code:code>/register/", views.register, name="register"),
]
