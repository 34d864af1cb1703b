"""URLs of bodies."""

from django.urls import path

from governance.sessions.bodies import views

app_name = "bodies"
urlpatterns = [
    path("projects/<code:code>/bodies/new/", views.BodyFormView.as_view(), name="body_new"),
    path("bodies/<int:body_id>/edit/", views.BodyFormView.as_view(), name="body_edit"),
]
