"""Permissions on moves under another parent."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from governance.life.moves.models import Move
from projects.seats.mandates import holders, predicates
from projects.seats.mandates.authorities import OWNER


class OwnersAbove(Authority[Move]):
    """Authority of the owners of the node a project leaves and of the one it comes under."""

    def holds(self, user: Person, on: Move | None) -> bool:
        return isinstance(on, Move) and any(predicates.is_owner(user, node) for _name, node in on.sides())

    def holders(self, on: Move) -> Iterable[Holder]:
        return [seat for _name, node in on.sides() for seat in holders.owners(node)]


BOTH_ACCEPT = _("The owner of the programme or portfolio it leaves and of the one it comes under accept the move.")
ABOVE = OwnersAbove(_("the owners of the node it leaves and of the one it comes under"))

PERMISSIONS = (
    Permission("governance.ask_move", _("ask to move the project under another parent"), "R1", BOTH_ACCEPT, OWNER),
    Permission("governance.accept_move", _("accept the move of a project"), "R1", BOTH_ACCEPT, ABOVE),
    Permission("governance.refuse_move", _("refuse the move of a project"), "R1", BOTH_ACCEPT, ABOVE),
    Permission("governance.take_back_move", _("take back the move of the project"), "R1", BOTH_ACCEPT, OWNER),
)
