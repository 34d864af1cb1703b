"""Words of the risk register, and the life of a risk and of an issue (domain.md §7)."""

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
    """What is done about a threat; the last three about an opportunity, which may also be accepted."""

    AVOID = "avoid", pgettext_lazy("response to a risk", "avoid")
    REDUCE = "reduce", pgettext_lazy("response to a risk", "reduce")
    TRANSFER = "transfer", pgettext_lazy("response to a risk", "transfer")
    ACCEPT = "accept", pgettext_lazy("response to a risk", "accept")
    EXPLOIT = "exploit", pgettext_lazy("response to a risk", "exploit")
    ENHANCE = "enhance", pgettext_lazy("response to a risk", "enhance")
    SHARE = "share", pgettext_lazy("response to a risk", "share")


#: What may answer a threat, and an opportunity.
TO_THREATS = (Response.AVOID, Response.REDUCE, Response.TRANSFER, Response.ACCEPT)
TO_OPPORTUNITIES = (Response.EXPLOIT, Response.ENHANCE, Response.SHARE, Response.ACCEPT)


class Proximity(models.TextChoices):
    """How soon the event may happen."""

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


#: Those that may still happen: they make up the heat map and the exposure.
OPEN = (RiskStatus.PROPOSED, RiskStatus.ASSESSED, RiskStatus.TREATED, RiskStatus.ACCEPTED)
#: Those in which the owner may accept it, once more included.
ACCEPTABLE = (RiskStatus.ASSESSED, RiskStatus.TREATED, RiskStatus.ACCEPTED)
#: The one table of the life of a risk: where each status leads. Python and the trigger read it.
FOLLOWS: dict[RiskStatus, tuple[RiskStatus, ...]] = {
    RiskStatus.PROPOSED: (RiskStatus.ASSESSED, RiskStatus.TREATED, RiskStatus.MATERIALISED, RiskStatus.REJECTED),
    RiskStatus.ASSESSED: (
        RiskStatus.TREATED, RiskStatus.ACCEPTED, RiskStatus.MATERIALISED, RiskStatus.CLOSED, RiskStatus.REJECTED,
    ),
    RiskStatus.TREATED: (
        RiskStatus.ASSESSED, RiskStatus.ACCEPTED, RiskStatus.MATERIALISED, RiskStatus.CLOSED,
    ),
    RiskStatus.ACCEPTED: (RiskStatus.ASSESSED, RiskStatus.MATERIALISED, RiskStatus.CLOSED),
    RiskStatus.MATERIALISED: (RiskStatus.ASSESSED, RiskStatus.CLOSED),
    RiskStatus.CLOSED: (RiskStatus.ASSESSED,),
    RiskStatus.REJECTED: (),
}  # fmt: skip


class Rated(models.TextChoices):
    """Which of the two ratings of a risk: before anything is done about it, and what remains."""

    INITIAL = "initial", pgettext_lazy("rating", "initial")
    RESIDUAL = "residual", pgettext_lazy("rating", "residual")


class Band(models.TextChoices):
    """What a level means: acceptable as it is, to be accepted by the owner only, and so urgently."""

    GREEN = "green", pgettext_lazy("level of risk", "green")
    AMBER = "amber", pgettext_lazy("level of risk", "amber")
    RED = "red", pgettext_lazy("level of risk", "red")


class Degree(models.TextChoices):
    """How urgent, and how serious, an issue is."""

    LOW = "low", pgettext_lazy("degree", "low")
    MEDIUM = "medium", pgettext_lazy("degree", "medium")
    HIGH = "high", pgettext_lazy("degree", "high")


class Size(models.TextChoices):
    """How much work an issue takes."""

    SMALL = "small", pgettext_lazy("size", "small")
    MEDIUM = "medium", pgettext_lazy("size", "medium")
    LARGE = "large", pgettext_lazy("size", "large")


class IssueState(models.TextChoices):
    OPEN = "open", pgettext_lazy("issue", "open")
    POSTPONED = "postponed", pgettext_lazy("issue", "postponed")
    RESOLVED = "resolved", pgettext_lazy("issue", "resolved")
    CLOSED = "closed", pgettext_lazy("issue", "closed")


#: Those somebody still has to do something about.
UNSETTLED = (IssueState.OPEN, IssueState.POSTPONED)
#: Where each state of an issue leads.
ISSUE_FOLLOWS: dict[IssueState, tuple[IssueState, ...]] = {
    IssueState.OPEN: (IssueState.POSTPONED, IssueState.RESOLVED, IssueState.CLOSED),
    IssueState.POSTPONED: (IssueState.OPEN, IssueState.RESOLVED, IssueState.CLOSED),
    IssueState.RESOLVED: (IssueState.OPEN, IssueState.CLOSED),
    IssueState.CLOSED: (),
}


@dataclass(frozen=True)
class Grades:
    """A scale as plain values: how many grades, their words, and from which level amber and red begin."""

    size: int
    likelihood_fr: tuple[str, ...]
    likelihood_en: tuple[str, ...]
    impact_fr: tuple[str, ...]
    impact_en: tuple[str, ...]
    amber_from: int
    red_from: int


_FR = ("très faible", "faible", "moyen", "élevé", "très élevé")
_EN = ("very low", "low", "medium", "high", "very high")
#: What holds where no scale was set: 5 × 5, green up to 4, red from 15.
DEFAULT = Grades(5, _FR, _EN, _FR, _EN, 5, 15)
#: The 4 × 4 of many French teams, to start from: acceptable as is, under control, unacceptable.
FOUR = Grades(
    4, ("improbable", "rare", "occasionnel", "probable"), ("improbable", "rare", "occasional", "probable"),
    ("négligeable", "grave", "critique", "catastrophique"), ("negligible", "serious", "critical", "catastrophic"), 4, 9,
)  # fmt: skip
