"""URLs of the room of a session."""

from django.urls import path

from governance.desk.room import views

app_name = "room"
urlpatterns = [
    path("sessions/<int:session_id>/room/", views.room, name="room"),
    path("sessions/<int:session_id>/room/screen/", views.room_screen, name="room_screen"),
    path("sessions/<int:session_id>/room/show/", views.room_show, name="room_show"),
]
