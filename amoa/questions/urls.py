"""URLs of questions and answers."""

from django.urls import path

from amoa.questions import estimate_views, views

app_name = "questions"
urlpatterns = [
    path("projects/<code:code>/liaison/", views.liaison_list, name="liaison"),
    path("projects/<code:code>/estimates/", estimate_views.estimates, name="estimates"),
    path("requirements/<int:requirement_id>/ask/", views.QuestionAskView.as_view(), name="question_ask"),
    path("requirements/<int:requirement_id>/estimate/", views.EstimateGiveView.as_view(), name="estimate_give"),
    path("questions/<int:question_id>/answer/", views.QuestionAnswerView.as_view(), name="question_answer"),
]
