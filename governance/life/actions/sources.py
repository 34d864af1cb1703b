"""Registry of what an action comes from: each app announces its rows with the lookup of their project."""

from typing import Any, NamedTuple

from django.apps import apps

from core.access import Person
from core.record.guards import refuse
from governance.subject_names import name_subjects
from projects.ledger.row_seals import project_sql
from projects.models import Project

#: Label of a model in lower case → lookup of the project of its rows.
SOURCES: dict[str, str] = {}


class Origin(NamedTuple):
    """What an action comes from: the label of the model, the key of the row, and its code."""

    label: str
    key: int
    code: str


def find_origin(project: Project, text: str, reader: Person) -> Origin | None:
    """Return the row of `project` that `text` names, such as `pmo.risk-12`, if `reader` sees it."""
    label, _sign, key = text.rpartition("-")
    if label not in SOURCES or not key.isdecimal() or len(key) > 18:
        return None
    rows: Any = apps.get_model(label)._default_manager
    if not rows.visible_to(reader).filter(**{"pk": int(key), SOURCES[label]: project}).exists():
        return None
    code, _title, _target = name_subjects([(label, int(key))])[label, int(key)]
    return Origin(label, int(key), code)


def within_its_project_sql() -> str:
    """Return the statements that refuse an action that comes from a row of another project, or of an unknown kind."""
    cases = []
    for label in sorted(SOURCES):
        model: Any = apps.get_model(label)
        joins, project = project_sql(model)
        rows = f"SELECT FROM public.{model._meta.db_table} r{joins} WHERE r.id = NEW.source_id"
        cases.append(f"WHEN '{label}' THEN EXISTS ({rows} AND {project} = NEW.project_id)")
    return f"""
    IF NEW.source <> '' AND NOT (CASE NEW.source {" ".join(cases)} ELSE false END) THEN
      {refuse("An action comes from a row of its project")}
    END IF;"""
