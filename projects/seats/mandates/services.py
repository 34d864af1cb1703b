"""Acts: open a project, name the owner, appoint, accept or decline, delegate, and end seats.

Their events carry holder, role and period, so that the chain alone proves them: keys of people, instants in UTC, an
empty string for no end and no cap.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils.translation import gettext as _

from core.acts import act, act_time, take_database_time
from core.record.meaning import is_meaningful
from core.record.sealing import term_of
from projects.documents.models import DocumentVersion
from projects.enums import PARENTS, Level
from projects.independence.judging import judge_soon
from projects.independence.queries import employers_between
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import TWO_HANDS, instant, record
from projects.notices.enums import Reason
from projects.notices.services import notify
from projects.project.level_workspaces import ensure_may_have, workspaces_at
from projects.project.models import DEFAULT_PACK, Project
from projects.seats.mandates.across import describe_across, holds_across
from projects.seats.mandates.audience import list_seat_audience
from projects.seats.mandates.holders import advisers, holders, owners
from projects.seats.mandates.models import INSTANT, Competence, Delegation, Mandate
from projects.seats.matrix.models import Matrix
from projects.seats.matrix.versions import apply_roles
from projects.seats.organisations.queries import related_organisations
from projects.seats.recipient_groups.models import RecipientGroup, copy_groups
from projects.workspaces import Requirement, add_required, list_requirements
from roles.enums import Authority
from roles.models import MethodPack, RoleTemplate, User
from roles.role_templates.content import Matrix as Content
from roles.role_templates.content import Role
from roles.role_templates.levels import level_of


@dataclass(frozen=True)
class RoleNotice:
    """The subject of a notice on a seat: a role on a project; `anchor` tells seats of one role apart.

    An administrator, who may not open the project, is led to the list of projects with their vacant roles.
    """

    project: Project
    code: str
    anchor: str = ""
    is_for_administrators: bool = field(default=False, kw_only=True)

    @property
    def reference(self) -> str:
        return f"{self.project.code} · {self.code}"

    @property
    def title(self) -> str:
        return self.project.title_fr if self.project.language == "fr" else self.project.title_en

    def get_absolute_url(self) -> str:
        if self.is_for_administrators:
            return reverse("projects:opening:project_seats") + self.anchor
        return reverse("projects:mandates:mandate_list", args=[self.project.code]) + self.anchor


def split_by_page(about: RoleNotice, people: Iterable[User]) -> list[tuple[RoleNotice, list[User]]]:
    """Return the notice for these people, and that for the administrators among them without a seat on the project."""
    given = list(people)
    held = Mandate.objects.filter(project=about.project).not_over(act_time()).values_list("holder", flat=True)
    seated = set(held) if any(person.is_staff for person in given) else set()
    administrators = [person for person in given if person.is_staff and person.pk not in seated]
    readers = [person for person in given if person not in administrators]
    return [(about, readers), (replace(about, is_for_administrators=True), administrators)]


def _tell(event: LedgerEvent, reason: Reason, role: RoleTemplate, *people: User) -> None:
    """Notify these people and the owner in office of an act on a seat, also the one who acts."""
    project = event.project
    both = [*people, *(mandate.holder for mandate in owners(project))]
    for about, readers in split_by_page(RoleNotice(project, role.code), both):
        notify(event=event, reason=reason, about=about, people=readers, the_actor_too=True)


@act("projects.found", on=lambda given: given["fields"].get("parent"))
def found_project(*, actor: User, owner: User, fields: dict[str, Any], like: Project | None = None) -> Project:
    """Open a project, programme or portfolio and name its first owner, in office from now.

    `fields` are those of Project; `pack` is the code of the method pack. Workspaces that are required there are
    switched on. The roles in force of the project `like`, if it has the same pack, and its recipient groups come along;
    its decisions do not. Raises ValidationError on a parent of the wrong level, on an unknown pack, one of another
    level or one without roles, on a workspace that the level does not have, and on a project that
    `actor` may not read ("like").
    """
    take_database_time()
    fields = {("pack_id" if name == "pack" else name): value for name, value in fields.items()}
    level, parent = fields.get("level", Level.PROJECT), fields.get("parent")
    _ensure_levels_fit(level, parent)
    pack = fields.get("pack_id", DEFAULT_PACK)
    if not MethodPack.objects.filter(code=pack).exists() or level_of(pack) not in {Level.PROJECT, level}:
        raise ValidationError(_("There is no method %(pack)s."), params={"pack": pack})
    workspaces = fields.get("workspaces", workspaces_at(level))
    ensure_may_have(level, workspaces)
    fields["workspaces"] = add_required(workspaces, _list_required_below(level, parent))
    if like and not Project.objects.visible_to(actor).filter(pk=like.pk).exists():
        raise ValidationError({"like": _("Choose a project that you can read.")})
    project = Project.objects.create(**fields)
    about = (Project._meta.label_lower, str(like.pk)) if like else None
    record(Act.FOUND, project, about=about, hands=TWO_HANDS)
    apply_roles(actor=actor, project=project, content=_copy_roles(like, pack) if like else None)
    if like:
        copy_groups(like, project)
    _create_mandate(Act.NAME_OWNER, actor, project, role_on(project), owner, act_time(), None)
    return project


def _copy_roles(like: Project, pack: str) -> Content | None:
    """Return the roles in force of a project of the same pack, or None."""
    return like.matrix.read() if like.matrix and like.pack_id == pack else None


def _list_required_below(level: str, parent: Project | None) -> list[Requirement]:
    """List what is required below the parent, locked so that nothing more is until the project is there."""
    return list_requirements(level, Project.objects.lock().get(pk=parent.pk).pk) if parent else []


@act("projects.appoint", on="project")
def appoint(
    *,
    actor: User,
    project: Project,
    role: RoleTemplate,
    holder: User,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    group: str = "",
    champion: bool = False,
    independence_waived: bool = False,
) -> Mandate:
    """Give a role over `[starts_at, ends_at)`; a start in the past means now.

    `group` is the name of a recipient group, created when unknown; the holder represents it, or is its `champion`.
    `independence_waived` is for a decision that says why (governance.decide.kinds): the database asks for it.
    Raises ValidationError on the owner's role (see name_owner), on the actor as holder, on an incompatible role of the
    holder or of an organisation on the same side (R8).
    Also on a period that is empty ("ends_at"), overlaps another mandate of the person, or overlaps one of an exclusive
    role.
    """
    return create_appointment(
        actor,
        project,
        role,
        holder,
        (starts_at, ends_at),
        group,
        champion=champion,
        independence_waived=independence_waived,
    )


def create_appointment(
    actor: User,
    project: Project,
    role: RoleTemplate,
    holder: User,
    period: tuple[datetime | None, datetime | None],
    group: str = "",
    *,
    champion: bool = False,
    independence_waived: bool = False,
) -> Mandate:
    """Give a role inside an act, with an event of its own; raise as `appoint`."""
    if role.authority == Authority.DECIDES:
        raise ValidationError(_("The owner is named, not appointed among the others."))
    return _create_mandate(
        Act.APPOINT,
        actor,
        project,
        role,
        holder,
        period[0] or act_time(),
        period[1],
        group,
        champion=champion,
        independence_waived=independence_waived,
    )


@act("projects.name_owner", on="project")
def name_owner(*, actor: User, project: Project, holder: User, starts_at: datetime | None = None) -> Mandate:
    """Name the next owner from `starts_at` on; the current owner's mandate ends at that instant.

    A future owner named before is taken back. The next owner decides once they have accepted; the advising roles, the
    owners above and the administrators are told now. Without an owner in office two people name one
    (projects.people.replacements). Raises ValidationError when the project would be without an owner in between
    ("starts_at").
    """
    start = max(starts_at or act_time(), act_time())
    before: list[User] = []
    for ahead in project.mandates.deciding().filter(period__startswith__gt=act_time(), taken_back=False):
        _set_end(actor, ahead, ahead.starts_at + INSTANT, "")
    for present in project.mandates.deciding().filter(period__contains=act_time()):
        if present.ends_at and present.ends_at < start:
            raise ValidationError({"starts_at": _("The project would have no owner before that date.")})
        _set_end(actor, present, start, "")
        before.append(present.holder)
    tell = [*before, *list_seat_audience(project)]
    return _create_mandate(Act.NAME_OWNER, actor, project, role_on(project), holder, start, None, tell=tell)


@act("projects.accept", on="mandate")
def accept(*, actor: User, mandate: Mandate) -> Mandate:
    """Accept the actor's own mandate, before or during its period: once, and again when its responsibilities changed.

    The project does not start without it (R3); apart from that, the mandate counts before it is accepted (R11). The
    event names the roles in force, which say what was accepted. Raises ValidationError when it is accepted already or
    has ended.
    """
    ensure_acceptable(mandate)
    event = _accept(mandate)
    project = mandate.project
    givers = [mandate.appointed_by, *(seat.holder for seat in owners(project))]
    for about, people in split_by_page(RoleNotice(project, mandate.role.code), givers):
        notify(event=event, reason=Reason.ROLE_ACCEPTED, about=about, people=people)
    return mandate


@act("projects.decline", on="mandate")
def decline(*, actor: User, mandate: Mandate, because: str) -> Mandate:
    """Decline the actor's own mandate, before it is accepted for the first time; it ends now, or is taken back.

    Its owner and who gave it are told why; an owner's seat is vacant then, and the people who must know are told.
    Raises ValidationError without a reason ("because"), and when the mandate was accepted or has ended.
    """
    ensure_declinable(mandate)
    if not is_meaningful(because):
        raise ValidationError({"because": _("Enter why you decline.")})
    event = _write_end(actor, mandate, max(act_time(), mandate.starts_at + INSTANT), because, Act.DECLINE)
    audience = list_seat_audience(mandate.project) if mandate.decides else []
    _tell(event, Reason.ROLE_DECLINED, mandate.role, mandate.holder, mandate.appointed_by, *audience)
    if mandate.advises:
        _announce_vacancy(event, mandate)
    return mandate


def follow_owner(actor: User, project: Project, *, appointed_by: User, replacement_id: int) -> Mandate:
    """Begin and accept the mandate of the actor in place of the last owner's, inside an act
    (projects.people.replacements).

    A seat of a closed account ends, and a future one is taken back.
    """
    for seat in project.mandates.deciding().not_over(act_time()):
        _set_end(actor, seat, max(act_time(), seat.starts_at + INSTANT), "")
    mandate = _create_mandate(
        Act.NAME_OWNER,
        actor,
        project,
        role_on(project),
        actor,
        act_time(),
        None,
        appointed_by=appointed_by,
        replacement_id=replacement_id,
    )
    _accept(mandate)
    return mandate


def _accept(mandate: Mandate) -> LedgerEvent:
    """Date the acceptance; the event names the roles in force, which say what was accepted."""
    mandate.accepted_at = act_time()
    mandate.save()
    matrix = mandate.project.matrix
    return record(
        Act.ACCEPT,
        mandate,
        role=mandate.role.code,
        mandate=mandate.pk,
        matrix=term_of(matrix.number, matrix.hash) if matrix else "",
    )


@act("projects.state_competence", on="mandate")
def state_competence(
    *, actor: User, mandate: Mandate, text: str, document: DocumentVersion | None = None
) -> Competence:
    """State the actor's competence for their mandate, in words and by a document of the project.

    Raises ValidationError on a text that says nothing ("text"), on a document of another project ("document"), and
    after the end of the mandate.
    """
    _ensure_not_over(mandate)
    if not is_meaningful(text):
        raise ValidationError({"text": _("Describe your competence.")})
    if document and document.document.project_id != mandate.project_id:
        raise ValidationError({"document": _("Select a document of this project.")})
    competence = Competence.objects.create(
        project=mandate.project,
        mandate=mandate,
        stated_by=actor,
        text=text,
        document=document,
        acted_at=act_time(),
    )
    record(
        Act.STATE_COMPETENCE,
        competence,
        role=mandate.role.code,
        mandate=mandate.pk,
        document=document.sha256 if document else "",
    )
    return competence


@act("projects.end_mandate", on="mandate")
def end_mandate(*, actor: User, mandate: Mandate, ends_at: datetime | None = None, because: str = "") -> Mandate:
    """End a mandate at `ends_at`, by default now; one that has not begun is taken back.

    Raises ValidationError when it has ended, or already ends before that date ("ends_at").
    """
    end = max(ends_at or act_time(), act_time(), mandate.starts_at + INSTANT)
    _ensure_not_over(mandate)
    if mandate.ends_at and mandate.ends_at < end:
        raise ValidationError({"ends_at": _("This mandate already ends before that date.")})
    return _set_end(actor, mandate, end, because)


@act("projects.delegate", on="project")
def delegate(
    *,
    actor: User,
    project: Project,
    to: User,
    kinds: list[str],
    cap: Decimal | None,
    document: str,
    starts_at: datetime | None = None,
    ends_at: datetime,
) -> Delegation:
    """Let `to` sign decisions of these kinds up to `cap` (EUR) over a period; `document` is the written act.

    Raises ValidationError when `to` is the actor, an adviser or the provider in that period. Also on a kind that is not
    delegable, and on an empty period ("ends_at").
    """
    mandate = project.mandates.active().deciding().get()
    period = build_period(starts_at, ends_at)
    if to == actor:
        raise ValidationError(_("You cannot delegate to yourself."))
    if any(held.bars_signing for held in project.mandates.filter(holder=to, period__overlap=period, taken_back=False)):
        raise ValidationError(_("This person advises or delivers on the project during that period."))
    delegation = Delegation(
        mandate=mandate, delegate=to, kinds=kinds, cap=cap, document=document, period=period, acted_at=act_time()
    )
    delegation.validate_constraints()
    delegation.save()
    event = record(
        Act.DELEGATE,
        delegation,
        role=mandate.role.code,
        project=project,
        delegation=delegation.pk,
        mandate=mandate.pk,
        delegate=to.key,
        kinds=",".join(sorted(kinds)),
        cap="" if cap is None else f"{cap:.2f}",
        start=instant(period.lower),
        end=instant(period.upper),
    )
    _tell(event, Reason.SIGNATURE_DELEGATED, mandate.role, to)
    return delegation


@act("projects.revoke", on="delegation")
def revoke(*, actor: User, delegation: Delegation) -> Delegation:
    """End a delegation now; one that has not begun is taken back. Raises ValidationError when it has ended."""
    if delegation.taken_back or delegation.ends_at <= act_time():
        raise ValidationError(_("This delegation has already ended."))
    end = max(act_time(), delegation.starts_at + INSTANT)
    delegation.period = DateTimeTZRange(delegation.starts_at, end)
    delegation.save()
    event = record(Act.REVOKE, delegation, role=delegation.role.code, delegation=delegation.pk, end=instant(end))
    _tell(event, Reason.DELEGATION_ENDED, delegation.role, delegation.delegate)
    return delegation


def role_on(project: Project, code: str = "") -> RoleTemplate:
    """Return the template of a role in the project's matrix, by default the owner's.

    Raises ValidationError when the matrix has no such role.
    """
    roles = project.matrix.read().roles if project.matrix else ()
    role = next((role for role in roles if (role.code == code if code else role.decides)), None)
    if role is None:
        raise ValidationError(_("The project has no role %(role)s."), params={"role": code})
    return RoleTemplate.objects.get(pack__code=project.pack_id, code=role.code, version=role.version)


def _ensure_levels_fit(level: str, parent: Project | None) -> None:
    """Refuse a parent that is not of a higher level."""
    if level not in PARENTS:
        raise ValidationError({"level": _("Select a project, a programme or a portfolio.")})
    if parent and parent.level not in PARENTS[level]:
        sentence = _(
            "A project belongs to a programme or a portfolio. A programme belongs to a portfolio. A portfolio has"
            " no parent."
        )
        raise ValidationError({"parent": sentence})


def _create_mandate(
    what: Act,
    actor: User,
    project: Project,
    role: RoleTemplate,
    holder: User,
    start: datetime,
    end: datetime | None,
    group: str = "",
    *,
    champion: bool = False,
    tell: Iterable[User] = (),
    independence_waived: bool = False,
    appointed_by: User | None = None,
    replacement_id: int | None = None,
) -> Mandate:
    period, giver = build_period(start, end), appointed_by or actor
    dependence = ensure_eligible(giver, project, role, holder, period, independence_waived=independence_waived)
    served = RecipientGroup.objects.get_or_create(project=project, name=group)[0] if group else None
    mandate = Mandate(
        project=project,
        role=role,
        authority=role.authority,
        holder=holder,
        group=group,
        recipient_group=served,
        champion=champion and served is not None,
        independence_waived=independence_waived and dependence is not None,
        appointed_by=giver,
        replacement_id=replacement_id,
        period=period,
        acted_at=act_time(),
    )
    mandate.validate_constraints()
    mandate.save()
    follows: dict[str, Any] = {"replacement": replacement_id} if replacement_id else {}
    event = record(
        what,
        mandate,
        role=_role_code(actor, project),
        **follows,
        mandate=mandate.pk,
        holder=holder.key,
        of=role.code,
        authority=mandate.authority,
        start=instant(mandate.starts_at),
        end=_format_end(mandate),
    )
    _tell(event, Reason.OWNER_NAMED if what == Act.NAME_OWNER else Reason.ROLE_GIVEN, role, holder, *tell)
    judge_soon(project.pk)
    return mandate


def ensure_eligible(
    actor: User,
    project: Project,
    role: RoleTemplate,
    holder: User,
    period: DateTimeTZRange | None,
    *,
    independence_waived: bool = False,
) -> Mandate | None:
    """Raise ValidationError when `holder` cannot have the role in `period`; return a waived dependence, if any.

    The role of an owner needs no period.
    """
    if holder == actor:
        raise ValidationError(_("You cannot appoint yourself."))
    if other := _incompatible_role(project, role, holder):
        raise ValidationError(
            _("%(person)s has or had the role %(other)s here. It is incompatible with %(role)s."),
            params={"person": holder, "other": other, "role": role.code},
        )
    if holds_across(project, role, holder, period):
        raise ValidationError(describe_across(holder))
    _ensure_free(project, role, period)
    dependence = find_dependence(project, role, holder, period)
    if dependence and not independence_waived:
        raise ValidationError(describe_dependence(holder, role, dependence))
    return dependence


def _incompatible_role(project: Project, role: RoleTemplate, holder: User) -> str:
    """Return the code of a role of `holder` on the project, past or present, incompatible with `role`, if any (R8)."""
    for held in project.mandates.filter(holder=holder, taken_back=False).select_related("role"):
        if held.role.code in role.incompatible or role.code in held.role.incompatible:
            return held.role.code
    return ""


def _ensure_free(project: Project, role: RoleTemplate, period: DateTimeTZRange | None) -> None:
    """Raise ValidationError when somebody holds an exclusive role in that period. The owner's has a constraint."""
    if role.takes_several or role.decides:
        return
    held = project.mandates.filter(role__code=role.code, taken_back=False, period__overlap=period)
    if other := held.select_related("holder").order_by("pk").first():
        raise ValidationError(
            _("%(person)s has the role %(role)s in that period, and it takes one person: end that mandate first."),
            params={"person": other.holder, "role": role.code},
        )


