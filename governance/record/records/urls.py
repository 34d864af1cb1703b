"""URLs of decision records."""

from django.urls import path

from governance.record.records import views

app_name = "records"
urlpatterns = [
    path("decisions/<int:decision_id>/", views.record, name="decision_record"),
    path("decisions/<int:decision_id>/record.pdf", views.record_pdf, name="decision_record_pdf"),
]
