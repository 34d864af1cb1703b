"""Erasing personal data: the mark that stays in the place of a text, and the one door the database opens for it.

A model names its erasable columns in `ERASABLE`. While the role that owns the tables erases (`acting.erasing`), a row
of it, and its versions in the history, may change in one way only: such a column becomes the mark, and the salt goes,
so that the hash in the ledger says nothing any more. The mark carries the day and the entry of the ledger, so that
every page can say what happened to the text without reading anything else.
"""

import re
from datetime import date
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from core.dates import long_day

MARK = re.compile(r"\[erased (\d{4}-\d{2}-\d{2})(?: #(\d+))?\]")
#: Members of a JSON object that say which file is meant: they stay.
KEPT = ("document", "version", "sha256")

#: The mark of the erasure under way, for the role that owns the tables; NULL outside any.
ERASING_SQL = r"""
CREATE OR REPLACE FUNCTION public.ouvrage_erasing() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  mark text := nullif(current_setting('ouvrage.erasing', true), '');
BEGIN
  IF mark IS NULL THEN
    RETURN NULL;
  END IF;
  IF NOT pg_has_role(
       current_user, (SELECT relowner FROM pg_class WHERE oid = 'public.roles_user'::regclass), 'MEMBER') THEN
    RAISE EXCEPTION 'permission denied: only the role that owns the tables erases'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF mark !~ '^\[erased \d{4}-\d{2}-\d{2}( #\d+)?\]$' THEN
    RAISE EXCEPTION 'A mark says that a text was erased, when, and by which entry' USING ERRCODE = 'check_violation';
  END IF;
  RETURN mark;
END $$;
"""
#: A value of a column once it is erased, the same as `blanked` below.
BLANKED_SQL = r"""
CREATE OR REPLACE FUNCTION public.ouvrage_blanked(value jsonb, mark text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  CASE jsonb_typeof(value)
    WHEN 'string' THEN
      RETURN CASE WHEN value #>> '{}' ~ '^(\[erased \d{4}-\d{2}-\d{2}( #\d+)?\])?$' THEN value ELSE to_jsonb(mark) END;
    WHEN 'array' THEN RETURN coalesce((
      SELECT jsonb_agg(public.ouvrage_blanked(part, mark) ORDER BY place)
      FROM jsonb_array_elements(value) WITH ORDINALITY AS element(part, place)), '[]');
    WHEN 'object' THEN RETURN coalesce((
      SELECT jsonb_object_agg(key, CASE WHEN key IN ('document', 'version', 'sha256') THEN part
                                        ELSE public.ouvrage_blanked(part, mark) END)
      FROM jsonb_each(value) AS member(key, part)), '{}');
    WHEN 'number' THEN RETURN 'null';
    ELSE RETURN value;
  END CASE;
END $$;
"""
#: Whether a change of a row does nothing but erase some of these columns; bytes become none at all.
ERASES_SQL = r"""
CREATE OR REPLACE FUNCTION public.ouvrage_erases(before jsonb, after jsonb, erasable text[])
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  mark text := public.ouvrage_erasing();
  expected jsonb := before;
  part text;
BEGIN
  FOREACH part IN ARRAY erasable LOOP
    IF after -> part IS DISTINCT FROM before -> part THEN
      expected := expected || jsonb_build_object(part, CASE
        WHEN starts_with(before ->> part, '\x') AND after ->> part = '\x' THEN after -> part
        ELSE public.ouvrage_blanked(before -> part, mark) END);
    END IF;
  END LOOP;
  IF jsonb_exists(before, 'salt') THEN
    expected := expected || '{"salt": "erased"}';
  END IF;
  RETURN mark IS NOT NULL AND after = expected;
END $$;
"""
FUNCTIONS_SQL = ERASING_SQL + BLANKED_SQL + ERASES_SQL
DROP_FUNCTIONS_SQL = """
DROP FUNCTION public.ouvrage_erases(jsonb, jsonb, text[]);
DROP FUNCTION public.ouvrage_blanked(jsonb, text);
DROP FUNCTION public.ouvrage_erasing();
"""


def mark(on: date, seq: int | None = None) -> str:
    """What stays in the place of an erased text: the day and, on a project, the entry of its ledger."""
    return f"[erased {on.isoformat()} #{seq}]" if seq else f"[erased {on.isoformat()}]"


def is_erased(value: str) -> bool:
    """Whether nothing but a mark is left of a text."""
    return bool(MARK.fullmatch(value))


def blanked(value: Any, mark: str) -> Any:
    """`value` once it is erased: each text in it becomes `mark`, bytes are emptied, a link to another row is cut."""
    if isinstance(value, str):
        return value if not value or is_erased(value) else mark
    if isinstance(value, list):
        return [blanked(part, mark) for part in value]
    if isinstance(value, dict):
        return {name: part if name in KEPT else blanked(part, mark) for name, part in value.items()}
    return b"" if isinstance(value, bytes | memoryview) else None


def written(text: str) -> str:
    """What a person wrote, where a text was erased in the words of the reader's language."""
    return MARK.sub(lambda found: _said(found[1], found[2]), text)


def signed(name: str) -> str:
    """The name of a person, or that it was erased, in the reader's language."""
    return MARK.sub(lambda found: _("Person erased on %(day)s") % {"day": _day(found[1])}, name)


def _said(day: str, seq: str | None) -> str:
    if seq is None:
        return _("Erased on %(day)s (personal data)") % {"day": _day(day)}
    return _("Erased on %(day)s (personal data), entry %(seq)s") % {"day": _day(day), "seq": seq}


def _day(iso: str) -> str:
    return long_day(date.fromisoformat(iso))


def erasable(model: type[models.Model]) -> tuple[str, ...]:
    """The erasable fields of `model`, or of the model whose history it is."""
    ours = apps.get_model(model._meta.label)  # a model of a migration has no attribute but its fields
    return getattr(getattr(ours, "instance_type", ours), "ERASABLE", ())


def lets_erase(model: type[models.Model]) -> str:
    """The head of a trigger on UPDATE of `model` that lets an erasure through; nothing where nothing is erasable."""
    columns = ", ".join(f"'{model._meta.get_field(name).column}'" for name in erasable(model))  # type: ignore[union-attr]
    if not columns:
        return ""
    return f"""
        IF TG_OP = 'UPDATE' AND public.ouvrage_erasing() IS NOT NULL THEN
          IF public.ouvrage_erases(to_jsonb(OLD), to_jsonb(NEW), ARRAY[{columns}]) THEN
            RETURN NEW;
          END IF;
        END IF;
    """
