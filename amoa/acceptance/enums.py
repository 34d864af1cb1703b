"""Stages, results and severities of acceptance testing (domain.md §5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    """What a campaign checks: an interim deliverable, fitness (VABF), or regular service (VSR)."""

    INTERIM = "interim", _("interim check")
    FITNESS = "fitness", _("fitness check")
    REGULAR_SERVICE = "regular_service", _("regular-service check")


class Result(models.TextChoices):
    """What one run of a test gave."""

    PASSED = "passed", _("passed")
    FAILED = "failed", _("failed")
    BLOCKED = "blocked", _("could not be run")


class Severity(models.TextChoices):
    BLOCKING = "blocking", _("blocking")
    MAJOR = "major", _("major")
    MINOR = "minor", _("minor")


class DefectState(models.TextChoices):
    """Open, corrected by the provider, closed by who tests."""

    OPEN = "open", pgettext_lazy("defect", "open")
    CORRECTED = "corrected", pgettext_lazy("defect", "corrected")
    CLOSED = "closed", pgettext_lazy("defect", "closed")


#: A regular service is unavailable for no more than this share of the observed time (per cent).
MOST_UNAVAILABLE = 2
