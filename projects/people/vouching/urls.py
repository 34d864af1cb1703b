"""URLs of vouches."""

from django.urls import path

from projects.people.vouching import views

app_name = "vouching"
urlpatterns = [
    path("account/vouch/", views.vouch_ask, name="vouch_ask"),
    path("vouch/<int:credential_id>/", views.VouchView.as_view(), name="vouch"),
    path("vouch/address/<int:change_id>/", views.VouchAddressView.as_view(), name="vouch_address"),
]
