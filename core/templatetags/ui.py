"""Template tags and filters of the design system: one tag per visual element.

Tags (an invalid option raises an exception):
  {% icon "gavel" %}                              Lucide icon, hidden from assistive technology: put a word beside it
  {% icons_once %}…{% endicons_once %}           draw an icon that is repeated in it once, and refer to it
  {% arch_symbols %}                              the arches that role badges refer to: once on a page
  {% role_badge "AMOA" role.name %}               arch glyph with the lit stone, acronym explained by `abbr`
  {% role_badge "MOE" role.name vacant=True %}    dashed: nobody holds it
  {% outcome_badge decision.outcome decision.get_outcome_display %}    or "pending", which needs no label
  {% outcome_icon decision.outcome %}             the icon alone, where the word stands beside it
  {% state_badge proposal.state proposal.get_state_display %}
  {% stance opinion.position opinion.get_position_display %}           or "awaited", which needs no label
  {% person user role="AMOA" note="AMOA, GDV" %}  initials, name, small line; `user` may be a recorded name
  {% stamp decision.decided_at "end" %}           `<time>`: a date, or a date and time in the reader's time zone; class
  {% late_entry decision %}                       note on a row that was entered after its act
  {% control field %}                             widget of a form field with the class of the design
  {% choices form.outcome kind="outcome" notes=notes %}   cards; kind: "outcome", "stance", "authority" or "" (no icon)
  {% error_summary form formset %}                errors with links; takes the focus; nothing without errors
  {% address entry.view project.code %}           address of a page that is named many times; elsewhere {% url %}
  {% current "governance:inbox:inbox" "governance:inbox_*" %}   aria-current of a link, by view names (patterns allowed)

Filters:
  {{ hash|fingerprint }}  7c1e 40b8 a9f2          {{ amount|euros }}  €38,000 / 38 000 € ("" for no amount)
  {{ at|when }}  24 Nov 2026, 16:42               {{ on|day }}  24 Nov 2026
  {{ at|starts }}, {{ at|ends }}  first and last day of a period; with the time if it begins or ends within a day
  {{ widget.attrs|flat }}  attributes of a control
  {{ field|optional_mark }}  "(optional)", or the condition that makes the field required
  {{ text|prose }}  paragraphs and "- " lists, escaped; an erased text shows its erasure
  {{ outcome|tone }}  the `data-outcome` of an outcome
  <span{{ project.language|lang_attribute }}>     its lang="fr", on a page of another language
  {{ code|role_style }}  "moa" for MOA and PO: the `data-role` of a role
  {{ text|display_text }}, {{ name|display_name }}   the same for one line, and for the name of a person
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django import forms, template
from django.template import Context
from django.template.base import Parser, Token
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.acts import is_showing_only
from core.record.erasure import display_name, display_text, is_erased
from core.words.addresses import address
from core.words.dates import NO_BREAK
from core.words.salutations import initials_of

register = template.Library()
register.filter(display_text)
register.simple_tag(address)
register.filter(display_name)

Label = str | Promise

NARROW_NO_BREAK = "\N{NARROW NO-BREAK SPACE}"

#: Size of the caches of rendered badges, roles and dates.
CACHED = 2048

#: value → (tone, icon). The caller gives the label, because labels belong to the enumerations.
OUTCOMES = {
    "approved": ("approved", "circle-check"),
    "approved_with_conditions": ("cond", "list-checks"),
    "accepted": ("approved", "circle-check"),
    "accepted_with_reservations": ("cond", "list-checks"),
    "accepted_with_price_reduction": ("deferred", "badge-percent"),
    "rework": ("rework", "rotate-ccw"),
    "deferred": ("deferred", "calendar-clock"),
    "merged": ("pending", "merge"),
    "rejected": ("rejected", "circle-x"),
    "pending": ("pending", "circle-dashed"),
    "asked": ("pending", "send"),
    "done": ("approved", "circle-check"),
    "refused": ("rejected", "circle-x"),
    "taken_back": ("pending", "undo-2"),
    "carry_accepted": ("approved", "circle-check"),
    "carry_declined": ("rejected", "circle-x"),
    "carry_done": ("approved", "circle-check"),
    "carry_not_done": ("rework", "rotate-ccw"),
    "action_open": ("pending", "rotate-ccw"),
    "action_done": ("approved", "circle-check"),
    "action_dropped": ("pending", "circle-x"),
}
STATES = {
    "draft": ("pending", "pencil-line"),
    "submitted": ("pending", "send"),
    "under_review": ("pending", "eye"),
    "ready_for_decision": ("pending", "circle-dashed"),
    "returned": ("rework", "rotate-ccw"),
    "deferred": ("deferred", "calendar-clock"),
    "decided": ("pending", "gavel"),
    "conditions_open": ("cond", "list-checks"),
    "closed": ("approved", "circle-check"),
    "merged": ("pending", "merge"),
    "superseded": ("pending", "replace"),
    "lapsed": ("rejected", "circle-x"),
    "withdrawn": ("pending", "undo-2"),
    "proposed": ("pending", "send"),
    "in_review": ("pending", "eye"),
    "approved": ("approved", "circle-check"),
    "implemented": ("approved", "hammer"),
    "verified": ("approved", "list-checks"),
    "accepted": ("approved", "stamp"),
    "rejected": ("rejected", "circle-x"),
}
STANCES = {
    "favourable": ("approved", "thumbs-up"),
    "with_reservations": ("deferred", "message-square-warning"),
    "unfavourable": ("rejected", "thumbs-down"),
    "no_opinion": ("pending", "circle-minus"),
    "awaited": ("pending", "hourglass"),
}
AUTHORITIES = {
    "decides": ("", "gavel"),
    "advises": ("", "message-square"),
    "delivers": ("", "hammer"),
    "receives": ("", "users"),
}
KINDS: dict[str, dict[str, tuple[str, str]]] = {
    "outcome": OUTCOMES,
    "stance": STANCES,
    "authority": AUTHORITIES,
    "": {},
}

#: Names of the acronyms of the catalogue's method packs, for pages that have only the code.
KNOWN_ROLES: dict[str, Label] = {
    "MOA": _("Project owner"),
    "PMO": _("Project management office"),
    "AMOA": _("Business assistance to the owner"),
    "MOE": _("Solution provider"),
    "DEST": _("Recipients and users"),
    "PO": _("Project Owner"),
    "BM": _("Business Manager"),
    "UR": _("User Representatives"),
    "BIG": _("Business Implementation Group"),
    "PSO": _("Project Support Office"),
    "PQA": _("Project Quality Assurance"),
    "PM": _("Project Manager"),
    "SP": _("Solution Provider"),
    "PCT": _("Project Core Team"),
}

#: Labels for what is not recorded yet: no enumeration has them.
UNRECORDED: dict[str, Label] = {"pending": _("Pending"), "awaited": _("Opinion due")}

#: The three stones of the arch, left to right, and the lit one of each role.
STONES = (
    "M0.4 13.0A7.6 7.6 0 0 1 4.9 6.1L6.7 10.1A3.2 3.2 0 0 0 4.8 13.0Z",
    "M5.3 3h5.4L9.4 10.2H6.6z",
    "M11.1 6.1A7.6 7.6 0 0 1 15.6 13.0L11.2 13.0A3.2 3.2 0 0 0 9.3 10.1Z",
)
#: An icon as `icon` renders it.
DRAWN = re.compile(r'<svg class="ic" viewBox="0 0 24 24" aria-hidden="true">(.*?)</svg>')
FAINT = mark_safe(' opacity=".3"')
LIT_STONE = {"pmo": 0, "moa": 1, "amoa": 2}

#: Roles of PM² drawn like those of the French pack: who decides, who advises from which side.
DRAWN_LIKE = {"PO": "moa", "PSO": "pmo", "PQA": "pmo", "BM": "amoa"}


@cache
def _lucide() -> ZipFile:
    """Open the icons of the package once: it reads the list of all 1,700 again for each."""
    return ZipFile(BytesIO(resources.files("lucide").joinpath("lucide.zip").read_bytes()))


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Render the Lucide icon `name`; the style sheet sets size and stroke. Raises KeyError for an unknown name."""
    drawing = _lucide().read(f"{name}.svg").decode().partition(">")[2]
    drawing = re.sub(r">\s+<", "><", drawing.replace(" />", "/>")).strip()
    return format_html('<svg class="ic" viewBox="0 0 24 24" aria-hidden="true">{}', mark_safe(drawing))  # noqa: S308


