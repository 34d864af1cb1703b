"""URLs of risks."""

from django.urls import path

from pmo.registers.risks import bulk_views, edit_views, views
from projects.bulk_views import grid_urls

app_name = "risks"
urlpatterns = [
    path("projects/<code:code>/risks/", views.risk_list, name="risk_list"),
    path("projects/<code:code>/risks.csv", views.risks_export, {"kind": "csv"}, name="risks_csv"),
    path("projects/<code:code>/risks.xlsx", views.risks_export, {"kind": "xlsx"}, name="risks_xlsx"),
    path("projects/<code:code>/risks/heat/", views.risk_heat, name="risk_heat"),
    path("projects/<code:code>/risks/scale/", views.risk_scale, name="risk_scale"),
    path("projects/<code:code>/risks/scale/set/", edit_views.RiskScaleFormView.as_view(), name="risk_scale_set"),
    path("projects/<code:code>/risks/new/", edit_views.RiskNewView.as_view(), name="risk_new"),
    path("projects/<code:code>/risks/review/", edit_views.RisksReviewView.as_view(), name="risks_review"),
    path("projects/<code:code>/risks/copy/", bulk_views.RisksCopyView.as_view(), name="risks_copy"),
    *grid_urls("projects/<code:code>/risks/grid/", bulk_views.RiskGridView),
    path("projects/<code:code>/risks/paste/", bulk_views.RisksPasteView.as_view(), name="risks_paste"),
    path("projects/<code:code>/risks/change/", bulk_views.risks_change, name="risks_change"),
    path("risks/<int:risk_id>/", views.risk, name="risk"),
    path("risks/<int:risk_id>/edit/", edit_views.RiskEditView.as_view(), name="risk_edit"),
    path("risks/<int:risk_id>/assess/", edit_views.RiskAssessView.as_view(), name="risk_assess"),
    path("risks/<int:risk_id>/review/", edit_views.RiskReviewView.as_view(), name="risk_review"),
    path("risks/<int:risk_id>/happened/", edit_views.RiskMaterialiseView.as_view(), name="risk_materialise"),
    path("risks/<int:risk_id>/settle/<slug:status>/", edit_views.RiskSettleView.as_view(), name="risk_settle"),
    path("risks/<int:risk_id>/actions/new/", edit_views.RiskActionFormView.as_view(), name="risk_action_new"),
    path("risk-actions/<int:action_id>/edit/", edit_views.RiskActionFormView.as_view(), name="risk_action_edit"),
    path("projects/<code:code>/issues/", views.issue_list, name="issue_list"),
    *grid_urls("projects/<code:code>/issues/grid/", bulk_views.IssueGridView),
    path("projects/<code:code>/issues/new/", edit_views.IssueNewView.as_view(), name="issue_new"),
    path("issues/<int:issue_id>/", views.issue, name="issue"),
    path("issues/<int:issue_id>/settle/", edit_views.IssueSettleView.as_view(), name="issue_settle"),
]
