"""URLs of success criteria."""

from django.urls import path

from pmo.registers.success_criteria import views

app_name = "success_criteria"
urlpatterns = [
    path("projects/<code:code>/success/", views.success, name="success"),
    path("projects/<code:code>/benefits/", views.benefits, name="benefits"),
    path("projects/<code:code>/success/new/", views.CriterionFormView.as_view(), name="criterion_new"),
    path("projects/<code:code>/success/benefits/new/", views.BenefitFormView.as_view(), name="benefit_new"),
    path("projects/<code:code>/success/freeze/", views.CriteriaFreezeView.as_view(), name="criteria_freeze"),
    path("success/<int:criterion_id>/edit/", views.CriterionFormView.as_view(), name="criterion_edit"),
    path("success/<int:criterion_id>/drop/", views.CriterionDropView.as_view(), name="criterion_drop"),
    path("success/<int:criterion_id>/measure/", views.MeasureFormView.as_view(), name="criterion_measure"),
]
