"""The acts on roles: who opens a project, who names, who appoints, who delegates, and how each seat ends."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from governance.enums import Act
from governance.ledger.services import record
from projects.models import Delegation, Mandate, Project
from roles import acting
from roles.access import ensure
from roles.acting import act
from roles.enums import Authority, PublicationState
from roles.models import RoleTemplate, User

#: A mandate taken back before it began lasts this long: the least PostgreSQL can tell from nothing.
INSTANT = timedelta(microseconds=1)


@act
def found_project(*, actor: User, owner: User, fields: dict[str, Any]) -> Project:
    """An administrator opens a project and names its first owner, in office from this instant."""
    ensure(actor, "projects.found")
    acting.take_database_time()
    project = Project.objects.create(**fields)
    record(act=Act.FOUND, actor=actor, project=project, subject=project)
    _give(Act.NAME_OWNER, actor, project, deciding_role(), owner, acting.at(), None)
    return project


@act
def appoint(
    *, actor: User, project: Project, role: RoleTemplate, holder: User,
    starts_at: datetime | None = None, ends_at: datetime | None = None, group: str = "",
) -> Mandate:  # fmt: skip
    """The owner gives a role over `[starts_at, ends_at)`; a start already past means from this instant.

    Raises ValidationError on a role that decides (see name_owner), on the actor as holder, or a period that meets
    another mandate.
    """
    ensure(actor, "governance.appoint", project)
    project = Project.objects.locked(project.pk)
    ensure(actor, "governance.appoint", project)
    if role.authority == Authority.DECIDES:
        raise ValidationError(_("The owner is named, not appointed among the others."))
    return _give(Act.APPOINT, actor, project, role, holder, starts_at or acting.at(), ends_at, group)


@act
def name_owner(*, actor: User, project: Project, holder: User, starts_at: datetime | None = None) -> Mandate:
    """The owner names who follows, from `starts_at` on; their own mandate ends at that instant.

    An owner named before and not in office yet is taken back. While a project has no owner at all, an administrator
    names one, never themselves. Raises ValidationError when the project would be without an owner in between.
    """
    ensure(actor, "governance.name_owner", project)
    project = Project.objects.locked(project.pk)
    ensure(actor, "governance.name_owner", project)
    start = max(starts_at or acting.at(), acting.at())
    for ahead in project.mandates.deciding().filter(period__startswith__gt=acting.at()):
        _end(actor, ahead, ahead.starts_at + INSTANT, "")
    for present in project.mandates.deciding().filter(period__contains=acting.at()):
        if present.ends_at and present.ends_at < start:
            raise ValidationError(_("The project would have no owner before that date."))
        _end(actor, present, start, "")
    return _give(Act.NAME_OWNER, actor, project, deciding_role(), holder, start, None)


@act
def end_mandate(*, actor: User, mandate: Mandate, ends_at: datetime | None = None, because: str = "") -> Mandate:
    """The owner ends a mandate, their own included, at `ends_at`, now by default; one not begun yet is taken back.

    Raises ValidationError when it has already ended, or ends before that date.
    """
    ensure(actor, "governance.end_mandate", mandate)
    Project.objects.locked(mandate.project_id)
    mandate = Mandate.objects.select_for_update(of=("self",)).select_related("project", "role").get(pk=mandate.pk)
    ensure(actor, "governance.end_mandate", mandate)
    instant = max(ends_at or acting.at(), acting.at(), mandate.starts_at + INSTANT)
    if mandate.ends_at and mandate.ends_at < instant:
        raise ValidationError(_("This mandate has already ended."))
    return _end(actor, mandate, instant, because)


@act
def delegate(
    *, actor: User, project: Project, to: User, kinds: list[str], cap: Decimal | None, document: str,
    starts_at: datetime | None = None, ends_at: datetime,
) -> Delegation:  # fmt: skip
    """The owner lets `to` sign decisions of these kinds up to `cap` (EUR), over a period, by a written act."""
    ensure(actor, "governance.delegate", project)
    project = Project.objects.locked(project.pk)
    ensure(actor, "governance.delegate", project)
    mandate = project.mandates.active().deciding().get()
    delegation = Delegation.objects.create(
        mandate=mandate, delegate=to, kinds=kinds, cap=cap, document=document, acted_at=acting.at(),
        period=DateTimeTZRange(max(starts_at or acting.at(), acting.at()), ends_at),
    )  # fmt: skip
    record(act=Act.DELEGATE, actor=actor, role=mandate.role.code, project=project, subject=delegation)
    return delegation


@act
def revoke(*, actor: User, delegation: Delegation) -> Delegation:
    """The owner ends a delegation now."""
    ensure(actor, "governance.revoke", delegation)
    project = Project.objects.locked(delegation.mandate.project_id)
    delegation = (
        Delegation.objects.select_for_update(of=("self",)).select_related("mandate__role").get(pk=delegation.pk)
    )
    ensure(actor, "governance.revoke", delegation)
    start = delegation.period.lower
    delegation.period = DateTimeTZRange(start, max(acting.at(), start + INSTANT))
    delegation.save()
    record(act=Act.REVOKE, actor=actor, role=delegation.role.code, project=project, subject=delegation)
    return delegation


def deciding_role(pack: str = "fr") -> RoleTemplate:
    """The one published role of a method pack that decides."""
    return RoleTemplate.objects.get(pack=pack, authority=Authority.DECIDES, state=PublicationState.PUBLISHED)


def _give(
    what: Act, actor: User, project: Project, role: RoleTemplate, holder: User,
    start: datetime, end: datetime | None, group: str = "",
) -> Mandate:  # fmt: skip
    if holder == actor:
        raise ValidationError(_("Nobody appoints themselves."))
    mandate = Mandate(
        project=project, role=role, authority=role.authority, holder=holder, group=group, appointed_by=actor,
        period=DateTimeTZRange(max(start, acting.at()), end), acted_at=acting.at(),
    )  # fmt: skip
    mandate.validate_constraints()
    mandate.save()
    record(act=what, actor=actor, role=_role_of(actor, project), project=project, subject=mandate)
    return mandate


def _end(actor: User, mandate: Mandate, instant: datetime, because: str) -> Mandate:
    mandate.taken_back = instant == mandate.starts_at + INSTANT and mandate.starts_at > acting.at()
    mandate.period = DateTimeTZRange(mandate.starts_at, instant)
    mandate.ended_because = because
    mandate.save()
    record(
        act=Act.END_MANDATE,
        actor=actor,
        role=_role_of(actor, mandate.project),
        project=mandate.project,
        subject=mandate,
    )
    return mandate


def _role_of(actor: User, project: Project) -> str:
    seat = project.mandates.filter(holder=actor).active().select_related("role").first()
    return seat.role.code if seat else ""
