"""Risks as the tests set them up, and the figures of the register recomputed without the code that is tested."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from core.history import version_of
from pmo.models import Risk, RiskRating
from pmo.risks.effects import risk_term
from pmo.risks.enums import DEFAULT
from pmo.risks.services import assess_risk, raise_risk, set_risk_scale
from projects.models import Project
from roles.models import User
from tests import acts

FIELDS: dict[str, Any] = {
    "title": "The crane stops",
    "cause": "The crane of quay 2 is forty years old.",
    "event": "Its motor fails while piles are driven.",
    "effect": "The works stand still for three weeks.",
    "category": "external",
    "likelihood": 4,
    "impact": 4,
}


def raised(actor: Any, project: Project, **fields: Any) -> Risk:
    """A risk in the register, at level 16 unless it is said otherwise."""
    return raise_risk(actor=actor, project=project, fields=FIELDS | fields)


def fresh(risk: Risk) -> Risk:
    """The risk as the database has it now."""
    return Risk.objects.select_related("project", "scale", "acceptance").get(pk=risk.pk)


def assessed(actor: Any, risk: Risk, **fields: Any) -> Risk:
    """Assess the risk as it stands, and read it afresh."""
    risk = fresh(risk)
    return fresh(assess_risk(actor=actor, risk=risk, fields=fields, seen=version_of(risk)))


def to_accept(actor: Any, project: Project, likelihood: int = 3, impact: int = 4, **fields: Any) -> Risk:
    """A risk whose residual rating somebody would have to accept: amber, unless it is said otherwise."""
    risk = raised(actor, project, **fields)
    return assessed(actor, risk, response="reduce", residual_likelihood=likelihood, residual_impact=impact)


def terms(risk: Risk, until: date | None = None, **changes: str) -> dict[str, str]:
    """What a proposal says that asks the owner to accept the risk at the rating it has now."""
    risk = fresh(risk)
    return {
        "risk": risk_term(risk, RiskRating.objects.filter(risk=risk).count()),
        "valid_until": (until or acts.FUTURE).isoformat(),
        "indicator": "Hours the crane stood still in a month.",
        "trigger": "More than eight hours in a month.",
    } | changes


def accepted(owner: Any, risk: Risk, until: date | None = None) -> Any:
    """The owner's decision that accepts the risk."""
    file = acts.put(risk.project, "risk_acceptance", terms=terms(risk, until))
    return acts.decided(owner, file)


def today() -> date:
    """The day in Paris."""
    return timezone.localdate()


def sums_from_rows(projects: list[Project], at: datetime) -> tuple[int, int]:
    """The exposure at an instant, risk by risk in plain Python: the other way to what the register computes in SQL."""
    initial = residual = 0
    for risk in Risk.objects.filter(project__in=projects, opportunity=False).order_by("pk"):
        status = ""
        for version in risk.history.filter(history_date__lte=at).order_by("history_date", "history_id"):
            status = version.status
        if status not in {"proposed", "assessed", "treated", "accepted"}:
            continue
        levels = {"initial": 0, "residual": 0}
        for rating in RiskRating.objects.filter(risk=risk, acted_at__lte=at).order_by("acted_at", "pk"):
            levels[rating.kind] = rating.likelihood * rating.impact
        initial += levels["initial"]
        residual += levels["residual"] or levels["initial"]
    return initial, residual


def scaled_and_accepted() -> Risk:
    """On project one, a scale that the owner set and a risk that they accepted."""
    project = Project.objects.get(code="ONE")
    owner, pmo = (User.objects.get(email=f"{name}@example.org") for name in ("owner", "pmo"))
    grades = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(DEFAULT).items()}
    set_risk_scale(actor=owner, project=project, fields=grades)
    risk = to_accept(pmo, project)
    accepted(owner, risk)
    return fresh(risk)