@register.filter
def tone(outcome: str) -> str:
    """Return the tone of an outcome: the `data-outcome` of what is coloured by it."""
    return OUTCOMES[str(outcome)][0]


@register.filter
def lang_attribute(code: str) -> SafeString:
    """Render the attribute `lang` of a text; nothing when the page has the same."""
    return _write_lang(code) if code and code != get_language() else SafeString()


@lru_cache(CACHED)
def _write_lang(code: str) -> SafeString:
    return format_html(' lang="{}"', code)


@register.simple_tag
def outcome_icon(outcome: str) -> SafeString:
    """Render the icon of an outcome alone, where its word stands beside it."""
    return icon(OUTCOMES[str(outcome)][1])


class IconsOnce(template.Node):
    """Draw each icon that is repeated in these nodes once, as a symbol, and refer to it: a third of a long list."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Render the nodes. What htmx asks for stays whole: it takes a part, without the symbols."""
        shown, request = self.nodelist.render(context), context.get("request")
        return shown if request and "HX-Request" in request.headers else draw_once(shown)


@register.tag
def icons_once(parser: Parser, token: Token) -> IconsOnce:
    """Parse the nodes up to `endicons_once`."""
    nodelist = parser.parse(("endicons_once",))
    parser.delete_first_token()
    return IconsOnce(nodelist)


