"""URLs of reviews of decisions."""

from django.urls import path

from governance.life.decision_reviews import views

app_name = "decision_reviews"
urlpatterns = [
    path("decisions/<int:decision_id>/review/", views.DecisionReviewView.as_view(), name="decision_review"),
]
