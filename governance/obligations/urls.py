"""URLs of obligations."""

from django.urls import path

from governance.obligations import views

app_name = "obligations"
ONE = "projects/<code:code>/obligations/<code:role>/<code:duty>/<code:occasion>"
urlpatterns = [
    path("projects/<code:code>/obligations/", views.obligation_list, name="obligation_list"),
    path(f"{ONE}/fulfil/", views.FulfilView.as_view(), name="obligation_fulfil"),
    path(f"{ONE}/evidence/", views.obligation_evidence, name="obligation_evidence"),
    path(f"{ONE}/check/", views.CheckView.as_view(), name="obligation_check"),
    path(f"{ONE}/excuse/", views.ExcuseView.as_view(), name="obligation_excuse"),
]
