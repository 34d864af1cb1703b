"""Permission to acknowledge a decision."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from projects.seats.mandates.authorities import ROLE_HOLDER, Subject


class Reader(Authority[Subject]):
    """Holds a role on the project, and did not take the decision."""

    def holds(self, user: Person, on: Subject | None) -> bool:
        return ROLE_HOLDER.holds(user, on) and self.decider(on) != user.pk

    def holders(self, on: Subject) -> Iterable[Holder]:
        return [seat for seat in ROLE_HOLDER.holders(on) if seat.person.pk != self.decider(on)]

    def decider(self, on: Subject | None) -> int | None:
        """Return the key of the account that took the decision, if `on` is one."""
        return getattr(on, "decided_by_id", None)


PERMISSIONS = (
    Permission(
        "governance.acknowledge",
        _("confirm having read this decision"),
        "R11",
        _("Role holders confirm that they have read the decisions of others."),
        Reader(_("a holder of a role on the project who did not take the decision")),
    ),
)
