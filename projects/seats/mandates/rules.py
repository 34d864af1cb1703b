"""Permissions on mandates and delegations."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.access import Authority, Holder, Permission, Person
from projects.project.models import Project
from projects.seats.mandates import predicates
from projects.seats.mandates.authorities import OWNER, OWNER_DECIDES, Owner, Subject, project_of
from projects.seats.mandates.models import Mandate
from projects.seats.mandates.seats import seats_of
from roles.authorities import ADMINISTRATOR
from roles.enums import Nature

OWNER_APPOINTS = _("The project owner gives and ends the roles of the project.")
NAMED_TO_BE_APPOINTED = _(
    "People who appoint, or propose appointments, find others by name, job title and organisation."
)
HOLDER_ACCEPTS = _("Only the appointed person can accept their mandate.")
HOLDER_DECLINES = _("Only the appointed person can decline their mandate, before they accept it.")
HOLDER_STATES = _("Expertise and experience are stated by the person who has them, and shown beside the role.")


class OwnerDespiteTies(Owner):
    """Authority of the owner; while a tie blocks them, they may still end their own mandate."""

    def holds(self, user: Person, on: Subject | None) -> bool:
        if super().holds(user, on):
            return True
        return (
            isinstance(on, Mandate)
            and on.holder_id == user.pk
            and predicates.is_owner_despite_ties(user, project_of(on))
        )


class OwnerWhoLeaves(Owner):
    """Authority of the owner, even while a tie blocks them."""

    def holds_on(self, user: Person, project: Project) -> bool:
        return predicates.is_owner_despite_ties(user, project)


class AcceptedOwner(Owner):
    """Authority of the owner who has accepted, where they follow another one."""

    def holds_on(self, user: Person, project: Project) -> bool:
        return predicates.is_accepted_owner(user, project)


class MandateHolder(Authority[Mandate]):
    """Authority of the holder of the mandate."""

    def holds(self, user: Person, on: Mandate | None) -> bool:
        return on is not None and on.holder_id == user.pk

    def holders(self, on: Mandate) -> Iterable[Holder]:
        return [on]


class DecliningHolder(MandateHolder):
    """Authority of the holder of the mandate; once the project has ended, of an owner's alone."""

    def holds(self, user: Person, on: Mandate | None) -> bool:
        return on is not None and super().holds(user, on) and (on.decides or not on.project.is_over)


class Appointing(Authority[object]):
    """Authority of owners, of roles that propose and of administrators, who all name people; it needs no object."""

    def holds(self, user: Person, on: object | None) -> bool:
        seats = [seat for seat in seats_of(user) if not seat.is_delegated]
        return ADMINISTRATOR.holds(user, on) or any(seat.decides or seat.kinds_with(Nature.PROPOSE) for seat in seats)


PERMISSIONS = (
    Permission(
        "projects.find_person",
        _("find people by name"),
        "R1",
        NAMED_TO_BE_APPOINTED,
        Appointing(_("an administrator, a project owner or a holder of a role that proposes")),
    ),
    Permission(
        "projects.appoint", _("appoint a person to a role of this project"), "R1", OWNER_APPOINTS, OWNER, own_hand=True
    ),
    Permission(
        "projects.accept",
        _("accept this mandate"),
        "R11",
        HOLDER_ACCEPTS,
        MandateHolder(_("the person the mandate is given to")),
    ),
    Permission(
        "projects.decline",
        _("decline this mandate"),
        "R11",
        HOLDER_DECLINES,
        DecliningHolder(_("the person the mandate is given to")),
        own_hand=True,
    ),
    Permission(
        "projects.state_competence",
        _("state your competence for this mandate"),
        "R2",
        HOLDER_STATES,
        MandateHolder(_("the person the mandate is given to")),
    ),
    Permission(
        "projects.end_mandate",
        _("end a mandate on this project"),
        "R1",
        OWNER_APPOINTS,
        OwnerDespiteTies(OWNER.label),
        own_hand=True,
    ),
    Permission(
        "projects.name_owner",
        _("name the owner of this project"),
        "R1",
        OWNER_APPOINTS,
        OwnerWhoLeaves(OWNER.label),
        own_hand=True,
    ),
    Permission(
        "projects.delegate",
        _("delegate the signature on this project"),
        "R1",
        OWNER_DECIDES,
        AcceptedOwner(OWNER.label),
        own_hand=True,
    ),
    Permission("projects.revoke", _("end this delegation"), "R1", OWNER_DECIDES, OWNER),
)