def draw_once(html: str) -> SafeString:
    """Replace the repeated icons by references to symbols, which come first."""
    repeated = [drawing for drawing, times in Counter(DRAWN.findall(html)).items() if times > 1]
    names = {drawing: f"i{number}" for number, drawing in enumerate(repeated)}
    symbols = "".join(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>' for drawing, name in names.items())

    def refer(found: re.Match[str]) -> str:
        name = names.get(found[1])
        return f'<svg class="ic" aria-hidden="true"><use href="#{name}"/></svg>' if name else found[0]

    shown = DRAWN.sub(refer, html)
    return mark_safe(f'<svg class="vh" aria-hidden="true">{symbols}</svg>{shown}' if names else shown)  # noqa: S308


def _look(table: Mapping[str, tuple[str, str]], value: str, label: Label) -> tuple[str, SafeString, Label]:
    """Return tone, icon and label of `value`; raises when the value is unknown or has no label."""
    tone, drawing = table[str(value)]
    word = label or UNRECORDED.get(str(value)) or getattr(value, "label", "")
    if not word:
        raise ValueError(f"{value!r} needs its label")
    return tone, icon(drawing), word


def _badge(table: Mapping[str, tuple[str, str]], value: str, label: Label, css: str) -> SafeString:
    tone, drawing, word = _look(table, value, label)
    return _drawn_badge(css, tone, drawing, str(word))


@lru_cache(CACHED)
def _drawn_badge(css: str, tone: str, drawing: SafeString, word: str) -> SafeString:
    return format_html('<span class="{}" data-outcome="{}">{}{}</span>', css, tone, drawing, word)


@register.simple_tag
def outcome_badge(outcome: str, label: Label = "") -> SafeString:
    """Render the outcome of a decision, or `pending`."""
    return _badge(OUTCOMES, outcome, label, "badge")


@register.simple_tag
def state_badge(state: str, label: Label = "") -> SafeString:
    """Render the state of a proposal or a requirement."""
    return _badge(STATES, state, label, "badge")


@register.simple_tag
def stance(position: str, label: Label = "") -> SafeString:
    """Render the position of an adviser, or `awaited`."""
    return _badge(STANCES, position, label, "stance")


@register.simple_tag
@cache
def arch_symbols() -> SafeString:
    """Render the stones and one arch for each lit stone as symbols, which the role badges of a page refer to."""
    stones = format_html_join("", '<path id="stone-{}" d="{}"/>', enumerate(STONES))
    arches = [
        format_html_join("", '<use href="#stone-{}"{}/>', ((i, "" if i == lit else FAINT) for i in range(len(STONES))))
        for lit in range(len(STONES))
    ]
    symbols = format_html_join("", '<symbol id="arch-{}" viewBox="0 0 16 16">{}</symbol>', enumerate(arches))
    return format_html('<svg class="vh" aria-hidden="true"><defs>{}</defs>{}</svg>', stones, symbols)


def _arch(lit: int) -> SafeString:
    return format_html('<svg aria-hidden="true"><use href="#arch-{}"/></svg>', lit)


@register.filter
def role_style(code: str) -> str:
    """Return the style-sheet name of a role (`data-role`), whatever its method pack calls it."""
    return DRAWN_LIKE.get(code, code.lower())


@register.simple_tag
def role_badge(code: str, name: Label = "", *, vacant: bool = False) -> SafeString:
    """Render a role, never a person. `name` explains the acronym; the catalogue's roles need none."""
    name = name or KNOWN_ROLES.get(code, "")
    if not code:
        raise ValueError("A role badge needs the code of a role")
    return _drawn_role(code, str(name), vacant)


@lru_cache(CACHED)
def _drawn_role(code: str, name: str, vacant: bool) -> SafeString:
    return format_html(
        '<span class="role" data-role="{}"{}>{}{}</span>',
        role_style(code),
        mark_safe(" data-vacant") if vacant else "",
        _arch(LIT_STONE[role_style(code)]) if role_style(code) in LIT_STONE else "",
        format_html('<abbr title="{}">{}</abbr>', name, code) if name else code,
    )


@register.filter
def initials(name: str) -> str:
    """Return the first letters of the first and the last name, without a form of address."""
    return initials_of(name)


@register.simple_tag
def person(user: Any, role: str = "", note: Label = "") -> SafeString:
    """Render a person: initials tinted by `role`, name, and `note` in small below."""
    bare = user.name if hasattr(user, "name") else str(user)
    known = "" if is_erased(bare) else bare
    return format_html(
        '<span class="person"><span class="avatar" aria-hidden="true"{}>{}</span><span>{}{}</span></span>',
        format_html(' data-role="{}"', role_style(role)) if role else "",
        initials(known) or "?",
        display_name(str(user)),
        format_html("<small>{}</small>", note) if note else "",
    )


@register.filter
def fingerprint(digest: str) -> str:
    """Return the short form of a hash: its first twelve digits in groups of four."""
    if not re.fullmatch(r"[0-9a-f]{12,}", digest):
        raise ValueError(f"Not a fingerprint: {digest!r}")
    return " ".join(digest[i : i + 4] for i in (0, 4, 8))


@register.filter
def grouped(number: int) -> str:
    """Return a number with thousands separators of the reader's language."""
    return f"{number:,}".replace(",", NARROW_NO_BREAK if _in_french() else ",")


@register.filter
def euros(amount: Decimal | int | None) -> str:
    """Return an amount in the reader's language; cents only when they are not zero."""
    if amount is None:
        return ""
    exact = Decimal(amount).quantize(Decimal("0.01"))
    figures = f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact:,.2f}"
    if _in_french():
        return figures.translate({ord(","): NARROW_NO_BREAK, ord("."): ","}) + f"{NO_BREAK}€"
    return f"€{figures}".replace("€-", "-€")


