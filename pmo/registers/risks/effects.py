"""Effects of decisions on risks. Called inside the act of the decision."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from core.acts import act_time
from governance.decide.decisions.models import Effect
from governance.decide.decisions.seal_breaks import break_seal
from governance.decide.proposals.models import Proposal
from pmo.registers.risks.enums import Response, RiskStatus
from pmo.registers.risks.models import Risk, RiskAcceptance
from projects.models import Project
from roles.models import User

#: Term that names a risk at one rating: code, likelihood, impact, number of ratings by then.
NAMED = re.compile(r"([^:]{1,30}):([1-5])x([1-5]):([0-9]{1,6})")


@dataclass(frozen=True)
class RatedRisk:
    """Risk as it was put to the owner: a parsed term."""

    code: str
    likelihood: int
    impact: int
    version: int


def risk_term(risk: Risk, ratings: int) -> str:
    """Build the term that names the risk at its current rating; `ratings` is their number so far."""
    likelihood, impact = risk.rating
    return f"{risk.code}:{likelihood}x{impact}:{ratings}"


def parse_term(text: str) -> RatedRisk | None:
    """Parse the term; None when it names no risk."""
    match = NAMED.fullmatch(text)
    return RatedRisk(match[1], int(match[2]), int(match[3]), int(match[4])) if match else None


def find_named_risk(project: Project, text: str) -> Risk | None:
    """Return the risk that the term names; None when absent, or rated again since."""
    named = parse_term(text)
    if named is None:
        return None
    rows: Any = project.risks.filter(code=named.code).annotate(rated=Count("ratings"))
    risk: Any = rows.order_by("pk").first()
    if risk is None or risk.rating != (named.likelihood, named.impact) or risk.rated != named.version:
        return None
    named_risk: Risk = risk
    return named_risk


def accept(risk: Risk, valid_until: date, indicator: str, trigger: str) -> RiskAcceptance:
    """Accept the risk at its current rating until that day."""
    risk = Risk.objects.select_for_update(of=("self",)).get(pk=risk.pk)
    likelihood, impact = risk.rating
    accepted = RiskAcceptance.objects.create(
        project_id=risk.project_id,
        risk=risk,
        likelihood=likelihood,
        impact=impact,
        scale_id=risk.scale_id,
        valid_until=valid_until,
        indicator=indicator,
        trigger=trigger,
        acted_at=act_time(),
    )
    risk.status, risk.response, risk.acceptance = RiskStatus.ACCEPTED, Response.ACCEPT, accepted
    risk.save()
    return accepted


def mark_risen(actor: User, risk: Risk, accepted: RiskAcceptance) -> None:
    """Mark the decision that accepted the risk: the risk is rated above its acceptance now."""
    about = Effect.objects.filter(subject=RiskAcceptance._meta.label_lower, subject_id=accepted.pk)
    effect = about.exclude(after="").select_related("decision__project", "decision__revision").first()
    if effect:
        decision, rating = effect.decision, risk_term(risk, risk.ratings.count())
        decision.proposal = Proposal.objects.select_related("project", "current", "draft").get(pk=decision.proposal_id)
        break_seal(decision, f"risk:{risk.pk}", decision.content.terms["risk"], rating, [risk.code])


def undo_acceptance(number: int) -> Risk:
    """Undo an acceptance, given by its primary key: its risk must be answered again, unless it moved on."""
    risk = Risk.objects.select_for_update(of=("self",)).get(acceptances=number)
    if risk.acceptance_id == number:
        risk.status, risk.acceptance = RiskStatus.ASSESSED, None
        risk.save()
    return risk
