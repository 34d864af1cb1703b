"""URL of the administration log."""

from django.urls import path

from projects.people.administration_log import views

app_name = "administration_log"
urlpatterns = [path("administration/log/", views.administration_log, name="administration_log")]
