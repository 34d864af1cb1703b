"""Enums of the project weather (météo projet, domain.md §8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sky(models.TextChoices):
    """Sky of an aspect, best first."""

    SUNNY = "sunny", _("sunny")
    CLOUDY = "cloudy", _("cloudy")
    STORMY = "stormy", _("stormy")


class Trend(models.TextChoices):
    """Change since the previous report."""

    IMPROVING = "improving", _("improving")
    STABLE = "stable", _("stable")
    WORSENING = "worsening", _("worsening")


def worst_sky(skies: list[str]) -> str:
    """Return the worst sky; empty ones are ignored, and empty without any."""
    known = [sky for sky in skies if sky]
    return max(known, key=Sky.values.index, default="")


def trend(before: str, now: str) -> str:
    """Compare `now` with the sky `before`; empty without one."""
    if not before:
        return ""
    step = Sky.values.index(now) - Sky.values.index(before)
    return Trend.WORSENING if step > 0 else Trend.IMPROVING if step < 0 else Trend.STABLE
