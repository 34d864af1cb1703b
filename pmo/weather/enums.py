"""Words of the project weather (météo projet, domain.md §8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sky(models.TextChoices):
    """How an aspect of a project stands, the best first."""

    SUNNY = "sunny", _("sunny")
    CLOUDY = "cloudy", _("cloudy")
    STORMY = "stormy", _("stormy")


class Trend(models.TextChoices):
    """How the weather compares with that of the report before."""

    IMPROVING = "improving", _("improving")
    STABLE = "stable", _("stable")
    WORSENING = "worsening", _("worsening")


def worst(skies: list[str]) -> str:
    """The worst of these; what is not computed (empty) is left out, and empty when nothing is."""
    known = [sky for sky in skies if sky]
    return max(known, key=Sky.values.index, default="")


def trend(before: str, now: str) -> str:
    """How `now` compares with the sky `before`; empty when there was none."""
    if not before:
        return ""
    step = Sky.values.index(now) - Sky.values.index(before)
    return Trend.WORSENING if step > 0 else Trend.IMPROVING if step < 0 else Trend.STABLE
