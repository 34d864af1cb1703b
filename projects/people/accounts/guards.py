"""Trigger of accounts: another password leaves an event; one that signs nobody in may be left by an erasure."""

import pgtrigger
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from core.record.guards import deferred, refuse
from projects.ledger.enums import Act

PASSWORD_IN_THE_LEDGER = deferred(
    "password_leaves_an_event",
    pgtrigger.Update,
    f"""
        IF NEW.password IS DISTINCT FROM OLD.password AND left(NEW.password, 1) <> '{UNUSABLE_PASSWORD_PREFIX}'
           AND NOT EXISTS (
             SELECT FROM public.projects_ledgerevent e
             WHERE e.subject = 'roles.user' AND e.subject_id = NEW.id AND e.act = '{Act.CHANGE_PASSWORD}'
               AND e.xact = pg_current_xact_id()::text::bigint) THEN
          {refuse("Another password leaves an event in the ledger")}
        END IF;
    """,
)
