"""URLs of escalated risks."""

from django.urls import path

from pmo.registers.escalations import views

app_name = "escalations"
urlpatterns = [
    path("projects/<code:code>/risks/escalated/", views.escalation_list, name="escalation_list"),
    path("risks/<int:risk_id>/escalate/", views.EscalateView.as_view(), name="risk_escalate"),
    path("escalations/<int:escalation_id>/", views.escalation, name="escalation"),
    path("escalations/<int:escalation_id>/rate/", views.ExamineView.as_view(), name="escalation_examine"),
    path("escalations/<int:escalation_id>/answer/", views.AnswerView.as_view(), name="escalation_answer"),
]
