"""Permissions to prepare and run tests, to handle defects and to close campaigns."""

from django.utils.translation import gettext_lazy as _

from amoa.authorities import PROVIDER_BUILDS
from core.access import Permission
from projects.seats.mandates.authorities import PROVIDER, TakingPart
from roles.enums import DecisionKind, Nature

ACCEPTANCE_IS_PREPARED = _(
    "The roles that produce or propose in acceptance prepare and run the tests. The owner accepts."
)

PLANNER = TakingPart(_("a holder of a role that proposes the acceptance"), DecisionKind.ACCEPTANCE, Nature.PROPOSE)
TESTER = TakingPart(
    _("a holder of a role that produces or proposes in acceptance"),
    DecisionKind.ACCEPTANCE,
    Nature.PRODUCE,
    Nature.PROPOSE,
)

PERMISSIONS = (
    Permission("amoa.plan_acceptance", _("prepare tests and campaigns"), "R2", ACCEPTANCE_IS_PREPARED, PLANNER),
    Permission("amoa.run_test", _("record the result of a test"), "R2", ACCEPTANCE_IS_PREPARED, TESTER),
    Permission(
        "amoa.report_defect",
        _("report a defect"),
        "R2",
        ACCEPTANCE_IS_PREPARED,
        (TESTER | PROVIDER).with_label(_("a holder of a role that tests, or the solution provider")),
    ),
    Permission("amoa.correct_defect", _("record how a defect was corrected"), "R2", PROVIDER_BUILDS, PROVIDER),
    Permission("amoa.close_defect", _("close or reopen a defect"), "R2", ACCEPTANCE_IS_PREPARED, TESTER),
    Permission("amoa.close_campaign", _("close an acceptance campaign"), "R2", ACCEPTANCE_IS_PREPARED, PLANNER),
)
