"""The words of the standards library."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Family(models.TextChoices):
    """What a standard is about (domain.md §6)."""

    ORGANISATION = "organisation", _("organisation")
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
    """Life of a version of a standard: adopting and retiring are decisions of the owner of the library."""

    DRAFT = "draft", _("draft")
    ADOPTED = "adopted", _("adopted")
    RETIRED = "retired", _("retired")
