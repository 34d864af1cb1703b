"""Permissions of obligations."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from governance.decide.obligations.models import Discharge
from projects.seats.mandates import holders, predicates
from projects.seats.mandates.authorities import OWNER, NamedRole


class ReceiverOrOwner(Authority[Discharge]):
    """Authority of the roles that look at evidence given by hand, and of the owner."""

    def holds(self, user: Person, on: Discharge | None) -> bool:
        if on is None:
            return False
        is_receiver = any(predicates.holds_role(user, on.project, code) for code in on.receivers)
        return is_receiver or predicates.is_owner(user, on.project)

    def holders(self, on: Discharge) -> Iterable[Holder]:
        receivers = [seat for code in on.receivers for seat in holders.holders(on.project, code)]
        return {seat.pk: seat for seat in [*receivers, *holders.owners(on.project)]}.values()


PERMISSIONS = (
    Permission(
        "governance.fulfil",
        _("fulfil this obligation"),
        "R4",
        _("The role that has a responsibility fulfils its obligations, with evidence."),
        NamedRole(_("a holder of the role that has the responsibility"), "role"),
    ),
    Permission(
        "governance.check_evidence",
        _("tell whether this evidence was received"),
        "R4",
        _("The receiver of a responsibility, or the project owner, says whether its evidence was received."),
        ReceiverOrOwner(_("a holder of a role that receives the evidence, or the project owner")),
    ),
    Permission(
        "governance.excuse",
        _("excuse a role from an obligation"),
        "R1",
        _("Only the project owner excuses a role from an obligation, in writing."),
        OWNER,
    ),
)
