"""What waits at a level: escalated risks to rate or answer, and red risks below that nobody answers."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext as _

from core.access import Person, can
from core.sql.compiled_sql import Instant
from governance.decide.obligations.facts import PROJECT, LocalDay
from governance.decide.obligations.working_days import read_calendar
from pmo.registers.escalations.enums import SILENT_DAYS
from pmo.registers.escalations.models import Escalation
from pmo.registers.risks.models import LEVEL, RED_FROM, Risk, RiskAction, RiskRating
from projects.enums import Workspace
from projects.models import Project


def find_fault(risk: Risk, above: Project | None) -> str:
    """Return why a risk cannot be escalated to the level above; empty when it can."""
    if above is None or risk.project.parent_id != above.pk or above.is_over or not above.has(Workspace.RISKS):
        return _("No level above takes it: there is none, it has ended, or risks are not followed there.")
    if risk.opportunity or not risk.is_open:
        return _("Only a threat that is open is escalated.")
    if Escalation.objects.waiting().filter(project=above, risk=risk).exists():
        return _("It is escalated already.")
    return ""


def list_escalated_days(at: Instant) -> QuerySet[Any, dict[str, Any]]:
    """Return the day of each risk that was escalated to PROJECT and was not withdrawn, for EVENT_ROWS."""
    waiting = Escalation.objects.waiting().values("pk")
    rows = Escalation.objects.filter(Q(pk__in=waiting) | ~Q(state="raised"), project=PROJECT, raised_at__lte=at)
    found: QuerySet[Any, Any] = rows.order_by()
    return found.values(row=JSONObject(on=LocalDay("raised_at")))


def sum_waiting() -> Subquery:
    """Return the number of risks that wait for an answer of a project, the red ones, and the day the first is due.

    They are `n`, `red` and `due` of a map; NULL without any.
    """
    rows: QuerySet[Any, Any] = Escalation.objects.waiting().filter(project=OuterRef("pk")).order_by().values("project")
    red = Count("pk", filter=GreaterThanOrEqual(LEVEL, RED_FROM))
    return Subquery(rows.annotate(row=JSONObject(n=Count("pk"), red=red, due=Min("answer_by"))).values("row"))


def find_silence(day: date) -> date:
    """Return the last day on which a risk can have turned red to be a signal on `day`."""
    return read_calendar().add_working_days(day, -SILENT_DAYS)


def filter_unanswered(risks: Any, day: date) -> Any:
    """Filter risks to red threats that nobody has accepted, escalated or has an action on since the last rating.

    Each has been rated so, `rated_on`, for as long as makes it a signal.
    """
    rated = RiskRating.objects.filter(risk=OuterRef("pk")).order_by().values("risk").annotate(on=Max("acted_at"))
    to_do = RiskAction.objects.filter(risk=OuterRef("pk"), done_on=None)
    raised = Escalation.objects.filter(risk=OuterRef("pk"), state="raised")
    found = risks.red_and_unaccepted(day).filter(~Exists(to_do), ~Exists(raised))
    return found.annotate(rated_on=LocalDay(Subquery(rated.values("on")))).filter(rated_on__lte=find_silence(day))


def list_signals(node: Project, user: Person, day: date) -> list[Any]:
    """List the red risks below a node that are a signal, of the projects that `user` may read, the oldest first."""
    below = Project.objects.visible_to(user).unarchived().filter(Q(parent=node) | Q(parent__parent=node))
    rows = filter_unanswered(Risk.objects.filter(project__in=below.values("pk")), day)
    return list(rows.select_related("project", "scale").order_by("rated_on", "pk"))


def describe_on_page(user: Person, risk: Risk) -> dict[str, Any]:
    """Return what the page of a risk says of the level above; no query of a project without one."""
    above = risk.project.parent
    if above is None:
        return {"escalations": [], "may_escalate": False}
    rows = Escalation.objects.filter(risk=risk).select_related("project", "risk__project").order_by("-pk")
    may_escalate = can(user, "pmo.escalate_risk", risk) and not find_fault(risk, above)
    return {"escalations": list(rows), "may_escalate": may_escalate}
