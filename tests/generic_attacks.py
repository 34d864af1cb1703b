"""Generate the attacks on the triggers that many tables share, from the tables themselves."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import models
from django.utils import timezone

from core.record.erasure import erasable_fields, mark
from tests.attacks import Attack
from tests.database import OWNER, copy_of, run, triggers

Attempt = Callable[[type[models.Model]], Any]


def _update(model: type[models.Model]) -> None:
    key = model._meta.pk.column
    run(f"UPDATE {model._meta.db_table} SET {key} = {key}")


def _delete(model: type[models.Model]) -> None:
    run(f"DELETE FROM {model._meta.db_table}")


def _truncate(model: type[models.Model]) -> None:
    run(f"TRUNCATE {model._meta.db_table} CASCADE")


def _back_date(model: type[models.Model]) -> None:
    copy_of(model, acted_at=timezone.now() - timedelta(days=1))


def _post_date(model: type[models.Model]) -> None:
    copy_of(model, acted_at=timezone.now() + timedelta(days=1))


def _anonymous(model: type[models.Model]) -> None:
    copy_of(model, history_user_id=None)


def _erase_unrecorded(model: type[models.Model]) -> None:
    """Use the flag of the erasure on every erasable field of the newest row, without a recorded erasure."""
    left = mark(timezone.localdate(), 1)
    table, key = model._meta.db_table, model._meta.pk.column
    run("SELECT set_config('ouvrage.erasing', %s, true)", [left])
    sets = [
        f"{name} = CASE {name} WHEN '' THEN '' ELSE %(left)s END"
        for name in erasable_fields(model)
        if isinstance(model._meta.get_field(name), models.CharField | models.TextField)
    ]
    salt = ["salt = 'erased'"] if any(field.name == "salt" for field in model._meta.fields) else []
    run(f"UPDATE {table} SET {', '.join(sets + salt)} WHERE {key} = (SELECT max({key}) FROM {table})", {"left": left})


ADDED = "can only be added to (R6)"
KEPT = "is kept, never deleted"
DATED = "An act is dated when it takes place"

#: Shared trigger → attempt and start of the refusal; without one, the full message of the trigger.
GENERIC: dict[str, list[tuple[Attempt, str]]] = {
    "is_never_changed_or_deleted": [(_update, ADDED), (_delete, ADDED)],
    "is_never_deleted": [(_delete, KEPT)],
    "is_never_emptied": [(_truncate, "")],  # TRUNCATE cascades, and another table may refuse first in words of its own.
    "a_dated_by_the_database": [(_back_date, DATED), (_post_date, DATED)],
    "is_erased_on_record": [(_erase_unrecorded, "A text is erased on record, with the reason")],
    "texts_hide_nothing": [],  # every column of every table: tests/core/test_visible_texts.py
    "says_something": [],  # every column that keeps a reason: tests/core/test_reasons.py
    "a_closed_project_takes_nothing": [],  # every table of a project: tests/governance/life/states/test_ended.py
    "seals_new_rows": [],  # these refuse nothing
    "seals_changed_rows": [],
    "seals_deleted_rows": [],
    "is_found": [],  # the search index: tests/core/search_index
    "is_found_by_proposal": [],
    "is_found_by_session": [],
    "is_found_by_document": [],
    "is_found_by_standard": [],
    "always_names_its_actor": [(_anonymous, "A history row must name its actor")],
}


def attacks_on(model: type[models.Model]) -> list[Attack]:
    """List the attacks by the owner role on the shared triggers of a table."""
    return [
        Attack(
            guard=name.partition(".")[2],
            what=attempt.__name__.strip("_"),
            attempt=partial(attempt, model),
            message=said or trigger.func.split("'")[1],
            roles=(OWNER,),
        )
        for name, (of, trigger) in triggers().items()
        if of is model
        for attempt, said in GENERIC.get(name.rpartition(".")[2], ())
    ]
