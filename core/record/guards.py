"""SQL shared by the triggers of every app: the database dates each act, not the caller.

Names in trigger bodies carry their schema, so that a temporary table cannot replace ours.
"""

from collections.abc import Iterable
from typing import Any

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.record.erasure import erasure_clause

BACK_ENTRY_SQL = """
CREATE OR REPLACE FUNCTION public.ouvrage_back_entry() RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
  past timestamptz := nullif(current_setting('ouvrage.back_entry', true), '')::timestamptz;
BEGIN
  IF past IS NULL THEN
    RETURN NULL;
  END IF;
  IF NOT pg_has_role(
       current_user, (SELECT relowner FROM pg_class WHERE oid = 'public.core_formdraft'::regclass), 'MEMBER') THEN
    RAISE EXCEPTION 'Only the role that owns the tables enters past acts' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF past > clock_timestamp() THEN
    RAISE EXCEPTION 'A back-entry lies in the past' USING ERRCODE = 'check_violation';
  END IF;
  RETURN past;
END $$;
"""
DROP_BACK_ENTRY_SQL = "DROP FUNCTION public.ouvrage_back_entry();"


#: Type and first value of a variable of a trigger: now, or the moment in the past that is entered.
NOW = "timestamptz := coalesce(public.ouvrage_back_entry(), clock_timestamp())"


def refuse(message: str) -> str:
    """Return the plpgsql statement that refuses the row with `message`."""
    quoted = message.replace("'", "''")
    return f"RAISE EXCEPTION '{quoted}' USING ERRCODE = 'check_violation';"


def hash_of(content: str) -> str:
    """Return the expression of the hash of a jsonb expression, as core.record.sealing.content_hash computes it."""
    return f"encode(sha256(convert_to(public.ouvrage_canonical({content}), 'UTF8')), 'hex')"


def follows_the_last(table: str, message: str) -> str:
    """Return the statement that refuses a row whose `number` does not follow the last one of its project."""
    return f"""
    IF NEW.number <> 1 + coalesce((SELECT max(number) FROM public.{table} WHERE project_id = NEW.project_id), 0) THEN
      {refuse(message)}
    END IF;"""


def numbered_and_hashed(table: str, hashed: str, numbered: str) -> str:
    """Return the statements that refuse a row without the hash of its number and content, or out of its order."""
    content = "jsonb_build_object('number', NEW.number::text, 'content', NEW.content)"
    return f"""
    IF NEW.hash IS DISTINCT FROM {hash_of(content)} THEN
      {refuse(hashed)}
    END IF;
    {follows_the_last(table, numbered)}"""


def sql_list(codes: Iterable[str]) -> str:
    """Return codes as a list of SQL literals, sorted."""
    return ", ".join(f"'{code}'" for code in sorted(codes))


class ActModel(models.Model):
    """Abstract row with the time of its act, the time of its entry, and whether it is a back-entry."""

    acted_at = models.DateTimeField(_("date of the act"))
    recorded_at = models.DateTimeField(_("date of entry"), db_default=Now(), editable=False)
    entered_afterwards = models.BooleanField(_("entered afterwards"), db_default=False, editable=False)

    class Meta:
        abstract = True


#: For every ActModel: the date lies within the transaction, or is that of a back-entry, which the row states.
DATED_BY_THE_DATABASE = pgtrigger.Trigger(
    name="a_dated_by_the_database",  # PostgreSQL runs triggers of one event in the order of their names: this one first
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("past", "timestamptz")],
    func=f"""
        past := public.ouvrage_back_entry();
        NEW.recorded_at := clock_timestamp();
        NEW.entered_afterwards := past IS NOT NULL;
        IF past IS NOT NULL AND NEW.acted_at <> past THEN
          {refuse("A back-entry is dated as announced")}
        END IF;
        IF past IS NULL AND NEW.acted_at NOT BETWEEN transaction_timestamp() AND clock_timestamp() THEN
          {refuse("An act is dated when it takes place")}
        END IF;
        RETURN NEW;
    """,
)


class Guard(pgtrigger.Trigger):
    """Row trigger before the change; on UPDATE it lets an erasure of personal data pass (core.record.erasure)."""

    when = pgtrigger.Before

    def get_func(self, model: Any) -> str:
        """Return the body of the trigger on the table of `model`."""
        head = erasure_clause(model) if "UPDATE" in str(self.operation) else ""
        return f"{head}{self.func}"


def guard(name: str, operation: Any, func: str, **declare: str) -> pgtrigger.Trigger:
    """Build a row trigger before `operation` that ends in RETURN NEW; `declare` maps variables to SQL types."""
    return Guard(
        name=name,
        operation=operation,
        declare=list(declare.items()),
        func=f"{func}\nRETURN NEW;",
    )


def deferred(name: str, operation: Any, func: str, **declare: str) -> pgtrigger.Trigger:
    """Build a row trigger that looks at the end of the transaction, after `operation`; `declare` as in `guard`."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        declare=list(declare.items()),
        func=f"{func}\nRETURN NULL;",
    )