def _in_french() -> bool:
    return (get_language() or "").startswith("fr")


@register.filter
def day(value: date) -> str:
    """Return a date as 24 Nov 2026 / 24 nov. 2026 (1er in French)."""
    if isinstance(value, datetime):
        value = (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return _written_day(value, get_language())


@register.simple_tag
def today() -> date:
    """Return the day it is in the reader's time zone."""
    return timezone.localdate()


@lru_cache(CACHED)
def _written_day(value: date, language: str | None) -> str:
    if not _in_french():
        return formats.date_format(value, "j M Y")
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number} {formats.date_format(value, 'N Y')}"


@register.filter
def month(value: date) -> str:
    """Return a month as Jul 2026 / juil. 2026."""
    return day(value).split(maxsplit=1)[1]


@register.filter
def when(value: datetime) -> str:
    """Return 24 Nov 2026, 16:42, in the reader's time zone."""
    return f"{day(value)}, {timezone.localtime(value):%H:%M}"


@register.filter
def starts(value: datetime) -> str:
    """Return the start of a period: its first day if it begins at midnight, else when it begins."""
    return day(value) if _is_midnight(value) else when(value)


@register.filter
def ends(value: datetime) -> str:
    """Return the end of a period: its last day, as forms ask for it, if it ends at midnight, else when it ends."""
    return day(timezone.localtime(value) - timedelta(days=1)) if _is_midnight(value) else when(value)


