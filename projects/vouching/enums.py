"""Capacities in which somebody vouches."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Capacity(models.TextChoices):
    """Capacity of a person who vouches: one owner above is enough, of administrators there must be two."""

    ABOVE = "above", _("project owner above")
    ADMINISTRATOR = "administrator", _("administrator")


#: How many administrators it takes.
ADMINISTRATORS = 2
