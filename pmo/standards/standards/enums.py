"""Enums of the standards library."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Family(models.TextChoices):
    """Subject of a standard (domain.md §6)."""

    ORGANISATION = "organisation", pgettext_lazy("what a standard is about", "organisation")
    DOCUMENT = "document", _("document")
    REQUIREMENTS = "requirements", _("requirements")
    LIFECYCLE = "lifecycle", _("life cycle")
    RISK = "risk", _("risk")
    REPORTING = "reporting", _("reporting")
    DECISION = "decision", _("decision")
    ACCEPTANCE = "acceptance", _("acceptance")
    CHANGE = "change", _("change")
    QUALITY = "quality", _("quality")
    SECURITY = "security", _("security")


class StandardState(models.TextChoices):
    """State of a version; only decisions of the library's owner adopt and retire."""

    DRAFT = "draft", _("draft")
    ADOPTED = "adopted", _("adopted")
    RETIRED = "retired", _("retired")


class Computed(models.TextChoices):
    """Automatic checks of a checkpoint; other checkpoints are answered by people."""

    ROLES_DEFINED = "roles_defined", _("the roles are approved and filled")
    CHARTER_ATTACHED = "charter_attached", _("the charter is among the documents")
    SUCCESS_CRITERIA_APPROVED = "success_criteria_approved", _("the success criteria are approved")
    REQUIREMENTS_LINTED = "requirements_linted", _("all requirements follow the writing rules")
    BASELINE_IN_FORCE = "baseline_in_force", _("a requirement baseline is in force")
    MUST_REQUIREMENTS_COVERED = "must_requirements_covered", _("the must-have requirements have a test")
    GATES_DECIDED_IN_ORDER = "gates_decided_in_order", _("the gates are passed by decision, in order")
    RISKS_REVIEWED_MONTHLY = "risks_reviewed_monthly", _("the open risks were reviewed within a month")
    DASHBOARD_PUBLISHED_MONTHLY = "dashboard_published_monthly", _("the dashboard was published this month")
    DECISIONS_LISTED_IN_TIME = "decisions_listed_in_time", _("decisions are recorded within 5 working days")
    ACCEPTANCE_PLANNED_BEFORE = "acceptance_planned_before", _("the tests are written before the first campaign")
    COMMUNICATION_PLANNED = "communication_planned", _("the communication is planned for each recipient group")


class EntryKind(models.TextChoices):
    """Kind of a library entry that is not a standard."""

    GUIDE = "guide", _("guide")
    TEMPLATE = "template", _("template")
    CHECKLIST = "checklist", _("checklist")