def _is_midnight(value: datetime) -> bool:
    return timezone.localtime(value).time() == time()


@register.simple_tag
def stamp(value: date, css: str = "") -> SafeString:
    """Render the `<time>` of a date, or of a date and time."""
    shown, exact = day(value), value.isoformat()
    if isinstance(value, datetime):
        shown, exact = when(value), f"{value.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    return format_html('<time{} datetime="{}">{}</time>', format_html(' class="{}"', css) if css else "", exact, shown)


@register.simple_tag
def late_entry(record: Any) -> SafeString:
    """Render the note on a row that was entered after its act; nothing on another one."""
    if not getattr(record, "entered_afterwards", False):
        return SafeString()
    words = gettext("Entered afterwards, %(on)s") % {"on": day(record.recorded_at)}
    return format_html('<span class="tag" data-late>{}{}</span>', icon("history"), words)


@register.filter
def colon(label: object) -> str:
    """Return a label with its colon, as the reader's language writes it."""
    return gettext("%(label)s:") % {"label": label}


@register.filter
def prose(text: str) -> SafeString:
    """Render a text as paragraphs; consecutive lines that begin with "- " become a list."""
    if is_erased(text):  # our own words, in the language of the page
        return format_html(
            '<p class="muted" lang="{}">{}{}</p>', get_language() or "", icon("eraser"), display_text(text)
        )
    parts: list[str] = []
    for listed, lines in paragraphs(text):
        tag, between = ("ul", "") if listed else ("p", "<br>")
        inner = between.join(f"<li>{escape(line)}</li>" if listed else str(escape(line)) for line in lines)
        parts.append(f"<{tag}>{inner}</{tag}>")
    return mark_safe("".join(parts))  # noqa: S308 — every line above is escaped


