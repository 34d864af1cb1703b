"""Periodic reviews of a portfolio: which is due, which is concluded, and which figures are too old for one."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from core.templatetags.ui import day as write_day
from governance.decide.obligations.occasions import AFTER
from governance.decide.obligations.working_days import read_calendar
from governance.models import Effect
from pmo.registers.schedule.enums import DependencyState
from pmo.registers.schedule.models import Dependency
from pmo.steering.reviews.models import Review
from projects.enums import Level, ProjectState, Workspace
from projects.models import Project
from projects.organisation_settings.queries import day_of
from roles.enums import Recurrence

#: Field of the effect that concludes a review.
FIELD = "review"
#: Figures older than that are a gap of a review.
OLDEST_FIGURES = timedelta(days=31)


@dataclass(frozen=True)
class DueReview:
    """Review of the last quarter that nobody has concluded; `late` are the days since it was due."""

    quarter: int
    year: int
    due_on: date
    late: int

    @property
    def sentence(self) -> str:
        """Return that it is due, or since when it is late."""
        words = _("The review of quarter %(quarter)s of %(year)s is due on %(day)s. It is not concluded.")
        if self.late:
            words = _(
                "The review of quarter %(quarter)s of %(year)s was due on %(day)s and is not concluded. "
                "It is %(late)s days late."
            )
        return words % {"quarter": self.quarter, "year": self.year, "day": write_day(self.due_on), "late": self.late}


def find_due_review(project: Project, today: date) -> DueReview | None:
    """Return the review of the last full quarter of a launched portfolio, unless one was concluded since."""
    if project.level != Level.PORTFOLIO or project.state != ProjectState.ACTIVE:
        return None
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    ended_on, calendar = first - timedelta(days=1), read_calendar()
    if max(project.starts_on, _find_launch(project)) > ended_on or is_concluded_since(project, first):
        return None
    due_on = calendar.add_working_days(calendar.working_day_until(ended_on), AFTER[Recurrence.QUARTERLY])
    return DueReview(ended_on.month // 3, ended_on.year, due_on, max((today - due_on).days, 0))


def _find_launch(project: Project) -> date:
    """Return the day of the decision that launched the portfolio; its start for one without."""
    launches = Effect.objects.filter(
        subject=Project._meta.label_lower, subject_id=project.pk, field="state", before=ProjectState.DRAFT
    )
    last = launches.exclude(after="").select_related("decision").order_by("-pk").first()
    return day_of(last.decision.acted_at) if last else project.starts_on


def is_concluded_since(project: Project, day: date) -> bool:
    """Return whether a decision has concluded a review since that day."""
    numbers = Review.objects.filter(project=project).values("pk")
    effects = Effect.objects.filter(subject=Review._meta.label_lower, field=FIELD, subject_id__in=numbers)
    last = effects.select_related("decision").order_by("-pk").first()
    return last is not None and bool(last.after) and day_of(last.decision.acted_at) >= day


def list_old_figures(projects: list[int], today: date) -> list[tuple[str, date | None]]:
    """List (code, day of the last figures) of the projects that go on and whose figures are too old."""
    rows = Project.objects.having(Workspace.STEERING).filter(
        pk__in=projects, level=Level.PROJECT, state=ProjectState.ACTIVE
    )
    dated = rows.annotate(last=Max("weather__acted_at")).order_by("code").values_list("code", "last")
    found = [(code, day_of(last) if last else None) for code, last in dated]
    return [(code, last) for code, last in found if last is None or last < today - OLDEST_FIGURES]


def list_contradictions(projects: list[int], today: date) -> list[str]:
    """List the open dependencies between these projects whose day has passed: code → code."""
    late = Dependency.objects.filter(Q(project__in=projects), state=DependencyState.OPEN, needed_on__lt=today)
    rows = late.select_related("project", "needs").order_by("needed_on", "pk")
    return [f"{row.project.code} → {row.needs.code}" for row in rows]
