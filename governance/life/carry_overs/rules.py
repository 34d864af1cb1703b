"""Permissions on what the closing of a project carried over to another one."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from governance.life.carry_overs.enums import CarryOverState
from governance.life.carry_overs.models import CarryOver
from projects.seats.mandates import holders, predicates
from projects.seats.mandates.authorities import ROLE_HOLDER


class NamedHolder(Authority[CarryOver]):
    """Authority of the person named by the closing, while they hold a role there, until the last day to answer."""

    def holds(self, user: Person, on: CarryOver | None) -> bool:
        return (
            isinstance(on, CarryOver)
            and not on.is_accepted
            and not on.target.is_over
            and on.holder_id == user.pk
            and ROLE_HOLDER.holds(user, on.target)
            and not on.has_returned
        )

    def holders(self, on: CarryOver) -> Iterable[Holder]:
        return list(on.target.mandates.active().filter(holder=on.holder_id).select_related("holder", "role"))


class HolderThenOwner(NamedHolder):
    """Authority of the named person in time, then of the owner of the project it goes to."""

    def holds(self, user: Person, on: CarryOver | None) -> bool:
        if super().holds(user, on):
            return True
        return (
            isinstance(on, CarryOver)
            and on.has_returned
            and not on.target.is_over
            and predicates.is_owner(user, on.target)
        )

    def holders(self, on: CarryOver) -> Iterable[Holder]:
        return holders.owners(on.target) if on.has_returned else super().holders(on)


class Follower(Authority[CarryOver]):
    """Authority of who accepted it while they hold a role there, then of the owner of the project it goes to."""

    def holds(self, user: Person, on: CarryOver | None) -> bool:
        if not isinstance(on, CarryOver) or on.state != CarryOverState.ACCEPTED or on.target.is_over:
            return False
        if on.answered_by_id == user.pk:
            return ROLE_HOLDER.holds(user, on.target)
        return predicates.is_owner(user, on.target) and not self._list_seats(on)

    def holders(self, on: CarryOver) -> Iterable[Holder]:
        return self._list_seats(on) or holders.owners(on.target)

    def _list_seats(self, on: CarryOver) -> list[Holder]:
        seats = on.target.mandates.active().filter(holder=on.answered_by_id)
        return list(seats.select_related("holder", "role"))


class Receiver(Authority[CarryOver]):
    """Authority of the owner of the project it goes to, in time, on what another person records as done."""

    def holds(self, user: Person, on: CarryOver | None) -> bool:
        return (
            isinstance(on, CarryOver)
            and on.can_be_refused
            and not on.target.is_over
            and on.done_by_id != user.pk
            and predicates.is_owner(user, on.target)
        )

    def holders(self, on: CarryOver) -> Iterable[Holder]:
        return holders.owners(on.target)


NAMED_ACCEPTS = _(
    "The person named by the closing accepts what is carried over. Declined, or not accepted in 10 working days, it"
    " returns to the owner of the project it goes to."
)

FOLLOWER_FINISHES = _(
    "The person who accepted what is carried over records that it is done. If they hold no role there now, the owner of"
    " that project does."
)

OWNER_REFUSES = _(
    "The owner of the project it goes to refuses its end once, within 10 working days. Both words are kept."
)

PERMISSIONS = (
    Permission(
        "governance.accept_carry_over",
        _("accept what the closing of a project carries over"),
        "R1",
        NAMED_ACCEPTS,
        HolderThenOwner(_("the person named by the closing, then the owner of the project it goes to")),
    ),
    Permission(
        "governance.decline_carry_over",
        _("decline what the closing of a project carries over"),
        "R1",
        NAMED_ACCEPTS,
        NamedHolder(_("the person named by the closing, in time")),
    ),
    Permission(
        "governance.finish_carry_over",
        _("record that an item carried over is done"),
        "R1",
        FOLLOWER_FINISHES,
        Follower(_("the person who accepted the item, then the owner of the project it goes to")),
    ),
    Permission(
        "governance.refuse_carry_over",
        _("record that an item carried over is not done"),
        "R1",
        OWNER_REFUSES,
        Receiver(_("the owner of the project it goes to, in time")),
    ),
)
