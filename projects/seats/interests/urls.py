"""Addresses of interests."""

from django.urls import path

from projects.seats.interests import views

app_name = "interests"
urlpatterns = [
    path("projects/<code:code>/interests/", views.interests, name="interests"),
    path("projects/<code:code>/interests/bidder/", views.BidderNoteView.as_view(), name="bidder_note"),
    path("projects/<code:code>/interests/declare/", views.InterestDeclareView.as_view(), name="interest_declare"),
    path("interests/<int:interest_id>/settle/", views.InterestSettleView.as_view(), name="interest_settle"),
]
