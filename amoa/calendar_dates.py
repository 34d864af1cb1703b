"""Dates of the business workspace in calendars: messages and training sessions, acceptance campaigns."""

from typing import Any

from django.db.models import DateField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amoa.change_plan.enums import ActionState
from amoa.change_plan.models import CommunicationAction, TrainingSession
from amoa.change_plan.queries import UNSETTLED
from amoa.models import AcceptanceCampaign
from governance.decide.obligations.facts import LocalDay
from governance.desk.calendar.registry import Dates, Kind, announce
from governance.models import Decision
from projects.enums import Workspace

CAMPAIGN = Kind("campaign", gettext_lazy("acceptance campaign"), "clipboard-check", "tell")


def _find_due() -> Coalesce:
    """Return the day of a message: its own, or counted from the last decision that settles its proposal."""
    answers = Decision.objects.filter(project=OuterRef("project"), proposal__number=OuterRef("after"))
    taken = answers.exclude(outcome__in=UNSETTLED).order_by("-number").values(day=LocalDay("acted_at"))[:1]
    return Coalesce("due_on", ExpressionWrapper(Subquery(taken) + F("days_after"), output_field=DateField()))


def _list_going_ahead(model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.exclude(state=ActionState.CANCELLED)
    return rows


def _say_side(_project: Any, side: str) -> str:
    return _("begins") if side == "start" else _("ends")


announce(
    Dates(
        kind=Kind("communication", gettext_lazy("communication"), "megaphone", "tell"),
        rows=lambda _reader: _list_going_ahead(CommunicationAction),
        day=_find_due(),
        title="title",
        about="group__name",
        key="communication-{row}",
        workspace=Workspace.CHANGE,
        link=lambda _key, project: reverse("amoa:change_plan:change_communications", args=[project.code]),
    ),
    Dates(
        kind=Kind("training", gettext_lazy("training session"), "graduation-cap", "tell"),
        rows=lambda _reader: _list_going_ahead(TrainingSession),
        day="held_on",
        title="title",
        about="group__name",
        key="training-{row}",
        workspace=Workspace.CHANGE,
        link=lambda _key, project: reverse("amoa:change_plan:change_trainings", args=[project.code]),
    ),
    *(
        Dates(
            kind=CAMPAIGN,
            rows=lambda _reader: AcceptanceCampaign.objects.all(),
            day=f"{side}s_on",
            title="title",
            about=Value(side, TextField()),
            say=_say_side,
            key=f"campaign-{{row}}-{side}",
            link=lambda campaign, _project: reverse("amoa:acceptance:campaign", args=[campaign]),
        )
        for side in ("start", "end")
    ),
)
