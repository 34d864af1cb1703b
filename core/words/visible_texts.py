"""Trigger of every table in which people write: its texts hide no character, whoever writes (core.words.characters).

Only a text that is written is judged: rows of earlier releases stay, and change in everything else. A model lists in
`REPEATS` the columns that repeat what other rows say: those may be from before, and nobody writes them.
"""

from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models
from django.utils.translation import gettext_lazy as _

from core.words.characters import HIDDEN_SQL, TEXTS_SQL

NAME = "texts_hide_nothing"
FUNCTIONS_SQL = HIDDEN_SQL + TEXTS_SQL
WORDS = "A text hides no character"
REFUSED = _("This text has an invisible character. Enter it again without it.")
#: Every column of a model.
EVERYTHING = ("*",)


class HiddenText(ValidationError):
    """Raised by an act for a text that the trigger refused: the error of its field."""


def watched_columns(model: type[models.Model]) -> dict[str, str]:
    """Map each column in which people write to the SQL of its text, of the row NEW."""
    repeats = getattr(model, "REPEATS", ())
    if repeats == EVERYTHING or hasattr(model, "history_object"):
        return {}
    fields = [field for field in model._meta.local_concrete_fields if field.name not in repeats]
    texts = {field.column: _text_sql(field) for field in fields if not getattr(field, "choices", None)}
    return {str(column): text for column, text in texts.items() if text}


def _text_sql(field: Any) -> str:
    value = f'NEW."{field.column}"'
    if isinstance(field, models.JSONField):
        return f"public.ouvrage_texts({value})"
    if isinstance(field, ArrayField) and isinstance(field.base_field, models.CharField | models.TextField):
        return f"array_to_string({value}, E'\\n')"
    return value if isinstance(field, models.CharField | models.TextField) else ""


def watch_every_text() -> None:
    """Register the trigger on every table of ours. Call it once all models are loaded."""
    ours = {app.label for app in apps.get_app_configs() if (settings.ROOT / app.name).is_dir()}
    for model in apps.get_models():
        if model._meta.app_label in ours and (columns := watched_columns(model)):
            pgtrigger.register(_hide_nothing(columns))(model)


def _hide_nothing(columns: dict[str, str]) -> pgtrigger.Trigger:
    # OLD is a row of nulls when a row is inserted.
    written = {name: f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in columns}
    texts = ", ".join(f"CASE WHEN {written[name]} THEN {text} END" for name, text in columns.items())
    named = " ".join(
        f"WHEN {written[name]} AND public.ouvrage_hides({text}) THEN '{name}'" for name, text in columns.items()
    )
    return pgtrigger.Trigger(
        name=NAME,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF public.ouvrage_hides(concat_ws(E'\\n', {texts})) THEN
              RAISE EXCEPTION '{WORDS}'
                USING ERRCODE = 'check_violation', CONSTRAINT = '{NAME}', COLUMN = CASE {named} END;
            END IF;
            RETURN NEW;
        """,
    )


def as_error_of_a_field(error: DatabaseError) -> HiddenText | None:
    """Return the refusal of the trigger as the error of its field; None for another one."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None or diagnosis.constraint_name != NAME:
        return None
    return HiddenText({diagnosis.column_name or "": REFUSED}, code="hidden")
