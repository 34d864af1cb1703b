"""URLs of decision lists."""

from django.urls import path

from governance.sessions.lists import views

app_name = "lists"
urlpatterns = [
    path("sessions/<int:session_id>/list/", views.decision_list, name="decision_list"),
    path("sessions/<int:session_id>/list/settle/", views.SettleView.as_view(), name="decision_list_settle"),
    path("sessions/<int:session_id>/list/rectify/", views.RectifyView.as_view(), name="decision_list_rectify"),
    path("sessions/<int:session_id>/list/<slug:kind>/file/", views.decision_list_file, name="decision_list_file"),
]
