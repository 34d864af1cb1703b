"""URLs of the tasks of a person."""

from django.urls import path

from governance.desk.inbox import moving_in_views, views

app_name = "inbox"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("tasks/snooze/", views.snooze, name="task_snooze"),
    path("tasks/show/", views.unsnooze, name="task_unsnooze"),
    path("moving-in/put-away/", moving_in_views.step_put_away, name="step_put_away"),
    path("moving-in/show/", moving_in_views.steps_show, name="steps_show"),
]
