"""The specification that a baseline makes: its needs and requirements in order, with their criteria and figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from amoa.requirements.enums import Priority, RequirementKind
from amoa.requirements.models import RequirementBaseline
from amoa.requirements.text_diff import display_value, map_group_names
from amoa.specification.state import read_state
from core.record.erasure import display_text
from core.tables.cells import clean
from core.templatetags.ui import when
from projects.models import Project

#: Ancestors among which the need of a requirement is looked for.
HIGHEST = 10


class Order(models.TextChoices):
    """Order of the requirements; by lot or category they stand under its name."""

    CODE = "code", gettext_lazy("by code")
    LOT = "lot", gettext_lazy("by lot")
    CATEGORY = "category", gettext_lazy("by category")


@dataclass(frozen=True)
class Entry:
    """A need or a requirement: texts in the language of the project, labels of `facts` in the reader's."""

    pk: int
    code: str
    title: str
    statement: str
    justification: str
    criteria: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    group: str = ""


@dataclass(frozen=True)
class Section:
    """Requirements under one heading."""

    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Specification:
    """A specification as a document: `facts` on the baseline, `figures`, then its sections, needs first.

    `state` says on top and in each footer whether it is in force and by which decision; `mark` stands across the pages
    of one that no decision approved.
    """

    state: str
    mark: str
    heading: str
    title: str
    code: str
    language: str
    facts: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, int], ...]
    sections: tuple[Section, ...]


def build_specification(project: Project, baseline: RequirementBaseline, order: str) -> Specification:
    """Build the specification of a baseline. Needs that requirements answer, and its state, are those of today."""
    versions = baseline.versions.order_by("requirement__code").values_list("requirement", "number", "content")
    rows = [(pk, number, content) for pk, number, content in versions]
    groups = map_group_names(content for _pk, _number, content in rows)
    needs = _map_needs(project)
    entries = [_build_entry(pk, number, content, needs.get(pk, ""), groups, order) for pk, number, content in rows]
    kinds = {pk: content["kind"] for pk, _number, content in rows}
    heard = tuple(entry for entry in entries if kinds[entry.pk] == RequirementKind.NEED)
    asked = [entry for entry in entries if kinds[entry.pk] != RequirementKind.NEED]
    sections = [Section(_("Needs"), heard)] if heard else []
    state = read_state(project, baseline)
    return Specification(
        state=state.sentence,
        mark=state.mark,
        heading=_("Specification"),
        title=project.title,
        code=project.code,
        language=project.language,
        facts=_list_facts(baseline),
        figures=_list_figures([content for _pk, _number, content in rows], needs, asked),
        sections=(*sections, *_group(asked, order)),
    )


def _group(entries: Iterable[Entry], order: str) -> list[Section]:
    """Return the requirements under their lot or category, those without one last."""
    if order == Order.CODE:
        found = tuple(entries)
        return [Section(_("Requirements"), found)] if found else []
    ordered = sorted(entries, key=lambda entry: (not entry.group, entry.group, entry.code))
    without = _("Without a lot") if order == Order.LOT else _("Without a category")
    return [Section(group or without, tuple(rows)) for group, rows in groupby(ordered, key=lambda entry: entry.group)]


def _build_entry(
    pk: int, number: int, content: Mapping[str, Any], need: str, groups: Mapping[str, str], order: str
) -> Entry:
    names = [groups[group] for group in content["recipients"] if group in groups]
    facts = (
        (_("Kind"), _label("kind", content)),
        (_("Priority"), _label("priority", content)),
        (_("Criticality"), _label("criticality", content)),
        (_("Answers"), need),
        (_("Recipients"), ", ".join(sorted(names))),
        (_("Lot"), content["lot"]),
        (_("Category"), content["category"]),
        (_("Verification"), _label("verification", content)),
        (_("Source"), _text(content["source"])),
        (_("Version"), str(number)),
    )
    return Entry(
        pk=pk,
        code=content["code"],
        title=_text(content["title"]),
        statement=_text(content["statement"]),
        justification=_text(content["justification"]),
        criteria=tuple((criterion["number"], _text(criterion["text"])) for criterion in content["criteria"]),
        facts=tuple((label, clean(value)) for label, value in facts if value),
        group=clean(content[order]) if order != Order.CODE else "",
    )


def _label(name: str, content: Mapping[str, Any]) -> str:
    return capfirst(display_value(name, content[name])) if content[name] else ""


def _text(value: str) -> str:
    return clean(display_text(value))


def _map_needs(project: Project) -> dict[int, str]:
    """Map requirements to the code and title of the nearest need above them. One query."""
    rows = project.requirements.order_by("pk").values_list("pk", "parent", "kind", "code", "title")
    known = {pk: (parent, kind, f"{code} · {display_text(title)}") for pk, parent, kind, code, title in rows}
    found = {}
    for pk, (parent, kind, _name) in known.items():
        above, steps = parent, 0
        while above in known and known[above][1] != RequirementKind.NEED and steps < HIGHEST:
            above, steps = known[above][0], steps + 1
        if kind != RequirementKind.NEED and above in known and known[above][1] == RequirementKind.NEED:
            found[pk] = known[above][2]
    return found


def _list_facts(baseline: RequirementBaseline) -> tuple[tuple[str, str], ...]:
    facts = (
        (_("Baseline"), str(baseline.number)),
        (_("Frozen by"), str(baseline.made_by)),
        (pgettext("date", "On"), when(baseline.acted_at)),
        (_("Why"), _text(baseline.reason)),
        (_("Fingerprint"), baseline.hash),
    )
    return tuple((label, value) for label, value in facts if value)


def _list_figures(
    contents: list[Mapping[str, Any]], needs: Mapping[int, str], asked: list[Entry]
) -> tuple[tuple[str, int], ...]:
    required = [content for content in contents if content["kind"] != RequirementKind.NEED]
    by_priority = [
        (capfirst(str(priority.label)), sum(content["priority"] == priority for content in required))
        for priority in Priority
    ]
    figures = (
        (_("Needs"), len(contents) - len(required)),
        (_("Requirements"), len(required)),
        *by_priority,
        (_("Acceptance criteria"), sum(len(content["criteria"]) for content in required)),
        (_("Without a criterion"), sum(not content["criteria"] for content in required)),
        (_("Without a need"), sum(entry.pk not in needs for entry in asked)),
    )
    return tuple((label, count) for label, count in figures if count)


def name_parts() -> dict[str, str]:
    """Return the headings inside a requirement."""
    return {"criteria_label": _("Acceptance criteria"), "justification_label": _("Justification")}
