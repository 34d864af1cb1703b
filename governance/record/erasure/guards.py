"""Database triggers for erasures: only the table owner erases, and only what an erasure on record names."""

import pgtrigger
from django.apps import apps
from django.db import models

from core.record.guards import deferred, guard, refuse
from projects.event_guards import ALSO_COVERING
from roles.models import User

#: An erasure on record covers the change of the row that it names.
ALSO_COVERING.append(
    """subject = 'governance.erasure' AND subject_id IN (
                SELECT e.id FROM public.governance_erasure e
                WHERE e.subject = '{subject}' AND e.subject_id = NEW.id::text)"""
)

WRITTEN_WHILE_ERASING = guard(
    "is_written_while_erasing",
    pgtrigger.Insert,
    f"""
    IF public.ouvrage_erasing() IS NULL THEN
      {refuse("An erasure is written by the command that erases")}
    END IF;
    """,
)

LEAVES_ITS_EVENT = deferred(
    "leaves_an_event",
    pgtrigger.Insert,
    f"""
        IF NEW.project_id IS NOT NULL AND NOT EXISTS (
             SELECT FROM public.projects_ledgerevent
             WHERE project_id = NEW.project_id AND subject = 'governance.erasure' AND subject_id = NEW.id
               AND act = 'erase' AND xact = pg_current_xact_id()::text::bigint) THEN
          {refuse("An erasure on a project leaves an event in its ledger")}
        END IF;
    """,
)


def erased_on_record(model: type[models.Model]) -> pgtrigger.Trigger:
    """Refuse to erase a row of `model`, or of its history, that no erasure of this transaction names."""
    erased: type[models.Model] = getattr(model, "instance_type", model)
    number = f"NEW.{erased._meta.pk.column}"
    if erased._meta.label_lower == "roles.user":  # its key says nothing about the person
        number = f"(SELECT u.key FROM public.roles_user u WHERE u.id = {number})"
    return pgtrigger.Trigger(
        name="is_erased_on_record",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF public.ouvrage_erasing() IS NOT NULL THEN
              IF NOT EXISTS (SELECT FROM public.governance_erasure e
                             WHERE e.subject = '{erased._meta.label_lower}' AND e.subject_id = {number}::text
                               AND e.recorded_at >= transaction_timestamp()) THEN
                {refuse("A text is erased on record, with the reason")}
              END IF;
            END IF;
            RETURN NEW;
        """,
    )


def erasable_models() -> dict[str, type[models.Model]]:
    """Return the erasable models of projects by their ledger subject.

    A model is erasable when it lists its erasable fields (`ERASABLE`).
    """
    ours = [model for model in apps.get_models() if hasattr(model, "ERASABLE") and not hasattr(model, "instance_type")]
    return {model._meta.label_lower: model for model in ours if model is not User}


def watch_erasable() -> None:
    """Register the erasure trigger on every erasable table and its history. Call it once all models are loaded."""
    for model in (User, *erasable_models().values()):
        for table in (model, *([model.history.model] if hasattr(model, "history") else [])):
            pgtrigger.register(erased_on_record(table))(table)
