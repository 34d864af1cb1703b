"""Capacities in which somebody vouches, and how many people it takes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Capacity(models.TextChoices):
    """Capacity of a person who vouches."""

    ABOVE = "above", _("project owner above")
    ADMINISTRATOR = "administrator", _("administrator")


#: How many people it takes, the owner above first.
PEOPLE = 2
#: Days after which it counts where fewer people can vouch, and weeks in which everybody was told meanwhile.
ALONE_DAYS, WEEKS = 30, 4
