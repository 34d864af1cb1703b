"""URLs of gates."""

from django.urls import path

from pmo.steering.gates import views

app_name = "gates"
urlpatterns = [
    path("projects/<code:code>/gates/", views.gates, name="gates"),
    path("projects/<code:code>/gates/report/", views.gate_report, name="gate_report"),
    path("projects/<code:code>/gates/report/add/", views.gate_report_add, name="gate_report_add"),
]
