"""URLs of the earlier decisions."""

from django.urls import path

from governance.record.earlier_decisions import views

app_name = "earlier_decisions"
urlpatterns = [
    path("projects/<code:code>/earlier-decisions/", views.earlier_list, name="earlier_list"),
    path(
        "projects/<code:code>/earlier-decisions/new/",
        views.EarlierDecisionFormView.as_view(),
        name="earlier_new",
    ),
    path("earlier-decisions/<int:earlier_id>/", views.earlier_decision, name="earlier_decision"),
    path(
        "earlier-decisions/<int:earlier_id>/edit/",
        views.EarlierDecisionFormView.as_view(),
        name="earlier_edit",
    ),
]
