"""Permissions on actions."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from governance.life.actions.models import Action
from projects.seats.mandates import holders, predicates
from projects.seats.mandates.authorities import OWNER, ROLE_HOLDER, TakingPart
from roles.enums import DecisionKind, Nature

ACTIONS_ARE_GIVEN = _(
    "The owner, and the roles that produce or propose in the acceptance of risks, give actions. An action decides"
    " nothing."
)
ITS_PERSON_SETTLES = _(
    "The person of an action, or who gave it, says that it is done or dropped. Once the person has left the project,"
    " the holder of the role does, or the owner."
)


class ItsPerson(Authority[Action]):
    """Authority of the person of an action and of who gave it, then of those who inherit it."""

    def holds(self, user: Person, on: Action | None) -> bool:
        if not isinstance(on, Action) or not ROLE_HOLDER.holds(user, on.project):
            return False
        if user.pk in {on.holder_id, on.given_by_id}:
            return True
        inherits = predicates.holds_role(user, on.project, on.role) or predicates.is_owner(user, on.project)
        return inherits and not _list_seats(on, on.holder_id)

    def holders(self, on: Action) -> Iterable[Holder]:
        own = _list_seats(on, on.holder_id)
        heirs = [] if own else [*holders.holders(on.project, on.role), *holders.owners(on.project)]
        return list(dict.fromkeys([*own, *_list_seats(on, on.given_by_id), *heirs]))


def _list_seats(on: Action, person: int) -> list[Holder]:
    return list(on.project.mandates.active().filter(holder=person).select_related("holder", "role"))


GIVER = TakingPart(
    _("a holder of a role that produces or proposes in the acceptance of risks"),
    DecisionKind.RISK_ACCEPTANCE,
    Nature.PRODUCE,
    Nature.PROPOSE,
)

PERMISSIONS = (
    Permission(
        "governance.give_action",
        _("add and change actions"),
        "R2",
        ACTIONS_ARE_GIVEN,
        (OWNER | GIVER).with_label(
            _("the project owner, or a holder of a role that produces or proposes in the acceptance of risks")
        ),
    ),
    Permission(
        "governance.settle_action",
        _("record that this action is done or dropped"),
        "R2",
        ITS_PERSON_SETTLES,
        ItsPerson(_("the person of the action, or who gave it")),
    ),
)
