"""URLs of sessions."""

from django.urls import path

from governance.sessions.sittings import edit_views, views

app_name = "sittings"
urlpatterns = [
    path("projects/<code:code>/sessions/", views.session_list, name="session_list"),
    path("projects/<code:code>/sessions/new/", edit_views.SessionFormView.as_view(), name="session_new"),
    path("sessions/<int:session_id>/", views.session, name="session"),
    path("sessions/<int:session_id>/edit/", edit_views.SessionFormView.as_view(), name="session_edit"),
    path("sessions/<int:session_id>/agenda/", edit_views.AgendaView.as_view(), name="session_agenda"),
    path("sessions/<int:session_id>/convene/", edit_views.ConveneView.as_view(), name="session_convene"),
    path("sessions/<int:session_id>/add/", edit_views.LateItemView.as_view(), name="session_add"),
    path("sessions/<int:session_id>/open/", edit_views.OpenView.as_view(), name="session_open"),
    path("sessions/<int:session_id>/close/", edit_views.CloseView.as_view(), name="session_close"),
    path("sessions/<int:session_id>/cancel/", edit_views.CancelView.as_view(), name="session_cancel"),
    path("session-items/<int:item_id>/", edit_views.ItemView.as_view(), name="session_item"),
]
