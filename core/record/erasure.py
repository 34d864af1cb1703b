"""Erase personal data: the mark that replaces a text, and the SQL functions that allow nothing else.

A model lists its erasable columns in `ERASABLE`. While the owner role erases (`core.acts.erasing`), a row of it and its
history rows may change in one way only: an erasable column becomes the mark, and the salt is removed. Its hash in the
ledger then reveals nothing. The mark carries the day and the ledger entry, so that pages explain it without a query.
"""

import re
from datetime import date
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from core.words.dates import long_day

MARK = re.compile(r"\[erased (\d{4}-\d{2}-\d{2})(?: #(\d+))?\]")
#: Keys of a JSON object that are not erased: they identify a file, or say what became of an item.
KEPT = ("document", "version", "sha256", "item", "label", "fate", "into", "group")

#: Return the mark of the running erasure, for the owner role only; NULL outside an erasure.
ERASING_SQL = r"""
CREATE OR REPLACE FUNCTION public.ouvrage_erasing() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  mark text := nullif(current_setting('ouvrage.erasing', true), '');
BEGIN
  IF mark IS NULL THEN
    RETURN NULL;
  END IF;
  IF NOT pg_has_role(
       current_user, (SELECT relowner FROM pg_class WHERE oid = 'public.core_formdraft'::regclass), 'MEMBER') THEN
    RAISE EXCEPTION 'permission denied: only the role that owns the tables erases'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF mark !~ '^\[erased \d{4}-\d{2}-\d{2}( #\d+)?\]$' THEN
    RAISE EXCEPTION 'A mark says that a text was erased, when, and by which entry' USING ERRCODE = 'check_violation';
  END IF;
  RETURN mark;
END $$;
"""
#: Return the value of a column once it is erased; the same as `blank` below.
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
      SELECT jsonb_object_agg(key, CASE
        WHEN key IN ('document', 'version', 'sha256', 'item', 'label', 'fate', 'into', 'group') THEN part
        ELSE public.ouvrage_blanked(part, mark) END)
      FROM jsonb_each(value) AS member(key, part)), '{}');
    WHEN 'number' THEN RETURN 'null';
    ELSE RETURN value;
  END CASE;
END $$;
"""
#: Return whether an update only erases some of these columns; bytes become empty.
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
    """Return the mark of an erased text: the day and, on a project, its ledger entry."""
    return f"[erased {on.isoformat()} #{seq}]" if seq else f"[erased {on.isoformat()}]"


def is_erased(value: str) -> bool:
    """Return whether a text is nothing but a mark."""
    return bool(MARK.fullmatch(value))


def blank(value: Any, mark: str) -> Any:
    """Return the erased form of `value`: texts become `mark`, bytes are emptied, links to rows are cut."""
    if isinstance(value, str):
        return value if not value or is_erased(value) else mark
    if isinstance(value, list):
        return [blank(part, mark) for part in value]
    if isinstance(value, dict):
        return {name: part if name in KEPT else blank(part, mark) for name, part in value.items()}
    return b"" if isinstance(value, bytes | memoryview) else None


def display_text(text: str) -> str:
    """Return `text` with its erasure marks in the words of the reader's language."""
    return MARK.sub(lambda match: _describe_erasure(match[1], match[2]), text)


def display_name(name: str) -> str:
    """Return the name of a person, or the day it was erased, in the reader's language."""
    return MARK.sub(lambda match: _("Person erased on %(day)s") % {"day": _day(match[1])}, name)


def _describe_erasure(day: str, seq: str | None) -> str:
    if seq is None:
        return _("Erased on %(day)s (personal data)") % {"day": _day(day)}
    return _("Erased on %(day)s (personal data), entry %(seq)s") % {"day": _day(day), "seq": seq}


def _day(iso: str) -> str:
    return long_day(date.fromisoformat(iso))


def erasable_fields(model: type[models.Model]) -> tuple[str, ...]:
    """List the erasable fields of `model`, or of the model whose history it is."""
    ours = apps.get_model(model._meta.label)  # historical models of migrations have no attributes but fields
    return getattr(getattr(ours, "instance_type", ours), "ERASABLE", ())


def erasure_clause(model: type[models.Model]) -> str:
    """Return the start of an UPDATE trigger on `model` that lets an erasure pass; empty without erasable fields."""
    columns = ", ".join(f"'{model._meta.get_field(name).column}'" for name in erasable_fields(model))  # type: ignore[union-attr]
    if not columns:
        return ""
    return f"""
        IF TG_OP = 'UPDATE' AND public.ouvrage_erasing() IS NOT NULL THEN
          IF public.ouvrage_erases(to_jsonb(OLD), to_jsonb(NEW), ARRAY[{columns}]) THEN
            RETURN NEW;
          END IF;
        END IF;
    """
