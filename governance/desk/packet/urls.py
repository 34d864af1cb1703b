"""URLs of the papers of a session."""

from django.urls import path

from governance.desk.packet import views

app_name = "packet"
urlpatterns = [
    path("sessions/<int:session_id>/papers/", views.packet, name="packet"),
    path("sessions/<int:session_id>/papers/<slug:kind>/", views.packet_file, name="packet_file"),
]
