"""URLs of acceptance."""

from django.urls import path

from amoa.acceptance import bulk_views, edit_views, views
from projects.bulk_views import grid_urls

app_name = "acceptance"
urlpatterns = [
    path("projects/<code:code>/acceptance/", views.acceptance, name="acceptance"),
    path("projects/<code:code>/acceptance/defects/", views.defect_list, name="defect_list"),
    path(
        "projects/<code:code>/acceptance/deliverables/new/",
        edit_views.DeliverableFormView.as_view(),
        name="deliverable_new",
    ),
    path(
        "projects/<code:code>/acceptance/tests/new/",
        edit_views.AcceptanceTestFormView.as_view(),
        name="acceptance_test_new",
    ),
    path(
        "projects/<code:code>/acceptance/tests/missing/",
        bulk_views.MissingTestsView.as_view(),
        name="missing_tests",
    ),
    path("projects/<code:code>/acceptance/tests/copy/", bulk_views.TestsCopyView.as_view(), name="tests_copy"),
    *grid_urls("projects/<code:code>/acceptance/tests/edit/", bulk_views.TestGridView),
    path("projects/<code:code>/acceptance/campaigns/new/", edit_views.CampaignFormView.as_view(), name="campaign_new"),
    path("deliverables/<int:deliverable_id>/edit/", edit_views.DeliverableFormView.as_view(), name="deliverable_edit"),
    path("tests/<int:test_id>/", views.acceptance_test, name="acceptance_test"),
    path("tests/<int:test_id>/edit/", edit_views.AcceptanceTestFormView.as_view(), name="acceptance_test_edit"),
    path("campaigns/<int:campaign_id>/", views.campaign, name="campaign"),
    path("campaigns/<int:campaign_id>/edit/", edit_views.CampaignFormView.as_view(), name="campaign_edit"),
    path("campaigns/<int:campaign_id>/close/", edit_views.CampaignCloseView.as_view(), name="campaign_close"),
    path("campaigns/<int:campaign_id>/tests/<int:test_id>/run/", edit_views.campaign_run, name="campaign_run"),
    path("campaigns/<int:campaign_id>/defects/new/", edit_views.DefectNewView.as_view(), name="defect_new"),
    path("defects/<int:defect_id>/", views.defect, name="defect"),
    path("defects/<int:defect_id>/correct/", edit_views.DefectCorrectView.as_view(), name="defect_correct"),
    path("defects/<int:defect_id>/close/", edit_views.DefectCloseView.as_view(), name="defect_close"),
    path("defects/<int:defect_id>/reopen/", edit_views.DefectReopenView.as_view(), name="defect_reopen"),
]
