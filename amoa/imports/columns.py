"""Columns of an import: the fields of a requirement that the register declares with words of files.

`build_cells` builds the cells of an export. A cell imported unchanged changes nothing.
"""

from collections.abc import Mapping

from amoa.requirements.models import Requirement
from amoa.requirements.register import CHOICES, REQUIREMENTS
from core.pages.register.fields import Line, Prose
from core.tables.cells import clean
from core.words.characters import reveal

#: Text fields with their maximum length: single-line fields, then multi-line ones.
LINES = {each.name: each.max_length for each in REQUIREMENTS.fields if type(each) is Line}
PROSES = {each.name: each.max_length for each in REQUIREMENTS.fields if isinstance(each, Prose)}
TEXTS = LINES | PROSES

#: Columns, in the order of an export.
COLUMNS = REQUIREMENTS.list_file_columns()
BY_NAME = {column.name: column for column in COLUMNS}
NAMES = tuple(BY_NAME)
#: Field that keeps columns without a field.
NOTE = "justification"


def build_cells(requirement: Requirement, parent: str, groups: Mapping[int, str]) -> dict[str, str]:
    """Return the cells of a requirement in the reader's language.

    `parent` is a code, `groups` are names by primary key.
    """
    names = sorted(groups[pk] for pk in requirement.recipients if pk in groups)
    cells = {
        "code": requirement.code,
        "parent": parent,
        **{name: get_label(name, getattr(requirement, name)) for name in CHOICES},
        **{name: getattr(requirement, name) for name in TEXTS},
        "recipients": "; ".join(names),
        "criteria": "\n".join(" ".join(criterion["text"].split()) for criterion in requirement.criteria),
        "links": "\n".join(requirement.links),
    }
    return {name: reveal(clean(cells[name])) for name in NAMES}


def get_label(name: str, value: str) -> str:
    """Return the label of an enumerated value; "" for none."""
    return str(CHOICES[name](value).label) if value else ""
