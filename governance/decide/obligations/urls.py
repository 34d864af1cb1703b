"""URLs of obligations."""

from django.urls import path

from governance.decide.obligations import together_views, views

app_name = "obligations"
OF_ROLE = "projects/<code:code>/obligations/<code:role>"
ONE = f"{OF_ROLE}/<code:duty>/<code:occasion>"
urlpatterns = [
    path("projects/<code:code>/obligations/", views.obligation_list, name="obligation_list"),
    path(f"{OF_ROLE}/catch-up/", together_views.CatchUpView.as_view(), name="obligation_catch_up"),
    path(f"{OF_ROLE}/excuse/", together_views.ExcuseMissedView.as_view(), name="obligation_excuse_missed"),
    path(f"{ONE}/fulfil/", views.FulfilView.as_view(), name="obligation_fulfil"),
    path(f"{ONE}/evidence/", views.obligation_evidence, name="obligation_evidence"),
    path(f"{ONE}/check/", views.CheckView.as_view(), name="obligation_check"),
    path(f"{ONE}/excuse/", views.ExcuseView.as_view(), name="obligation_excuse"),
]
