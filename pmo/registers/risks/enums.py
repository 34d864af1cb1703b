"""Enums of the risk register, and the transitions of risks and issues (domain.md §7)."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Category(models.TextChoices):
    BUSINESS = "business", pgettext_lazy("category of risk", "business")
    IT = "it", pgettext_lazy("category of risk", "IT")
    PEOPLE = "people", pgettext_lazy("category of risk", "people and organisation")
    EXTERNAL = "external", pgettext_lazy("category of risk", "external")
    LEGAL = "legal", pgettext_lazy("category of risk", "legal")


class Response(models.TextChoices):
    """Response to a threat (first four), or to an opportunity (last three, and accept)."""

    AVOID = "avoid", pgettext_lazy("response to a risk", "avoid")
    REDUCE = "reduce", pgettext_lazy("response to a risk", "reduce")
    TRANSFER = "transfer", pgettext_lazy("response to a risk", "transfer")
    ACCEPT = "accept", pgettext_lazy("response to a risk", "accept")
    EXPLOIT = "exploit", pgettext_lazy("response to a risk", "exploit")
    ENHANCE = "enhance", pgettext_lazy("response to a risk", "enhance")
    SHARE = "share", pgettext_lazy("response to a risk", "share")


#: Responses allowed for threats, and for opportunities.
TO_THREATS = (Response.AVOID, Response.REDUCE, Response.TRANSFER, Response.ACCEPT)
TO_OPPORTUNITIES = (Response.EXPLOIT, Response.ENHANCE, Response.SHARE, Response.ACCEPT)


class Proximity(models.TextChoices):
    """Time until the event may happen."""

    IMMINENT = "imminent", _("within a month")
    NEAR = "near", _("within three months")
    FAR = "far", _("later")


class RiskStatus(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("risk", "proposed")
    ASSESSED = "assessed", pgettext_lazy("risk", "assessed")
    TREATED = "treated", pgettext_lazy("risk", "treated")
    ACCEPTED = "accepted", pgettext_lazy("risk", "accepted")
    MATERIALISED = "materialised", pgettext_lazy("risk", "materialised")
    CLOSED = "closed", pgettext_lazy("risk", "closed")
    REJECTED = "rejected", pgettext_lazy("risk", "rejected")


#: Risks that may still happen; they make up the heat map and the exposure.
OPEN = (RiskStatus.PROPOSED, RiskStatus.ASSESSED, RiskStatus.TREATED, RiskStatus.ACCEPTED)
#: Statuses in which the owner may accept a risk, also once more.
ACCEPTABLE = (RiskStatus.ASSESSED, RiskStatus.TREATED, RiskStatus.ACCEPTED)
#: Transitions of a risk: status → next statuses. Python and the trigger both read this table.
FOLLOWS: dict[RiskStatus, tuple[RiskStatus, ...]] = {
    RiskStatus.PROPOSED: (RiskStatus.ASSESSED, RiskStatus.TREATED, RiskStatus.MATERIALISED, RiskStatus.REJECTED),
    RiskStatus.ASSESSED: (
        RiskStatus.PROPOSED,  # once its assessment is undone
        RiskStatus.TREATED,
        RiskStatus.ACCEPTED,
        RiskStatus.MATERIALISED,
        RiskStatus.CLOSED,
        RiskStatus.REJECTED,
    ),
    RiskStatus.TREATED: (
        RiskStatus.ASSESSED,
        RiskStatus.ACCEPTED,
        RiskStatus.MATERIALISED,
        RiskStatus.CLOSED,
    ),
    RiskStatus.ACCEPTED: (RiskStatus.ASSESSED, RiskStatus.MATERIALISED, RiskStatus.CLOSED),
    RiskStatus.MATERIALISED: (RiskStatus.ASSESSED, RiskStatus.CLOSED),
    RiskStatus.CLOSED: (RiskStatus.ASSESSED,),
    RiskStatus.REJECTED: (),
}


class Rated(models.TextChoices):
    """Rating before any action (initial), or after it (residual)."""

    INITIAL = "initial", pgettext_lazy("rating", "initial")
    RESIDUAL = "residual", pgettext_lazy("rating", "residual")


class Band(models.TextChoices):
    """Band of a level: green is acceptable, amber and red need the owner, red urgently."""

    GREEN = "green", pgettext_lazy("level of risk", "green")
    AMBER = "amber", pgettext_lazy("level of risk", "amber")
    RED = "red", pgettext_lazy("level of risk", "red")


class Degree(models.TextChoices):
    """Urgency or impact of an issue."""

    LOW = "low", pgettext_lazy("degree", "low")
    MEDIUM = "medium", pgettext_lazy("degree", "medium")
    HIGH = "high", pgettext_lazy("degree", "high")


class Size(models.TextChoices):
    """Work that an issue takes."""

    SMALL = "small", pgettext_lazy("size", "small")
    MEDIUM = "medium", pgettext_lazy("size", "medium")
    LARGE = "large", pgettext_lazy("size", "large")


class IssueState(models.TextChoices):
    OPEN = "open", pgettext_lazy("issue", "open")
    POSTPONED = "postponed", pgettext_lazy("issue", "postponed")
    RESOLVED = "resolved", pgettext_lazy("issue", "resolved")
    CLOSED = "closed", pgettext_lazy("issue", "closed")


#: Issues that still need work.
UNSETTLED = (IssueState.OPEN, IssueState.POSTPONED)
#: Transitions of an issue: state → next states.
ISSUE_FOLLOWS: dict[IssueState, tuple[IssueState, ...]] = {
    IssueState.OPEN: (IssueState.POSTPONED, IssueState.RESOLVED, IssueState.CLOSED),
    IssueState.POSTPONED: (IssueState.OPEN, IssueState.RESOLVED, IssueState.CLOSED),
    IssueState.RESOLVED: (IssueState.OPEN, IssueState.CLOSED),
    IssueState.CLOSED: (),
}


@dataclass(frozen=True)
class Grades:
    """Scale as plain values: grades, their words, and the first level of amber and of red."""

    size: int
    likelihood_fr: tuple[str, ...]
    likelihood_en: tuple[str, ...]
    impact_fr: tuple[str, ...]
    impact_en: tuple[str, ...]
    amber_from: int
    red_from: int


_FR = ("très faible", "faible", "moyen", "élevé", "très élevé")
_EN = ("very low", "low", "medium", "high", "very high")
#: Scale without a setting: 5 × 5, green up to 4, red from 15.
DEFAULT = Grades(5, _FR, _EN, _FR, _EN, 5, 15)
#: Preset of many French teams, 4 × 4: acceptable, under control, unacceptable.
FOUR = Grades(
    4,
    ("improbable", "rare", "occasionnel", "probable"),
    ("improbable", "rare", "occasional", "probable"),
    ("négligeable", "grave", "critique", "catastrophique"),
    ("negligible", "serious", "critical", "catastrophic"),
    4,
    9,
)
