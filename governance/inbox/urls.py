"""URLs of the tasks of a person."""

from django.urls import path

from governance.inbox import views

app_name = "inbox"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("tasks/snooze/", views.snooze, name="task_snooze"),
    path("tasks/show/", views.unsnooze, name="task_unsnooze"),
]
