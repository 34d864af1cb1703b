"""Permissions to close the account of an owner and to name another one in their place: by two hands."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Permission, Person
from projects.people.replacements.enums import Capacity
from projects.people.replacements.models import Replacement
from projects.people.replacements.predicates import find_capacity, find_last_owner, has_long_administered
from projects.project.models import Project
from projects.seats.mandates.predicates import advising_role
from roles.authorities import ADMINISTRATOR
from roles.models import User

TWO_HANDS = _("Two people replace an owner or close their account, and say why. All who must know are notified first.")
OBJECTS = _("After an objection of the former owner, the same two people confirm, or the new owner cannot act.")


class Proposer(Authority[Any]):
    """Authority of administrators over a project whose last owner is gone, and over the account of somebody else.

    Their rights are older than the waiting time: nobody is made an administrator to propose.
    """

    def holds(self, user: Person, on: object | None) -> bool:
        if not (ADMINISTRATOR.holds(user, on) and isinstance(on, Project | User)):
            return False
        if on._state.adding:  # as the page of permissions supposes it: the rights are old enough
            return True
        concerned = find_last_owner(on) is not None if isinstance(on, Project) else on.pk != user.pk
        return concerned and has_long_administered(user)


class Second(Authority[Replacement]):
    """Authority of the owner above, an adviser or another administrator, since longer than the waiting time."""

    def holds(self, user: Person, on: Replacement | None) -> bool:
        if on and on._state.adding:  # as the page of permissions supposes it: the office is old enough
            return user.is_staff or advising_role(user, on.project) is not None
        capacity = find_capacity(user, on) if on else None
        return capacity in {Capacity.ABOVE, Capacity.ADVISER} or (capacity == Capacity.ADMINISTRATOR and user.is_staff)


class Named(Authority[Replacement]):
    """Authority of the people whom these fields of the replacement name."""

    def __init__(self, label: Any, *fields: str) -> None:
        super().__init__(label)
        self.fields = fields

    def holds(self, user: Person, on: Replacement | None) -> bool:
        return on is not None and user.pk in {getattr(on, f"{field}_id") for field in self.fields}


class NamedOrAdministrator(Named):
    """Authority of these people, and of administrators."""

    def holds(self, user: Person, on: Replacement | None) -> bool:
        return on is not None and (ADMINISTRATOR.holds(user, on) or super().holds(user, on))


PERMISSIONS = (
    Permission(
        "projects.propose_replacement",
        _("propose to close the account of a project owner, or another owner in their place"),
        "R1",
        TWO_HANDS,
        Proposer(
            _("an administrator since longer than the waiting time, for another person or a project without owner")
        ),
        own_hand=True,
    ),
    Permission(
        "projects.second_replacement",
        _("second the replacement of a project owner"),
        "R1",
        TWO_HANDS,
        Second(_("the owner above, an advising role of the project, or another administrator")),
        own_hand=True,
    ),
    Permission(
        "projects.take_replacement",
        _("accept to own the project in place of the last owner"),
        "R1",
        TWO_HANDS,
        Named(_("the person who is to follow"), "successor"),
        own_hand=True,
    ),
    Permission(
        "projects.confirm_replacement",
        _("confirm what the former owner objects to"),
        "R1",
        OBJECTS,
        Named(_("the person who proposed or seconded it"), "proposed_by", "seconded_by"),
        own_hand=True,
    ),
    Permission(
        "projects.end_replacement",
        _("withdraw the replacement of a project owner"),
        "R1",
        TWO_HANDS,
        NamedOrAdministrator(
            _("an administrator, or a person who proposed or seconded it"), "proposed_by", "seconded_by"
        ),
    ),
)
