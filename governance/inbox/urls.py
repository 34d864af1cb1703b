"""URLs of the inbox."""

from django.urls import path

from governance.inbox import views

app_name = "inbox"
urlpatterns = [
    path("", views.inbox, name="inbox"),
]
