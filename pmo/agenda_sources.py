"""What the office brings to the agenda of a session: red risks, gates due, questions of the last review."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.sessions.agenda.sources import AgendaSource, register
from pmo.registers.risks.models import Risk
from pmo.registers.schedule.models import Milestone
from pmo.steering.reviews.models import Review

#: A gate is heard that is expected within so many days of the session.
NEAR = timedelta(days=30)


def _list_gates(session: Any) -> QuerySet[Milestone]:
    awaited = Milestone.objects.filter(project=session.project, actual_on=None).exclude(gate="")
    return awaited.filter(forecast_on__lte=session.day + NEAR)


def _list_reviews(session: Any) -> QuerySet[Review]:
    """Filter the newest review, if it is of the month of the session or of the one before, and asks something."""
    reviews = Review.objects.filter(project=session.project)
    newest = reviews.defer("pdf").order_by("-number").values("pk")[:1]
    since = (session.day.replace(day=1) - timedelta(days=1)).replace(day=1)
    return reviews.filter(pk__in=newest, month__gte=since).exclude(content__questions=[])


def _name_review(review: Review) -> str:
    return _("Questions of review %(n)s") % {"n": review.number}


register(
    AgendaSource(
        "risk",
        gettext_lazy("Red risk"),
        Risk,
        lambda session: session.project.risks.red_and_unaccepted(session.day),
        lambda risk: f"{risk.code} · {risk.title}",
        lambda risk: str(risk.get_absolute_url()),
        ("project",),
    )
)
register(
    AgendaSource(
        "gate",
        gettext_lazy("Gate due"),
        Milestone,
        _list_gates,
        lambda milestone: f"{milestone.code} · {milestone.name}",
        lambda milestone: reverse("pmo:gates:gates", args=[milestone.project.code]),
        ("project",),
    )
)
register(
    AgendaSource(
        "questions",
        gettext_lazy("Monthly review"),
        Review,
        _list_reviews,
        _name_review,
        lambda review: str(review.get_absolute_url()),
        ("project",),
        lambda review: bytes(review.pdf),
    )
)
