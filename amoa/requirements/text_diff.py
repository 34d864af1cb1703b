"""Differences between two contents of a requirement, field by field and word by word."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from amoa.requirements.baseline_comparison import list_changed_fields
from amoa.requirements.models import Requirement
from core.pages.diff import FieldDifference, Line, text_runs
from projects.models import RecipientGroup

Content = Mapping[str, Any]
#: Names of recipient groups by primary key as text, as contents refer to them.
Groups = Mapping[str, str]
FIELDS = {field.name: field for field in Requirement._meta.concrete_fields}


def list_differences(before: Content, after: Content, groups: Groups) -> list[FieldDifference]:
    """List the fields that differ, in reading order; empty when the contents are equal."""
    differences = []
    for name in list_changed_fields(before, after):
        label = capfirst(str(FIELDS[name].verbose_name))
        old, new = before.get(name), after.get(name)
        if name == "criteria":
            lines = _compare_criteria(old or [], new or [])
        elif name == "recipients":
            lines = _compare_recipients(label, old or [], new or [], groups)
        else:
            lines = [Line(label, "", text_runs(display_value(name, old or ""), display_value(name, new or "")))]
        differences.append(FieldDifference(label, lines))
    return differences


def display_value(name: str, text: str) -> str:
    """Return the display value of a field: the label of a choice, else the text."""
    choices = dict(FIELDS[name].flatchoices)
    return str(choices.get(text, text))


def map_group_names(contents: Iterable[Content]) -> dict[str, str]:
    """Map the recipient groups of these contents to their names. At most one query."""
    named = {pk for content in contents for pk in content.get("recipients", [])}
    pairs = RecipientGroup.objects.filter(pk__in=named).values_list("pk", "name") if named else []
    return {str(pk): name for pk, name in pairs}


def _compare_criteria(old: list[dict[str, str]], new: list[dict[str, str]]) -> list[Line]:
    """Return one line per acceptance criterion that differs, by number."""
    before, after = ({criterion["number"]: criterion["text"] for criterion in rows} for rows in (old, new))
    return [
        Line(
            _("Criterion %(number)s") % {"number": number},
            _describe_change(number in before, number in after),
            text_runs(before.get(number, ""), after.get(number, "")),
        )
        for number in sorted(before.keys() | after.keys(), key=int)
        if before.get(number) != after.get(number)
    ]


def _compare_recipients(label: str, old: list[str], new: list[str], groups: Groups) -> list[Line]:
    """Return one line per recipient group that was added or removed."""
    changed = [pk for pk in [*old, *new] if (pk in old) != (pk in new)]
    return [
        Line(
            label,
            _describe_change(pk in old, pk in new),
            text_runs(groups.get(pk, pk) if pk in old else "", groups.get(pk, pk) if pk in new else ""),
        )
        for pk in changed
    ]


def _describe_change(stood: bool, stands: bool) -> str:
    if stood and stands:
        return ""
    return pgettext("row of a list", "Added") if stands else pgettext("row of a list", "Removed")