def find_dependence(
    project: Project, role: RoleTemplate, holder: User, period: DateTimeTZRange | None
) -> Mandate | None:
    """Return a mandate of an incompatible role held in `period` by an organisation on the side of the holder's (R8).

    Naming an owner is not refused. The owner counts where a delivering role is given: a person may advise the owner of
    their own organisation.
    """
    if period is None or role.decides:
        return None
    held = project.mandates.filter(taken_back=False, period__overlap=period)
    if role.authority != Authority.DELIVERS:
        held = held.exclude(authority=Authority.DECIDES)
    rows = held.select_related("role", "holder__organisation").order_by("pk")
    opposed = [row for row in rows if row.role.code in role.incompatible or role.code in row.role.incompatible]
    if not opposed:
        return None
    employers = employers_between([holder.pk, *(row.holder_id for row in opposed)], period.lower, period.upper)
    sides = related_organisations(employers[holder.pk], period.lower, period.upper).values()
    return next((row for row in opposed if any(employers[row.holder_id] & side for side in sides)), None)


def describe_dependence(holder: User, role: RoleTemplate, other: Mandate) -> str:
    """Return the sentence that refuses `holder`, whose organisation is on the side of `other`'s."""
    return _(
        "%(person)s (%(organisation)s) and %(other)s (%(others)s) are of the same organisation or group, and "
        "%(role)s is incompatible with %(held)s. Appoint another person, or ask the owner to waive this by a "
        "decision."
    ) % {
        "person": holder,
        "organisation": holder.organisation,
        "other": other.holder,
        "others": other.holder.organisation,
        "role": role.code,
        "held": other.role.code,
    }


