"""Cells that the lists of risks and of issues share."""

from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.pages.lists.columns import link, show
from core.templatetags.ui import day, icon


def render_name(row: Any, lang: str) -> SafeString:
    """Render the link to a risk or an issue."""
    return link(row.get_absolute_url(), row.title, code=row.reference, lang=lang)


def render_due(on: Any, *, is_late: bool) -> SafeString:
    """Render a day, marked when it is missed."""
    if not is_late:
        return show(on)
    return format_html('<span class="bad strong">{} {}</span>', icon("alarm-clock"), day(on))


def render_band(band: Any, level: int) -> SafeString:
    """Render a level in the colour of its band."""
    return _draw_band(band.value, str(band.label), level)


@lru_cache(200)
def _draw_band(band: str, label: str, level: int) -> SafeString:
    return render_to_string("pmo/registers/risks/_risk_band.html", {"band": band, "label": label, "level": level})
