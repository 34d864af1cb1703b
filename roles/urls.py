"""What a reader chooses for themselves."""

from django.urls import path

from roles import views

app_name = "roles"
urlpatterns = [path("preferences/", views.preferences, name="preferences")]
