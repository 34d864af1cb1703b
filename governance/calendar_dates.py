"""Dates of decision files, seats and absences in calendars."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from core.record.erasure import display_text
from core.sql.array_lookup import in_array
from core.sql.references import plain_reference, reference
from governance.decide.obligations.facts import LocalDay
from governance.desk.calendar.registry import Dates, Kind, announce
from governance.models import Action, Condition, Proposal, Session
from governance.sessions.secretary import list_kept_projects
from governance.sessions.sittings.enums import S
from governance.workflow import BEFORE_THE_OWNER, BEING_ADVISED
from projects.models import Mandate
from projects.seats.mandates.models import INSTANT
from roles.enums import Authority
from roles.models import User

FILE = reference("P", "number")
ACTION = Kind("action", _("action due"), "circle-check", "due", asks=True)


def _list_open_conditions(_reader: User) -> QuerySet[Condition]:
    return Condition.objects.open().filter(decision__superseded_by=None)


def _list_absences(reader: User) -> QuerySet[User]:
    """Filter the absences of the reader, and of those who name them as contact person."""
    stated = User.objects.filter(is_active=True, absent_from__isnull=False)
    return stated.filter(Q(pk=reader.pk) | Q(stand_in=reader.pk))


def _list_sessions(reader: User) -> QuerySet[Session]:
    """Filter the sessions to which the reader is convened, by their role or as the owner, and those they prepare."""
    called = Q(authority=Authority.DECIDES)
    for roles in ("body__members", "body__guests"):
        called |= Q(in_array("role__code", OuterRef(roles)))
    seats = Mandate.objects.active().filter(called, holder=reader.pk, project=OuterRef("project"))
    is_told = Q(state__in=[S.CONVENED, S.OPEN, S.CLOSED]) & Exists(seats)
    return Session.objects.filter(is_told | Q(state=S.PREPARED, project__in=list_kept_projects(reader)))


def _say_hour(_project: object, about: str) -> str:
    state, begins, place = about.split(",", 2)
    label = str(S.PREPARED.label) if state == S.PREPARED else ""
    return ", ".join(filter(None, (begins[:5], display_text(place), label)))


announce(
    Dates(
        kind=Kind("decision", _("decision due"), "gavel", "decide", asks=True),
        rows=lambda reader: Proposal.objects.visible_to(reader).filter(state__in=BEFORE_THE_OWNER),
        day="current__decide_by",
        title="current__title",
        about=FILE,
        key="proposal-{row}",
        link=lambda key, _project: reverse("governance:dossier:dossier", args=[key]),
    ),
    Dates(
        kind=Kind("opinion", _("opinion due"), "message-square", "decide", asks=True),
        rows=lambda reader: Proposal.objects.visible_to(reader).filter(state__in=BEING_ADVISED),
        day="current__advise_by",
        title="current__title",
        about=FILE,
        key="opinion-{row}",
        link=lambda key, _project: reverse("governance:dossier:dossier", args=[key]),
    ),
    Dates(
        kind=Kind("condition", _("condition due"), "list-checks", "decide", asks=True),
        rows=_list_open_conditions,
        day="due_on",
        title="text",
        about=Concat(
            reference("D", "decision__number", "decision__project__prefix"),
            Value(", "),
            F("role"),
            output_field=TextField(),
        ),
        key="condition-{row}",
        target="decision",
        project="decision__project",
        link=lambda decision, _project: reverse("governance:records:decision_record", args=[decision]),
    ),
    Dates(
        kind=ACTION,
        rows=lambda _reader: Action.objects.open(),
        day="due_on",
        title="text",
        about=Concat(plain_reference("ACT-"), Value(", "), F("role"), output_field=TextField()),
        key="action-{row}",
        link=lambda action, _project: reverse("governance:actions:action", args=[action]),
    ),
    Dates(
        kind=Kind("session", _("session"), "users", "decide", asks=True),
        rows=_list_sessions,
        day="day",
        title=Concat(F("body__name"), Value(" "), Cast("number", TextField()), output_field=TextField()),
        about=Concat(
            F("state"), Value(","), Cast("begins", TextField()), Value(","), F("place"), output_field=TextField()
        ),
        say=_say_hour,
        key="session-{row}",
        link=lambda session, _project: reverse("governance:sittings:session", args=[session]),
    ),
    Dates(
        kind=Kind("mandate", _("end of a mandate"), "users", "due", asks=True),
        rows=lambda _reader: Mandate.objects.not_over(act_time()).filter(period__endswith__isnull=False),
        day=LocalDay(F("period__endswith") - Value(INSTANT)),
        title=Concat(F("role__code"), Value(" · "), F("holder__name"), output_field=TextField()),
        key="mandate-{row}",
        link=lambda _key, project: reverse("governance:responsibilities:responsibilities", args=[project.code]),
    ),
    Dates(
        kind=Kind("absence", _("absence"), "calendar-clock", "away"),
        rows=_list_absences,
        day="absent_from",
        until="absent_until",
        title="name",
        key="absence-{row}",
        project="",
        link=lambda _key, _project: reverse("governance:inbox:inbox"),
    ),
)