def paragraphs(text: str) -> list[tuple[bool, list[str]]]:
    """Return the blocks of a text as (is a list, lines); list lines lose their dash."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return [run for block in blocks for run in _runs(block.splitlines())]


def _runs(lines: Iterable[str]) -> list[tuple[bool, list[str]]]:
    """Group consecutive lines into (is a list, lines without their dash)."""
    runs: list[tuple[bool, list[str]]] = []
    for line in filter(None, (line.strip() for line in lines)):
        listed = line.startswith("- ")
        if not runs or runs[-1][0] != listed:
            runs.append((listed, []))
        runs[-1][1].append(line.removeprefix("- ").strip() if listed else line)
    return runs


@register.filter
def optional_mark(field: forms.BoundField) -> SafeString | str:
    """Render the mark of an optional field: "(optional)", or the condition in `needed` of its form."""
    if field.field.required:
        return ""
    words = getattr(field.form, "needed", {}).get(field.name, _("optional"))
    return format_html(' <span class="opt faint">({})</span>', words) if words else ""


@register.filter
def flat(attributes: Mapping[str, Any]) -> SafeString:
    """Render the attributes of an element; False is left out, True has no value."""
    if not attributes:
        return SafeString()
    given = ((name, value) for name, value in attributes.items() if value is not False)
    rendered = "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(value)}"' for name, value in given
    )
    return mark_safe(rendered)  # noqa: S308 — the names are our own, the values are escaped


@register.filter
def options(groups: Iterable[tuple[str | None, Sequence[Mapping[str, Any]], int]]) -> SafeString:
    """Render the options of a select in groups; a template per option takes far longer."""
    return mark_safe("\n".join(_group(name, choices) for name, choices, _index in groups))  # noqa: S308 — escaped there


def _group(name: str | None, choices: Sequence[Mapping[str, Any]]) -> str:
    rendered = "\n".join(_option(choice) for choice in choices)
    return f'<optgroup label="{conditional_escape(name)}">{rendered}</optgroup>' if name else rendered


def _option(choice: Mapping[str, Any]) -> str:
    value, label = conditional_escape(str(choice["value"])), conditional_escape(choice["label"])
    return f'<option value="{value}"{flat(choice["attrs"])}>{label}</option>'


@register.simple_tag
def control(field: forms.BoundField) -> SafeString:
    """Render the widget with the class of the design; no placeholder, because the label is always visible."""
    widget = field.field.widget
    attrs: dict[str, Any] = {"placeholder": False}
    if not isinstance(widget, (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)):
        attrs["class"] = f"{widget.attrs.get('class', '')} input".strip()
    return field.as_widget(attrs=attrs)


@register.inclusion_tag("components/choices.html")
def choices(field: forms.BoundField, kind: str = "", notes: Mapping[str, Label] | None = None) -> dict[str, Any]:
    """Render two to six choices as cards; `notes` holds the small line of each value."""
    looks, cards = KINDS[kind], []
    for widget in field.subwidgets:
        value = str(widget.data["value"])
        if not value:
            continue
        tone, drawing = looks[value] if looks else ("", "")
        cards.append({"widget": widget, "tone": tone, "icon": drawing, "note": (notes or {}).get(value, "")})
    return {"field": field, "cards": cards}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*sources: Any) -> dict[str, Any]:
    """List the errors of forms and formsets, or of lists of them, each linked to its field.

    Above a form that somebody else saved meanwhile (core.pages.conflicts) it says by whom and when. An error of many
    rows in one column is one line. A form that was not sent, and is shown after a sign-in, has none.
    """
    problems: list[tuple[str, str]] = []
    repeated: dict[tuple[str, str], list[tuple[str, str]]] = {}
    change = None
    flat = [part for source in sources if source for part in (source if isinstance(source, list) else [source])]
    for source in flat:
        if isinstance(source, forms.BaseFormSet):
            problems += [("", str(error)) for error in source.non_form_errors()]
        for form in source.forms if isinstance(source, forms.BaseFormSet) else [source]:
            change = change or getattr(form, "change", None)
            problems += [("", _name_row(form, error)) for error in form.non_field_errors()]
            for field in form:
                for error in field.errors:
                    place = _target(field), str(getattr(form, "row_code", ""))
                    if place[1]:
                        repeated.setdefault((str(field.label), str(error)), []).append(place)
                    else:
                        problems.append((place[0], str(error)))
    problems += [(places[0][0], _name_rows(places, *problem)) for problem, places in repeated.items()]
    return {"problems": [] if is_showing_only() else problems, "change": change}


def _name_row(form: forms.BaseForm, error: Any) -> str:
    """Return the error after its row, when the page has a form for each row (core.pages.grid)."""
    code = getattr(form, "row_code", "")
    return gettext("%(code)s: %(problem)s") % {"code": code, "problem": error} if code else str(error)


def _name_rows(places: Sequence[tuple[str, str]], column: str, problem: str) -> str:
    """Return an error of a column after the rows that have it: (target, code of the row) each."""
    (_first, code), *others = places
    words = {"code": code, "count": len(others), "column": column, "problem": problem}
    if not others:
        return gettext("%(code)s, %(column)s: %(problem)s") % words
    more = ngettext(
        "%(code)s and %(count)s other row, %(column)s: %(problem)s",
        "%(code)s and %(count)s other rows, %(column)s: %(problem)s",
        len(others),
    )
    return more % words


def _target(field: forms.BoundField) -> str:
    """Return the id that an error links to: the control, or the first one of a group; empty when hidden."""
    if field.is_hidden:
        return ""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.id_for_label)


@register.simple_tag(takes_context=True)
def panel(context: Context, panel: Any) -> SafeString:
    """Render a panel: an object with the name of a `template` and its `context`."""
    page: Any = context.template
    drawn: SafeString = page.engine.get_template(panel.template).render(context.new(panel.context))
    return drawn


@register.simple_tag(takes_context=True)
def current(context: Context, view: str, *others: str) -> SafeString:
    """Return `aria-current` of a link to `view`: "page" there, "true" on a view that matches `others`."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.view_name if match else ""
    if here == view:
        return mark_safe(' aria-current="page"')
    return mark_safe(' aria-current="true"' if any(fnmatchcase(here, other) for other in others) else "")  # noqa: S308


@register.simple_tag(takes_context=True)
def current_entry(context: Context, entry: Any) -> SafeString:
    """Return `aria-current` of a navigation entry: "page" on its view, "true" within its namespaces.

    A page that serves several entries names the view of its own one in `menu_view`.
    """
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.view_name if match else ""
    if here == entry.view:
        return mark_safe(' aria-current="page"')
    is_current = entry.is_current(context.get("menu_view") or here)
    return mark_safe(' aria-current="true"' if is_current else "")  # noqa: S308 — no value
