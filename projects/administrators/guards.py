"""Trigger of the rights of administrators: another administrator gives and ends them, by an act."""

import pgtrigger

from core.guards import refuse
from projects.credentials.guards import held_condition
from projects.ledger.enums import Act

CHANGED_BY_ANOTHER = pgtrigger.Trigger(
    name="is_administrator_by_another",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.is_staff <> OLD.is_staff AND NOT EXISTS (
             SELECT FROM public.projects_ledgerevent e JOIN public.roles_user u ON u.id = e.actor_id
             WHERE e.subject = 'roles.user' AND e.subject_id = NEW.id AND e.actor_id <> NEW.id
               AND e.act = CASE WHEN NEW.is_staff THEN '{Act.NAME_ADMINISTRATOR}' ELSE '{Act.END_ADMINISTRATOR}' END
               AND e.xact = pg_current_xact_id()::text::bigint AND u.is_staff AND u.is_active
               AND NOT {held_condition("u.id")} AND NOT public.ouvrage_suspended(u.id)) THEN
          {refuse("Another administrator gives and ends the rights of an administrator, by an act")}
        END IF;
        RETURN NULL;
    """,
)
