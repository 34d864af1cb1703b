"""What a reader chooses for themselves."""

from django.urls import path

from roles.accounts import views

urlpatterns = [path("preferences/", views.preferences, name="preferences")]
