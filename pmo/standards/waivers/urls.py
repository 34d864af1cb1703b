"""URLs of waivers."""

from django.urls import path

from pmo.standards.waivers import views

app_name = "waivers"
urlpatterns = [
    path("projects/<code:code>/waivers/", views.waiver_list, name="waiver_list"),
    path("waivers/<int:waiver_id>/", views.waiver, name="waiver"),
    path("waivers/<int:waiver_id>/revoke/", views.WaiverRevokeView.as_view(), name="waiver_revoke"),
    path("waivers/<int:waiver_id>/close/", views.WaiverCloseView.as_view(), name="waiver_close"),
]
