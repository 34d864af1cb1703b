"""Answers of the owner to a change of what a decision sealed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewAnswer(models.TextChoices):
    """Answer of the owner who has reviewed a decision."""

    HOLDS = "holds", _("It is still valid")
    AGAIN = "again", _("Propose it again")
