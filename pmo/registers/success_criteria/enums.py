"""Enums of success criteria."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CriterionKind(models.TextChoices):
    """Criterion of the project itself, or benefit expected by the business."""

    CRITERION = "criterion", _("success criterion")
    BENEFIT = "benefit", pgettext_lazy("kind of success criterion", "benefit")


class CriterionState(models.TextChoices):
    """State of a criterion; approval takes a decision of the owner."""

    PROPOSED = "proposed", pgettext_lazy("success criterion", "proposed")
    APPROVED = "approved", pgettext_lazy("success criterion", "approved")
    DROPPED = "dropped", pgettext_lazy("success criterion", "dropped")
    OBTAINED = "obtained", pgettext_lazy("success criterion", "obtained")


#: States in which a criterion is measured: what is obtained is measured further.
MEASURED = frozenset({CriterionState.APPROVED, CriterionState.OBTAINED})


class Met(models.TextChoices):
    """Result of a measure against the target."""

    YES = "yes", pgettext_lazy("success criterion", "met")
    PARTLY = "partly", pgettext_lazy("success criterion", "partly met")
    NO = "no", pgettext_lazy("success criterion", "not met")
