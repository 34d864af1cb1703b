"""URLs of the change plan."""

from django.urls import path

from amoa.change_plan import calendar_views, edit_views, views

app_name = "change_plan"
urlpatterns = [
    path("projects/<code:code>/calendar/", calendar_views.calendar, name="calendar"),
    path(
        "calendar/<uuid:person>/<int:project_id>/<slug:token>.ics", calendar_views.calendar_feed, name="calendar_feed"
    ),
    path("projects/<code:code>/change/", views.change_plan, name="change_plan"),
    path("projects/<code:code>/change/freeze/", edit_views.ChangePlanFreezeView.as_view(), name="change_plan_freeze"),
    path("projects/<code:code>/change/versions/<int:number>/", views.change_plan_version, name="change_plan_version"),
    path("projects/<code:code>/change/impact/", edit_views.ImpactFormView.as_view(), name="change_impact_write"),
    path("projects/<code:code>/change/communications/", views.change_communications, name="change_communications"),
    path(
        "projects/<code:code>/change/communications/new/",
        edit_views.CommunicationFormView.as_view(),
        name="change_communication_new",
    ),
    path("projects/<code:code>/change/training/", views.change_trainings, name="change_trainings"),
    path(
        "projects/<code:code>/change/training/new/", edit_views.TrainingFormView.as_view(), name="change_training_new"
    ),
    path("projects/<code:code>/change/feedback/", views.change_feedback, name="change_feedback"),
    path("projects/<code:code>/change/feedback/new/", edit_views.FeedbackFormView.as_view(), name="feedback_new"),
    path("projects/<code:code>/change/adoption/", views.change_adoption, name="change_adoption"),
    path(
        "projects/<code:code>/change/adoption/new/",
        edit_views.AdoptionIndicatorFormView.as_view(),
        name="change_indicator_new",
    ),
    path(
        "communications/<int:communication_id>/edit/",
        edit_views.CommunicationFormView.as_view(),
        name="change_communication_edit",
    ),
    path("trainings/<int:training_id>/edit/", edit_views.TrainingFormView.as_view(), name="change_training_edit"),
    path(
        "indicators/<int:indicator_id>/edit/",
        edit_views.AdoptionIndicatorFormView.as_view(),
        name="change_indicator_edit",
    ),
    path(
        "indicators/<int:indicator_id>/reading/",
        edit_views.AdoptionReadingFormView.as_view(),
        name="change_reading_add",
    ),
    path("feedback/<int:feedback_id>/answer/", edit_views.FeedbackAnswerView.as_view(), name="feedback_answer"),
]
