"""Columns of a list: one declaration says how a cell is sorted, shown and exported."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db.models import Case, CharField, IntegerField, Value, When
from django.db.models.functions import NullIf
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from core.record.erasure import display_text
from core.templatetags.ui import lang_attribute, stamp

Text = str | Promise
NOTHING = mark_safe('<span class="faint">—</span>')


@dataclass(frozen=True)
class Column:
    """A column. `sort` is a field or an expression; empty values come last.

    On a list of computed rows `sort` is a field or a function of the row, by default `value`.
    `html` renders the cell, by default the escaped `value`. `usual` columns are shown when the address chooses none,
    `card` columns stay in the two lines of a row on a telephone, `spare` ones give way in a narrow frame. The `head`
    column names the row.
    """

    name: str
    label: Text
    value: Callable[[Any], Any]
    sort: Any = None
    html: Callable[[Any], str] | None = None
    usual: bool = True
    card: bool = False
    spare: bool = False
    head: bool = False
    numeric: bool = False
    css: str = ""

    def cell(self, row: Any) -> str:
        """Render the cell of `row`."""
        tag = "th" if self.head else "td"
        css = " ".join(filter(None, ("n" if self.numeric else "", self.css)))
        inner = self.html(row) if self.html else show(self.value(row))
        return "".join(
            (
                f'<{tag} scope="row"' if self.head else f"<{tag}",
                f' class="{css}"' if css else "",
                " data-card" if self.card and not self.head else "",
                " data-spare" if self.spare else "",
                f">{conditional_escape(inner)}</{tag}>",
            )
        )

    def key(self, row: Any) -> Any:
        """Return what sorts a computed row; None when empty. Texts sort without their case and accents."""
        read = attrgetter(self.sort.replace("__", ".")) if isinstance(self.sort, str) else self.sort or self.value
        value = read(row)
        return fold(str(value)) or None if isinstance(value, str | Promise) else value

    def text(self, row: Any) -> str:
        """Return the text of the cell in a file."""
        value = self.value(row)
        if isinstance(value, datetime):
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


@dataclass(frozen=True)
class Control:
    """A cell of each row that holds a control: neither chosen, sorted, exported nor printed. `label` heads it."""

    label: Text
    html: Callable[[Any], str]

    def cell(self, row: Any) -> str:
        """Render the cell of `row`."""
        return f'<td class="act">{conditional_escape(self.html(row))}</td>'


def selection(form: str, name: Callable[[Any], str] = attrgetter("code")) -> Control:
    """Return the control that selects a row for this form, and all rows of the page; `name` names a row."""
    every = format_html('<input type="checkbox" data-select-all aria-label="{}">', gettext("Select all of this page"))

    def box(row: Any) -> SafeString:
        label = gettext("Select %(code)s") % {"code": name(row)}
        return format_html(
            '<input type="checkbox" name="one" value="{}" form="{}" aria-label="{}">', row.pk, form, label
        )

    return Control(every, box)


def fold(words: str) -> str:
    """Return a text without its case and accents."""
    plain = unicodedata.normalize("NFKD", words).casefold()
    return "".join(character for character in plain if not unicodedata.combining(character))


def show(value: Any) -> SafeString:
    """Render a plain value: a dash when empty, a date in the reader's language."""
    if value is None or value == "":
        return NOTHING
    return stamp(value) if isinstance(value, date) else conditional_escape(value)


def rank(field: str, values: list[str]) -> Case:
    """Return the place of `field` among `values`, to sort by meaning and not by code."""
    steps = (When(**{field: value}, then=Value(place)) for place, value in enumerate(values))
    return Case(*steps, output_field=IntegerField())


def text(field: str) -> NullIf:
    """Return the text `field`, null when empty, so that empty cells come last."""
    return NullIf(field, Value(""), output_field=CharField())


def link(url: str, title: str, *, code: str = "", lang: str = "", mono: str = "mono nowrap") -> SafeString:
    """Render the link that names a row: its code and its title in the language `lang` of the project."""
    before = format_html('<span class="{}">{}</span> ', mono, code) if code else ""
    return format_html('<a href="{}">{}<span{}>{}</span></a>', url, before, lang_attribute(lang), display_text(title))


def act_link(url: str, verb: Text, of: Text) -> SafeString:
    """Render a link of a row that leads to the form of an act; `of` names the row to assistive technology."""
    shown = '<a class="btn" data-kind="ghost" data-size="s" href="{}">{}<span class="vh">, {}</span></a>'
    return format_html(shown, url, verb, of)


def in_language(value: str, lang: str) -> SafeString:
    """Render a text in the language `lang` of the project; a dash when empty."""
    return format_html("<span{}>{}</span>", lang_attribute(lang), display_text(value)) if value else NOTHING
