"""URLs of reviews."""

from django.urls import path

from pmo.steering.reviews import views

app_name = "reviews"
urlpatterns = [
    path("projects/<code:code>/reviews/", views.review_list, name="review_list"),
    path("projects/<code:code>/reviews/new/", views.ReviewFormView.as_view(), name="review_new"),
    path("reviews/<int:review_id>/", views.review, name="review"),
    path("reviews/<int:review_id>/pdf/", views.review_pdf, name="review_pdf"),
]
