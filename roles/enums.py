"""The words of role governance: who has which authority, and what is put to the owner.

Codes are stored; labels are shown. Every label stands in the glossary in French and in English.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Authority(models.TextChoices):
    """What a role may do with a proposal (R1, R2): exactly one role of a method pack decides."""

    DECIDES = "decides", _("decides")
    ADVISES = "advises", _("advises")
    DELIVERS = "delivers", _("delivers")
    RECEIVES = "receives", _("receives")


class Nature(models.TextChoices):
    """How a role takes part in one responsibility; `decide` exists only in the deciding role (R4)."""

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


class PublicationState(models.TextChoices):
    """Life of a versioned text that others rely on."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    RETIRED = "retired", _("retired")


class DecisionKind(models.TextChoices):
    """What a decision is about; some kinds may be signed by a delegate (see DELEGABLE_KINDS)."""

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


#: Kinds whose signature the owner may delegate; everything else stays with the owner in person.
DELEGABLE_KINDS = frozenset({DecisionKind.INTERIM_ACCEPTANCE, DecisionKind.MINOR_CHANGE, DecisionKind.COMMUNICATION})
