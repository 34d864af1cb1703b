"""URLs of reminders."""

from django.urls import path

from pmo.steering.reminders import views

app_name = "reminders"
urlpatterns = [
    path("projects/<code:code>/obligations/remind/", views.obligation_remind, name="obligation_remind"),
]
