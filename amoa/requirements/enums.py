"""Kinds, priorities and states of needs and requirements (domain.md §5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RequirementKind(models.TextChoices):
    """Kinds: a need says what somebody lacks, a requirement what the result must do or be."""

    NEED = "need", _("need")
    FUNCTIONAL = "functional", _("functional")
    NON_FUNCTIONAL = "non_functional", _("non-functional")
    CONSTRAINT = "constraint", _("constraint")
    BUSINESS_RULE = "business_rule", _("business rule")
    TRANSITION = "transition", _("transition")


class Priority(models.TextChoices):
    """MoSCoW priorities, proposed by the AMOA and approved with the baseline."""

    MUST = "must", _("must have")
    SHOULD = "should", _("should have")
    COULD = "could", _("could have")
    WONT = "wont", _("won’t have this time")


class Verification(models.TextChoices):
    """Methods to verify that a requirement is met."""

    INSPECTION = "inspection", _("inspection")
    ANALYSIS = "analysis", _("analysis")
    DEMONSTRATION = "demonstration", _("demonstration")
    TEST = "test", _("test")


class RequirementState(models.TextChoices):
    """State of the working version of a requirement; workflow.py lists the transitions."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", pgettext_lazy("requirement", "Approved")
    IMPLEMENTED = "implemented", _("Implemented")
    VERIFIED = "verified", _("Verified")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", pgettext_lazy("requirement", "Rejected")
    DEFERRED = "deferred", pgettext_lazy("requirement", "Deferred")
    WITHDRAWN = "withdrawn", pgettext_lazy("requirement", "Withdrawn")
