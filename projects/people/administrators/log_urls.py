"""URL of the administration log."""

from django.urls import path

from projects.people.administrators import log_views

app_name = "administration_log"
urlpatterns = [path("administration/log/", log_views.administration_log, name="administration_log")]
