"""Field-by-field differences between two contents of a proposal."""

from typing import Any

from django.utils.text import capfirst

from core.pages.diff import FieldDifference, Line, find_erasure_mark, value_lines
from core.record.erasure import display_text
from governance.decide.proposals.content import ContentModel


def _read(content: ContentModel, name: str) -> Any:
    """Return a field to compare: what the other options change as one text for each letter and term."""
    value = getattr(content, name)
    if name != "alternatives":
        return value
    return {
        f"{letter}, {term}": text
        for letter, own in value.items()
        for term, text in {"amount": own["amount"], **own["terms"]}.items()
    }


def list_differences(before: ContentModel, after: ContentModel) -> list[FieldDifference]:
    """List the fields that differ, in reading order."""
    labels = {field.name: capfirst(str(field.verbose_name)) for field in before._meta.fields}
    changed = []
    for name in before.content_fields():
        old, new = _read(before, name), _read(after, name)
        if old != new and (gone := find_erasure_mark(old) or find_erasure_mark(new)):
            changed.append(FieldDifference(labels[name], [Line(labels[name], display_text(gone), [])]))
        elif old != new:
            lines = value_lines(labels[name], old, new, lettered=name == "options")
            changed.append(FieldDifference(labels[name], lines))
    return [field for field in changed if field.lines]
