"""Stages, results and severities of acceptance testing (domain.md §5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    """Stage that a campaign checks: interim deliverable, fitness (VABF) or regular service (VSR)."""

    INTERIM = "interim", _("interim check")
    FITNESS = "fitness", _("fitness check")
    REGULAR_SERVICE = "regular_service", _("regular-service check")


class Result(models.TextChoices):
    """Result of one run of a test."""

    PASSED = "passed", _("passed")
    FAILED = "failed", _("failed")
    BLOCKED = "blocked", _("could not be run")


class Severity(models.TextChoices):
    BLOCKING = "blocking", _("blocking")
    MAJOR = "major", _("major")
    MINOR = "minor", _("minor")


class DefectState(models.TextChoices):
    """State of a defect: open, corrected by the provider, closed by a tester."""

    OPEN = "open", pgettext_lazy("defect", "open")
    CORRECTED = "corrected", pgettext_lazy("defect", "corrected")
    CLOSED = "closed", pgettext_lazy("defect", "closed")


#: Maximum unavailability of a regular service, in per cent of the observed time.
MOST_UNAVAILABLE = 2
