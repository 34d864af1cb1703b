"""URLs of risks."""

from django.urls import path

from pmo.registers.risks import bulk_views, edit_views, export, views
from projects.bulk_views import ChangeRowsView, UndoRowsView

app_name = "risks"
urlpatterns = [
    path("projects/<code:code>/risks/", views.risk_list, name="risk_list"),
    path("projects/<code:code>/risks.csv", export.risks_export, {"kind": "csv"}, name="risks_csv"),
    path("projects/<code:code>/risks.xlsx", export.risks_export, {"kind": "xlsx"}, name="risks_xlsx"),
    path("projects/<code:code>/risks/heat/", views.risk_heat, name="risk_heat"),
    path("projects/<code:code>/risks/scale/", views.risk_scale, name="risk_scale"),
    path("projects/<code:code>/risks/scale/set/", edit_views.RiskScaleFormView.as_view(), name="risk_scale_set"),
    path("projects/<code:code>/risks/new/", edit_views.RiskNewView.as_view(), name="risk_new"),
    path("projects/<code:code>/risks/review/", edit_views.RisksReviewView.as_view(), name="risks_review"),
    path("projects/<code:code>/risks/copy/", bulk_views.RisksCopyView.as_view(), name="risks_copy"),
    path("projects/<code:code>/risks/grid/", bulk_views.RiskGridView.as_view(), name="risks_grid"),
    path(
        "projects/<code:code>/risks/grid/change/",
        ChangeRowsView.as_view(grid=bulk_views.RiskGridView),
        name="risks_edit",
    ),
    path(
        "projects/<code:code>/risks/grid/undo/<int:seq>/",
        UndoRowsView.as_view(grid=bulk_views.RiskGridView),
        name="risks_undo",
    ),
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
    path("projects/<code:code>/issues/grid/", bulk_views.IssueGridView.as_view(), name="issues_grid"),
    path(
        "projects/<code:code>/issues/grid/change/",
        ChangeRowsView.as_view(grid=bulk_views.IssueGridView),
        name="issues_change",
    ),
    path(
        "projects/<code:code>/issues/grid/undo/<int:seq>/",
        UndoRowsView.as_view(grid=bulk_views.IssueGridView),
        name="issues_undo",
    ),
    path("projects/<code:code>/issues/new/", edit_views.IssueNewView.as_view(), name="issue_new"),
    path("issues/<int:issue_id>/", views.issue, name="issue"),
    path("issues/<int:issue_id>/settle/", edit_views.IssueSettleView.as_view(), name="issue_settle"),
]
