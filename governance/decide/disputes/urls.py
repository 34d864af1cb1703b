"""URLs of disputes."""

from django.urls import path

from governance.decide.disputes import views

app_name = "disputes"
urlpatterns = [
    path("decisions/<int:decision_id>/not-me/", views.decision_dispute, name="decision_dispute"),
    path("not-me/<str:token>/", views.decision_dispute_link, name="decision_dispute_link"),
]
