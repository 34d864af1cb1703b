"""URLs of the reader's preferences."""

from django.urls import path

from roles.accounts import views

urlpatterns = [path("preferences/", views.preferences, name="preferences")]
