"""Permissions to decide on a proposal, and to prove, lift and waive conditions."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from governance.decide.proposals.models import Proposal
from projects.seats.mandates import holders, predicates
from projects.seats.mandates.authorities import OWNER, OWNER_DECIDES, NamedRole


class Signatory(Authority[Proposal]):
    """May sign decisions of the kind and amount of the proposal, and neither wrote it nor gave an opinion on it."""

    def holds(self, user: Person, on: Proposal | None) -> bool:
        return (
            on is not None
            and predicates.can_sign(user, on.project, on.delegable_kind, on.amount)
            and not on.has_part(user)
        )

    def holders(self, on: Proposal) -> Iterable[Holder]:
        return holders.signatories(on.project, on.delegable_kind, on.amount)


PERMISSIONS = (
    Permission(
        "governance.decide",
        _("decide on this proposal"),
        "R1",
        OWNER_DECIDES,
        Signatory(_("the project owner, or a delegate for this kind and amount")),
        own_hand=True,
    ),
    Permission("governance.lift", _("mark this condition as met"), "R1", OWNER_DECIDES, OWNER, own_hand=True),
    Permission("governance.waive", _("waive this condition"), "R1", OWNER_DECIDES, OWNER, own_hand=True),
    Permission(
        "governance.prove",
        _("attach the evidence for this condition"),
        "R4",
        _("The role responsible for a condition gives the evidence. Only the owner marks it as met."),
        NamedRole(_("a holder of the role responsible for the condition"), "role"),
    ),
)
