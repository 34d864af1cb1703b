"""URLs of the register."""

from django.urls import path

from governance.desk.register import views

app_name = "register"
urlpatterns = [
    path("decisions/", views.register_everywhere, name="register_everywhere"),
    path("projects/<code:code>/register/", views.register, name="register"),
]
