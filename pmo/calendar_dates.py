"""Dates of the project office in calendars: gates and milestones, actions, checks, and waivers that end."""

from typing import Any

from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.sql.references import reference
from core.words.language import in_reader_language
from governance.calendar_dates import ACTION
from governance.desk.calendar.registry import Dates, Kind, announce
from pmo.registers.risks.enums import OPEN
from pmo.registers.risks.models import RiskAction
from pmo.registers.schedule.models import Milestone
from pmo.standards.conformity.enums import FAILED
from pmo.standards.conformity.models import ConformityCheck, Waiver
from projects.enums import Workspace
from projects.organisation_settings.queries import today

#: The gate of a milestone, and whether it is reached.
STANDING = Concat(
    F("gate"),
    Value(":"),
    Case(When(actual_on__isnull=False, then=Value("reached")), default=Value("")),
    output_field=TextField(),
)


def _name_gate(project: Any, standing: str) -> str:
    gate, _colon, reached = standing.partition(":")
    parts = (str(project.name_gate(gate).label) if gate else "", _("reached") if reached else "")
    return ", ".join(part for part in parts if part)


def _plan(kind: Kind, **gate: str) -> None:
    """Announce the milestones of this gate, or the others, on the day reached or expected."""
    rows = Milestone.objects.filter(**gate) if gate else Milestone.objects.exclude(gate="")
    announce(
        Dates(
            kind=kind,
            rows=lambda _reader: rows.all(),
            day=Coalesce("actual_on", "forecast_on"),
            title=Concat(F("code"), Value(" · "), F("name"), output_field=TextField()),
            about=STANDING,
            say=_name_gate,
            key="milestone-{row}",
            workspace=Workspace.STEERING,
            link=lambda _key, project: reverse("pmo:schedule:schedule", args=[project.code]),
        )
    )


_plan(Kind("gate", gettext_lazy("gate"), "milestone", "plan", asks=True, is_planned=True))
_plan(Kind("milestone", gettext_lazy("milestone"), "flag", "plan", is_planned=True), gate="")
announce(
    Dates(
        kind=ACTION,
        rows=lambda _reader: RiskAction.objects.filter(done_on=None, risk__status__in=OPEN),
        day="due_on",
        title="text",
        about=Concat(F("risk__code"), Value(", "), F("role"), output_field=TextField()),
        key="risk-action-{row}",
        target="risk",
        workspace=Workspace.RISKS,
        link=lambda risk, _project: reverse("pmo:risks:risk", args=[risk]),
    ),
    Dates(
        kind=ACTION,
        rows=lambda _reader: (
            ConformityCheck.objects.filter(result__in=sorted(FAILED)).exclude(action="").without_later()
        ),
        day="action_due",
        title="action",
        about="action_role",
        key="check-action-{row}",
        workspace=Workspace.STANDARDS,
        link=lambda _key, project: reverse("pmo:conformity:conformity", args=[project.code]),
    ),
    Dates(
        kind=Kind("waiver", gettext_lazy("end of a waiver"), "shield-check", "due", asks=True),
        rows=lambda _reader: Waiver.objects.not_ended(today()),
        day="ends_on",
        title=reference("W", "number"),
        about=Concat(F("version__title_fr"), Value("\n"), F("version__title_en"), output_field=TextField()),
        say=lambda _project, titles: in_reader_language(*titles.split("\n")),
        key="waiver-{row}",
        workspace=Workspace.STANDARDS,
        link=lambda waiver, _project: reverse("pmo:waivers:waiver", args=[waiver]),
    ),
)
