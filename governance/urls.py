"""URLs of this app, one file for each capability."""

from django.urls import include, path

import core.converters  # noqa: F401  (registers <code:…>)

app_name = "governance"
urlpatterns = [
    path("", include("governance.inbox.urls")),
    path("", include("governance.project_tree.urls")),
    path("", include("governance.home.urls")),
    path("", include("governance.facts.urls")),
    path("", include("governance.moves.urls")),
    path("", include("governance.carry_overs.urls")),
    path("", include("governance.launch.urls")),
    path("", include("governance.responsibilities.urls")),
    path("", include("governance.register.urls")),
    path("", include("governance.earlier_decisions.urls")),
    path("", include("governance.evidence.urls")),
    path("", include("governance.proposals.urls")),
    path("", include("governance.permissions.urls")),
    path("", include("governance.dossier.urls")),
    path("", include("governance.verification.urls")),
    path("", include("governance.acknowledgements.urls")),
    path("", include("governance.records.urls")),
    path("", include("governance.disputes.urls")),
    path("", include("governance.obligations.urls")),
    path("", include("governance.decision_reviews.urls")),
    path("", include("governance.second_look.urls")),
]
