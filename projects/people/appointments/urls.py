"""URLs of appointments."""

from django.urls import path

from projects.people.appointments import views

app_name = "appointments"
urlpatterns = [
    path("projects/<code:code>/mandates/appoint/", views.MandateNewView.as_view(), name="mandate_appoint"),
]
