"""URLs of this app, one file for each capability."""

from django.urls import include, path

import core.pages.converters  # noqa: F401  (registers <code:…>)

app_name = "governance"
urlpatterns = [
    path("", include("governance.desk.inbox.urls")),
    path("", include("governance.desk.calendar.urls")),
    path("", include("governance.desk.search.urls")),
    path("", include("governance.desk.project_tree.urls")),
    path("", include("governance.desk.home.urls")),
    path("", include("governance.life.facts.urls")),
    path("", include("governance.life.moves.urls")),
    path("", include("governance.life.carry_overs.urls")),
    path("", include("governance.life.actions.urls")),
    path("", include("governance.place.page.urls")),
    path("", include("governance.life.launch.urls")),
    path("", include("governance.desk.responsibilities.urls")),
    path("", include("governance.desk.register.urls")),
    path("", include("governance.record.earlier_decisions.urls")),
    path("", include("governance.decide.evidence.urls")),
    path("", include("governance.decide.proposals.urls")),
    path("", include("governance.desk.permissions.urls")),
    path("", include("governance.desk.dossier.urls")),
    path("", include("governance.record.verification.urls")),
    path("", include("governance.record.acknowledgements.urls")),
    path("", include("governance.record.records.urls")),
    path("", include("governance.desk.room.urls")),
    path("", include("governance.desk.packet.urls")),
    path("", include("governance.sessions.bodies.urls")),
    path("", include("governance.sessions.sittings.urls")),
    path("", include("governance.sessions.lists.urls")),
    path("", include("governance.decide.disputes.urls")),
    path("", include("governance.decide.obligations.urls")),
    path("", include("governance.life.decision_reviews.urls")),
    path("", include("governance.life.second_look.urls")),
]
