"""URLs of second looks."""

from django.urls import path

from governance.life.second_look import views

app_name = "second_look"
urlpatterns = [
    path("decisions/<int:decision_id>/second-look/", views.SecondLookView.as_view(), name="second_look"),
    path("projects/<code:code>/second-looks/", views.second_looks, name="second_looks"),
]
