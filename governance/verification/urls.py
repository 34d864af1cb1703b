"""URLs of the proof."""

from django.urls import path

from governance.verification import views

app_name = "verification"
urlpatterns = [
    path("decisions/<int:decision_id>/proof.json", views.proof, name="decision_proof"),
]
