"""Triggers of the tokens of provisioning: made by an administrator who is proven, and only ever ended."""

import pgtrigger

from core.record.guards import guard, refuse
from projects.people.credentials.guards import held_condition

MADE_BY_AN_ADMINISTRATOR = guard(
    "is_made_by_an_administrator",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (SELECT FROM public.roles_user u WHERE u.id = NEW.made_by_id AND u.is_staff AND u.is_active)
       OR {held_condition("NEW.made_by_id")} OR public.ouvrage_suspended(NEW.made_by_id) THEN
      {refuse("A token of provisioning is made by an administrator whose credentials count")}
    END IF;
    IF NEW.ended_at IS NOT NULL OR NEW.made_at NOT BETWEEN transaction_timestamp() AND clock_timestamp() THEN
      {refuse("A token of provisioning begins when it is made")}
    END IF;
    """,
)

TOKEN_ONLY_ENDS = guard(
    "only_ever_ends",
    pgtrigger.Update,
    f"""
    IF (NEW.name, NEW.digest, NEW.made_at, NEW.made_by_id) IS DISTINCT FROM
       (OLD.name, OLD.digest, OLD.made_at, OLD.made_by_id) OR OLD.ended_at IS NOT NULL THEN
      {refuse("A token of provisioning is ended once, and nothing else of it changes")}
    END IF;
    """,
)
