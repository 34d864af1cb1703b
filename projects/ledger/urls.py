"""URL that finds out whether an act is recorded."""

from django.urls import path

from projects.ledger import views

app_name = "ledger"
urlpatterns = [path("acts/<fingerprint:event>/", views.act_check, name="act_check")]
