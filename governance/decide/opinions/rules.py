"""Permissions to give an opinion and to note a binding one."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from governance.decide.proposals.models import Proposal
from governance.decide.proposals.rules import ADVISER, ADVISERS_ADVISE
from projects.seats.mandates import holders, predicates


class AnotherAdviser(Authority[Proposal]):
    """Advisers whose role did not write the proposal."""

    def holds(self, user: Person, on: Proposal | None) -> bool:
        return on is not None and predicates.advising_role(user, on.project) not in {None, on.author_role}

    def holders(self, on: Proposal) -> Iterable[Holder]:
        return [seat for seat in holders.advisers(on.project) if seat.role.code != on.author_role]


PERMISSIONS = (
    Permission("governance.advise", _("give an opinion on this proposal"), "R2", ADVISERS_ADVISE, ADVISER),
    Permission(
        "governance.note_binding",
        _("record a binding opinion on this proposal"),
        "R2",
        _("An advising role that did not write the proposal records the binding opinion of an outside authority."),
        AnotherAdviser(_("an advising role that did not write the proposal")),
    ),
)
