"""Enumerations of roles and decisions.

Codes are stored; labels are shown. The glossary has every label in French and in English.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Authority(models.TextChoices):
    """Authority of a role over a proposal (R1, R2): exactly one role of a method pack decides."""

    DECIDES = "decides", _("decides")
    ADVISES = "advises", _("gives an opinion")
    DELIVERS = "delivers", _("delivers")
    RECEIVES = "receives", _("receives")


class Nature(models.TextChoices):
    """Nature of a role's part in a responsibility; only the deciding role has `decide` (R4)."""

    DECIDE = "decide", _("decide")
    ADVISE = "advise", _("advise")
    PROPOSE = "propose", _("propose")
    PRODUCE = "produce", _("produce")
    SUPPORT = "support", _("support")
    INFORMED = "informed", _("be informed")


class Domain(models.TextChoices):
    """The side of the project a responsibility belongs to."""

    PROJECT_MANAGEMENT = "project_management", _("project management")
    BUSINESS = "business", _("business")
    TECHNICAL = "technical", _("technical")


class Family(models.TextChoices):
    """Families of responsibilities of a project management office."""

    STANDARDS = "standards", _("standards and methods")
    CONTROL = "control", _("follow-up and control")
    REPORTING = "reporting", _("reporting and dashboards")
    CONFORMITY = "conformity", _("risks and conformity")
    COACHING = "coaching", _("coaching and facilitation")


class Recurrence(models.TextChoices):
    """Rhythm of a responsibility: once, at each occasion, at a gate, or periodically.

    `CONTINUOUS` is a value of the past: it asked once for ever. New versions of a role choose another (RHYTHMS).
    """

    ONCE = "once", _("once")
    CONTINUOUS = "continuous", _("throughout the project")
    EVENT = "event", _("at each event")
    EACH_PROPOSAL = "each_proposal", _("at each proposal")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")
    YEARLY = "yearly", _("every year")
    EACH_GATE = "each_gate", _("at each gate")
    AT_G0 = "at_g0", _("at gate G0")
    AT_G1 = "at_g1", _("at gate G1")
    AT_G2 = "at_g2", _("at gate G2")
    AT_G3 = "at_g3", _("at gate G3")
    AT_G4 = "at_g4", _("at gate G4")
    AT_G5 = "at_g5", _("at gate G5")


#: Rhythms that a new version of a role offers.
RHYTHMS = tuple(one for one in Recurrence if one != Recurrence.CONTINUOUS)
#: Most rhythms of a responsibility.
MOST_RHYTHMS = 3
#: Rhythms of periods, with their length in months; a week has none.
PERIODS = {Recurrence.MONTHLY: 1, Recurrence.QUARTERLY: 3, Recurrence.YEARLY: 12}
PERIODIC = frozenset({Recurrence.WEEKLY, *PERIODS})


class Gate(models.TextChoices):
    """Gates at which the owner lets the project continue (domain.md §6)."""

    G0 = "G0", _("G0 · launch")
    G1 = "G1", _("G1 · end of framing")
    G2 = "G2", _("G2 · design settled")
    G3 = "G3", _("G3 · ready for acceptance")
    G4 = "G4", _("G4 · go-live")
    G5 = "G5", _("G5 · closing")


class PublicationState(models.TextChoices):
    """Life cycle of a versioned text that others rely on."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    RETIRED = "retired", _("retired")


class DecisionKind(models.TextChoices):
    """Kind of a decision; a delegate may sign some kinds (see DELEGABLE_KINDS)."""

    APPOINTMENT = "appointment", _("appointment")
    DELEGATION = "delegation", _("signature delegation")
    REQUIREMENT_BASELINE = "requirement_baseline", _("requirement baseline")
    CHANGE = "change", _("change")
    MINOR_CHANGE = "minor_change", _("minor change")
    SCOPE = "scope", _("scope")
    SCHEDULE = "schedule", _("schedule")
    BUDGET = "budget", _("budget")
    ARBITRATION = "arbitration", _("arbitration")
    GATE = "gate", _("gate")
    SUPPLIER_CHOICE = "supplier_choice", _("supplier choice")
    INTERIM_ACCEPTANCE = "interim_acceptance", _("interim acceptance")
    ACCEPTANCE = "acceptance", _("acceptance")
    RISK_ACCEPTANCE = "risk_acceptance", _("risk acceptance")
    WAIVER = "waiver", _("waiver")
    STANDARD_ADOPTION = "standard_adoption", _("standard adoption")
    COMMUNICATION = "communication", _("communication")


#: Kinds whose signature the owner may delegate; the owner signs all others in person.
DELEGABLE_KINDS = frozenset({DecisionKind.INTERIM_ACCEPTANCE, DecisionKind.MINOR_CHANGE, DecisionKind.COMMUNICATION})
#: The kinds by which a project rests, goes on, is given up, and is opened again after its end.
SUSPENSION, RESUMPTION, ABANDONMENT, REOPENING = "suspension", "resumption", "abandonment", "reopening"
STATE_KINDS = (SUSPENSION, RESUMPTION, ABANDONMENT, REOPENING)
#: The kind by which the owner takes over the decisions of the time before Ouvrage.
TAKE_OVER = "take_over"
#: The kind by which a portfolio or a programme takes the rules of its level.
LEVEL_RULES = "level_rules"
#: Kinds that may lack a line of their own in the matrix: code → the kind whose letters they follow then. Each registers
#: itself (governance.decide.kinds.registry).
FOLLOWING_KINDS: dict[str, str] = {}
#: Kinds of decision that apps register beyond those of the method packs: code → label
#: (governance.decide.kinds.registry).
ADDED_KINDS: dict[str, Any] = {}


def list_named_kinds(powers: Mapping[str, Mapping[str, list[str]]]) -> list[str]:
    """List the kinds with a line of their own in a matrix, each once; the owner decides every line (R4)."""
    return sorted({kind for natures in powers.values() for kind in natures.get(Nature.DECIDE, ())})


def lettered_kind(kind: str, named: Collection[str]) -> str:
    """Return the kind whose letters count for `kind` in a matrix that names the kinds `named`."""
    return kind if kind in named else FOLLOWING_KINDS.get(kind, kind)


def list_followers(kinds: Collection[str], named: Collection[str]) -> list[str]:
    """List the kinds that follow one of `kinds`, for want of a line of their own."""
    return [kind for kind, followed in FOLLOWING_KINDS.items() if followed in kinds and kind not in named]


def decision_kinds() -> list[tuple[str, Any]]:
    """List the code and the label of every kind of decision, those of the method packs first."""
    return [*DecisionKind.choices, *ADDED_KINDS.items()]
