"""Addresses of notices."""

from django.urls import path

from projects.notices import views

app_name = "notices"
urlpatterns = [
    path("notifications/", views.notification_list, name="notification_list"),
    path("notifications/read/", views.notifications_read, name="notifications_read"),
]