def build_period(start: datetime | None, end: datetime | None) -> DateTimeTZRange:
    """Build a period from `start`, or from now when it is past or None."""
    begins = max(start or act_time(), act_time())
    if end and end <= begins:
        raise ValidationError({"ends_at": _("Enter an end date after the start date.")})
    return DateTimeTZRange(begins, end)


def ensure_acceptable(mandate: Mandate) -> None:
    """Raise ValidationError when the mandate is accepted as its responsibilities are now, or has ended."""
    if mandate.accepted_at and not needs_renewal(mandate):
        raise ValidationError(_("This mandate has already been accepted."))
    _ensure_not_over(mandate)


def ensure_declinable(mandate: Mandate) -> None:
    """Raise ValidationError when the mandate was ever accepted, or has ended."""
    if mandate.accepted_at:
        raise ValidationError(_("This mandate has already been accepted."))
    _ensure_not_over(mandate)


def needs_renewal(mandate: Mandate) -> bool:
    """Return whether the responsibilities of the role have changed since the holder accepted them. One query."""
    return Mandate.objects.filter(pk=mandate.pk).to_renew().exists()


def accepted_role(mandate: Mandate) -> Role | None:
    """Return the role as it was in force when the mandate was accepted; None while it is not."""
    if mandate.accepted_at is None:
        return None
    history: Any = Project.history
    then = history.filter(id=mandate.project_id, history_date__lte=mandate.accepted_at)
    matrix = Matrix.objects.filter(pk=then.order_by("-history_date", "-history_id").values("matrix_id")[:1]).first()
    return matrix.read().role(mandate.role.code) if matrix else None


