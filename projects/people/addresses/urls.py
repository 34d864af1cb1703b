"""URLs of changes of address."""

from django.urls import path

from projects.people.addresses import views

app_name = "addresses"
urlpatterns = [
    path("account/address/", views.address_ask, name="address_ask"),
    path("account/address/take-back/", views.address_take_back, name="address_take_back"),
    path("address/<str:token>/", views.address_answer, name="address_answer"),
    path("administration/people/<int:person_id>/address/", views.AddressProposeView.as_view(), name="address_propose"),
]
