"""URLs of acknowledgements."""

from django.urls import path

from governance.record.acknowledgements import views

app_name = "acknowledgements"
urlpatterns = [
    path("decisions/<int:decision_id>/read/", views.decision_acknowledge, name="decision_acknowledge"),
]
