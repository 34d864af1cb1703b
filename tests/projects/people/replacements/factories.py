"""Replacements of owners in each state, on the projects of the cast; time passes by moving what is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from projects.models import Mandate, Project, Replacement
from projects.people.replacements.services import propose_closing, propose_owner, second, take_seat
from roles.models import User
from tests.database import BACKDATED, fire_deferred_triggers, owning, run

WHY = "They left the harbour on Friday."
SECONDED = "I saw them leave."
INSTANTS = ("proposed_at", "seconded_at", "objected_at", "reproposed_at", "reseconded_at", "ended_at")
TABLES = ("projects_replacement", "roles_historicaluser", "projects_ledgerevent", "projects_mandate")
MOVED = f"""
UPDATE projects_replacement SET {", ".join(f"{name} = {name} - %(by)s" for name in INSTANTS)} WHERE id = %(row)s;
UPDATE roles_historicaluser SET history_date = history_date - %(by)s
  WHERE id = %(former)s AND history_date >= transaction_timestamp();
UPDATE projects_ledgerevent SET acted_at = acted_at - %(by)s
  WHERE subject = 'projects.replacement' AND subject_id = %(row)s;
UPDATE projects_mandate SET period = tstzrange(lower(period), upper(period) - %(by)s)
  WHERE project_id = %(project)s AND holder_id = %(former)s AND lower(period) < upper(period) - %(by)s;
UPDATE projects_mandate SET acted_at = acted_at - %(by)s, period = tstzrange(lower(period) - %(by)s, upper(period))
  WHERE replacement_id = %(row)s;
"""


@contextmanager
def unguarded(*tables: str) -> Iterator[None]:
    """Write past the triggers of these tables as their owner; those that an attack has switched off stay so."""
    fire_deferred_triggers()
    BACKDATED.update(tables)
    with owning():
        off = run("SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgenabled = 'D'")
        for table in tables:
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        fire_deferred_triggers()
        for table in tables:
            run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for table, name in off:
            run(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')


def pass_time(row: Replacement, by: timedelta = timedelta(minutes=1)) -> Replacement:
    """Move what is stored of a replacement into the past, as if earlier transactions had written it."""
    values = {"by": by, "row": row.pk, "former": row.former_id, "project": row.project_id}
    with unguarded(*TABLES):
        for statement in MOVED.strip().rstrip(";").split(";"):
            run(statement, values)
    return Replacement.objects.select_related("project", "former", "successor", "proposed_by").get(pk=row.pk)


def proposed(project: Project, admin: User, successor: User) -> Replacement:
    """Propose an owner in place of the last one, some time ago."""
    return pass_time(propose_owner(actor=admin, project=project, successor=successor, because=WHY))


def seconded(project: Project, admin: User, successor: User, by: User) -> Replacement:
    """Propose one that is seconded too."""
    row = proposed(project, admin, successor)
    return pass_time(second(actor=by, replacement=row, because=SECONDED))


def taken(project: Project, admin: User, successor: User, by: User) -> tuple[Replacement, Mandate]:
    """Have the new owner accept."""
    row = seconded(project, admin, successor, by)
    mandate = take_seat(actor=successor, replacement=row)
    return pass_time(row), mandate


def closing(person: User, admin: User) -> Replacement:
    """Propose to close the account of an owner, some time ago."""
    return pass_time(propose_closing(actor=admin, person=person, because=WHY))
