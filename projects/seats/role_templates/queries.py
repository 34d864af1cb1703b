"""Data of the pages of role templates: version history, powers, consequences, differences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.pages.diff import Line, text_runs
from projects.seats.role_templates.usage import Usage
from roles.enums import Nature, PublicationState, decision_kinds
from roles.models import RoleTemplate
from roles.role_templates import lint
from roles.role_templates.content import Duty, Matrix, Role
from roles.role_templates.differences import Change, differences, readable

#: Fields shown for an added or removed responsibility; its label is the title.
SHOWN_FIELDS = ("nature", "domains", "activities", "evidence", "recurrence_label", "receivers")


@dataclass(frozen=True)
class Version:
    """One version of a role with the dates of its states."""

    pk: int
    number: int
    state: str
    drafted: datetime
    published: datetime | None
    retired: datetime | None


def timeline(template: RoleTemplate) -> list[Version]:
    """List all versions of the role, newest first, with dates from the history. One query."""
    history = RoleTemplate.history.filter(pack=template.pack_id, code=template.code)
    dates: dict[tuple[int, int], dict[str, datetime]] = {}
    for pk, number, state, since in (
        history.values("id", "version", "state")
        .annotate(since=Min("history_date"))
        .values_list("id", "version", "state", "since")
        .order_by("-version")
    ):
        dates.setdefault((number, pk), {})[state] = since
    return [_version(pk, number, since) for (number, pk), since in dates.items()]


def _version(pk: int, number: int, since: dict[str, datetime]) -> Version:
    *_earlier, (state, _last) = sorted(since.items(), key=lambda item: PublicationState.values.index(item[0]))
    published, retired = since.get(PublicationState.PUBLISHED), since.get(PublicationState.RETIRED)
    return Version(pk, number, state, min(since.values()), published, retired)


@dataclass(frozen=True)
class Power:
    """A right of the holder and the kinds of decision it covers; without kinds it is not granted."""

    label: str
    note: str
    kinds: list[str]


def powers(role: Role, lines: Matrix) -> list[Power]:
    """List the rights of a holder of `role`, from the natures of its responsibilities."""
    letters = Matrix(lines.lines, (role,)).powers()[role.code]
    everything = {kind for kinds in letters.values() for kind in kinds}
    rights = {
        _("Decides"): (_("In person, or by written delegation of signature"), letters.get(Nature.DECIDE, ())),
        _("Proposes"): (_("Writes a proposal for the owner"), letters.get(Nature.PROPOSE, ())),
        _("Gives an opinion"): (_("Once for each revision, never a vote"), letters.get(Nature.ADVISE, ())),
        _("Is notified of the decision"): (_("As soon as it is recorded"), everything),
    }
    shown = {label: about for label, about in rights.items() if role.decides or label != _("Decides")}
    return [Power(label, note, _kinds(kinds)) for label, (note, kinds) in shown.items()]


def _kinds(kinds: Iterable[str]) -> list[str]:
    return [capfirst(str(label)) for code, label in decision_kinds() if code in set(kinds)]


@dataclass(frozen=True)
class Consequences:
    """Consequences of a publication or retirement: usage, and new gaps in the pack."""

    usage: Usage
    gaps: list[lint.Finding]


def consequences(before: Matrix, after: Matrix, usage: Usage) -> Consequences:
    """Return usage and the findings in `after` that are not in `before`."""
    there = set(lint.findings(before))
    return Consequences(usage, [finding for finding in lint.findings(after) if finding not in there])


# — differences for the templates —


@dataclass(frozen=True)
class Row:
    """Word diff of a field; `language` is that of its texts, empty for the reader's."""

    line: Line
    language: str


@dataclass(frozen=True)
class Part:
    """Differences of the identity, or of one responsibility."""

    title: str
    note: str
    rows: list[Row]


def parts(before: Role | None, after: Role, matrix: Matrix) -> list[Part]:
    """Compare two versions by parts: identity, added, removed and changed responsibilities, order."""
    activities = {line.code: line.label for line in matrix.lines}
    found = differences(before, after, activities)
    identity = [Part(_("Identity"), "", _rows(found.identity))] if found.identity else []
    order = [Part(_("Order"), _("The responsibilities are in another order."), [])] if found.reordered else []
    return [
        *identity,
        *(Part(_title(duty), _("Added"), _rows(_list_fields(duty, activities, added=True))) for duty in found.added),
        *(
            Part(_title(duty), _("Removed"), _rows(_list_fields(duty, activities, added=False)))
            for duty in found.removed
        ),
        *(Part(_title(change.duty), "", _rows(change.changes)) for change in found.changed),
        *order,
    ]


def _title(duty: Duty) -> str:
    return f"{duty.code} · {duty.label}"


def _list_fields(duty: Duty, activities: Mapping[str, str], *, added: bool) -> list[Change]:
    """List the fields of a responsibility as all added or all removed."""
    labels = (_("Nature"), _("Domains"), _("Activities"), _("Expected evidence"), _("Recurrence"), _("Receivers"))
    texts = [
        (label, readable(name, getattr(duty, name), activities))
        for label, name in zip(labels, SHOWN_FIELDS, strict=True)
    ]
    return [Change(label, "" if added else text, text if added else "") for label, text in texts if text]


def _rows(changes: Iterable[Change]) -> list[Row]:
    return [Row(Line(change.label, "", text_runs(change.before, change.after)), change.language) for change in changes]