def _ensure_not_over(mandate: Mandate) -> None:
    if mandate.taken_back or (mandate.ends_at and mandate.ends_at <= act_time()):
        raise ValidationError(_("This mandate has already ended."))


def _format_end(mandate: Mandate) -> str:
    return instant(mandate.ends_at) if mandate.ends_at else ""


def _set_end(actor: User, mandate: Mandate, end: datetime, because: str) -> Mandate:
    event = _write_end(actor, mandate, end, because, Act.END_MANDATE)
    if mandate.advises and end <= act_time():
        _announce_vacancy(event, mandate)
    _tell(event, Reason.ROLE_ENDED, mandate.role, mandate.holder)
    return mandate


def _write_end(actor: User, mandate: Mandate, end: datetime, because: str, what: Act) -> LedgerEvent:
    mandate.taken_back = end == mandate.starts_at + INSTANT and mandate.starts_at > act_time()
    mandate.period = DateTimeTZRange(mandate.starts_at, end)
    mandate.ended_by, mandate.ended_because = actor, because
    mandate.save()
    return record(
        what,
        mandate,
        role=mandate.role.code if what == Act.DECLINE else _role_code(actor, mandate.project),
        mandate=mandate.pk,
        end=_format_end(mandate),
    )


def _announce_vacancy(event: LedgerEvent, mandate: Mandate) -> None:
    """Notify who must know that an advising role is vacant now."""
    notice = RoleNotice(mandate.project, mandate.role.code)
    for about, people in split_by_page(notice, list_vacancy_readers(mandate)):
        notify(event=event, reason=Reason.ROLE_VACANT, about=about, people=people, the_actor_too=True)


def list_vacancy_readers(mandate: Mandate) -> list[User]:
    """List the owner, the advising roles and the administrators, without the former holder.

    Nobody while another person holds the role.
    """
    project, former = mandate.project, mandate.holder_id
    held = holders(project, mandate.role.code)
    if any(seat.holder_id != former and seat.holder.is_active for seat in held):
        return []
    seats = [*owners(project), *advisers(project)]
    people = [*(seat.holder for seat in seats), *User.objects.filter(is_staff=True, is_active=True)]
    return [person for person in people if person.pk != former and person.is_active]


def _role_code(actor: User, project: Project) -> str:
    seat = project.mandates.filter(holder=actor).active().select_related("role").first()
    return seat.role.code if seat else ""
