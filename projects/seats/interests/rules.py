"""Permissions on bidders and declared ties (R8)."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from projects.impartiality.models import Interest
from projects.project.models import Project
from projects.seats.mandates import holders, predicates
from projects.seats.mandates.authorities import OWNER, OWNER_OR_PROPOSER, PROPOSER, ProjectAuthority, Proposer
from roles.enums import DecisionKind

TIES_ARE_DECLARED = _("Role holders declare their own interests. The owner rules on them, never on their own.")


class AnySeat(ProjectAuthority):
    """Authority of every seat holder, delegates and people blocked by a tie included."""

    def holds_on(self, user: Person, project: Project) -> bool:
        return bool(predicates.project_seats(user, project))

    def holders_on(self, project: Project) -> Iterable[Holder]:
        return holders.seat_holders(project)


class OwnerOfAnothersTie(Authority[Interest]):
    """Authority of the owner over the ties of other people."""

    def holds(self, user: Person, on: Interest | None) -> bool:
        return on is not None and on.person_id != user.pk and OWNER.holds(user, on)

    def holders(self, on: Interest) -> Iterable[Holder]:
        return OWNER.holders(on)


CHOOSES_SUPPLIER = Proposer(PROPOSER.label, DecisionKind.SUPPLIER_CHOICE)

PERMISSIONS = (
    Permission(
        "projects.note_bidder",
        _("add a bidder"),
        "R8",
        TIES_ARE_DECLARED,
        (OWNER | CHOOSES_SUPPLIER).with_label(OWNER_OR_PROPOSER.label),
    ),
    Permission(
        "projects.declare_interest",
        _("declare an interest"),
        "R8",
        TIES_ARE_DECLARED,
        AnySeat(_("a holder of a role on the project")),
    ),
    Permission(
        "projects.settle_interest",
        _("rule on a declared interest"),
        "R8",
        TIES_ARE_DECLARED,
        OwnerOfAnothersTie(OWNER.label),
    ),
)
