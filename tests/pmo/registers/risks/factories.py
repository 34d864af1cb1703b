"""Create risks, and recompute the figures of the register without the tested code."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from core.history import version_of
from pmo.models import Risk, RiskRating
from pmo.registers.risks.effects import risk_term
from pmo.registers.risks.enums import DEFAULT
from pmo.registers.risks.services import assess_risk, raise_risk, set_risk_scale
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


def create_risk(actor: Any, project: Project, **fields: Any) -> Risk:
    """Raise a risk, by default at level 16."""
    return raise_risk(actor=actor, project=project, fields=FIELDS | fields)


def reread(risk: Risk) -> Risk:
    """Read the risk from the database."""
    return Risk.objects.select_related("project", "scale", "acceptance").get(pk=risk.pk)


def assess(actor: Any, risk: Risk, **fields: Any) -> Risk:
    """Assess the current risk, and read it afresh."""
    risk = reread(risk)
    return reread(assess_risk(actor=actor, risk=risk, fields=fields, seen=version_of(risk)))


def create_unaccepted_risk(actor: Any, project: Project, likelihood: int = 3, impact: int = 4, **fields: Any) -> Risk:
    """Raise a risk with a residual rating that needs acceptance: amber by default."""
    risk = create_risk(actor, project, **fields)
    return assess(actor, risk, response="reduce", residual_likelihood=likelihood, residual_impact=impact)


def terms(risk: Risk, until: date | None = None, **changes: str) -> dict[str, str]:
    """Return the terms that ask the owner to accept the risk at its current rating."""
    risk = reread(risk)
    return {
        "risk": risk_term(risk, RiskRating.objects.filter(risk=risk).count()),
        "valid_until": (until or acts.FUTURE).isoformat(),
        "indicator": "Hours the crane stood still in a month.",
        "trigger": "More than eight hours in a month.",
    } | changes


def accept(owner: Any, risk: Risk, until: date | None = None) -> Any:
    """Accept the risk by a decision of the owner."""
    file = acts.submit_to_owner(risk.project, "risk_acceptance", terms=terms(risk, until))
    return acts.decide(owner, file)


def today() -> date:
    """Return the date in Paris."""
    return timezone.localdate()


def sums_from_rows(projects: list[Project], at: datetime) -> tuple[int, int]:
    """Compute the exposure at an instant risk by risk in Python, to compare with the SQL of the register."""
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


def create_accepted_risk_on_scale() -> Risk:
    """Set a scale on project one and accept a risk, as the owner."""
    project = Project.objects.get(code="ONE")
    owner, pmo = (User.objects.get(email=f"{name}@example.org") for name in ("owner", "pmo"))
    grades = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(DEFAULT).items()}
    set_risk_scale(actor=owner, project=project, fields=grades)
    risk = create_unaccepted_risk(pmo, project)
    accept(owner, risk)
    return reread(risk)
