"""URLs of the proof, and of the page that verifies one."""

from django.urls import path

from governance.record.verification import views

app_name = "verification"
urlpatterns = [
    path("decisions/<int:decision_id>/proof.json", views.proof, name="decision_proof"),
    path("decisions/<int:decision_id>/proof.zip", views.proof_archive, name="decision_proof_archive"),
    path("verify/", views.verify, name="verify"),
]
