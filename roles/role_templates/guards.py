"""Triggers of role templates: a published version never changes; it is retired."""

import pgtrigger

from core.record.guards import guard, refuse

KEPT = (
    "pack",
    "code",
    "version",
    "authority",
    "mandatory",
    "several",
    "position",
    "name_fr",
    "name_en",
    "mission_fr",
    "mission_en",
    "represents_fr",
    "represents_en",
    "incompatible",
)


def _row(side: str) -> str:
    return ", ".join(f"{side}.{name}" for name in KEPT)


STAYS_AS_PUBLISHED = guard(
    "stays_as_published",
    pgtrigger.Update,
    f"""
    IF (NEW.pack, NEW.code, NEW.version) IS DISTINCT FROM (OLD.pack, OLD.code, OLD.version) THEN
      {refuse("A role keeps its pack, its code and its version")}
    END IF;
    IF OLD.state <> 'draft' AND ({_row("NEW")}) IS DISTINCT FROM ({_row("OLD")}) THEN
      {refuse("A published role stays as it is; publish another version")}
    END IF;
    IF NEW.state <> OLD.state
       AND (OLD.state, NEW.state) NOT IN (('draft', 'published'), ('draft', 'retired'), ('published', 'retired')) THEN
      {refuse("A role goes from draft to published to retired")}
    END IF;
    IF NEW.state = 'published' AND OLD.state <> 'published' THEN
      IF NOT EXISTS (SELECT FROM public.roles_responsibility r WHERE r.role_id = NEW.id) THEN
        {refuse("A role without a responsibility is not published")}
      END IF;
      IF NEW.authority <> 'decides' AND EXISTS (
           SELECT FROM public.roles_responsibility r WHERE r.role_id = NEW.id AND r.nature = 'decide') THEN
        {refuse("Only the role that decides has responsibilities of deciding (R4)")}
      END IF;
    END IF;
    """,
)

IS_BORN_A_DRAFT = guard(
    "is_born_a_draft",
    pgtrigger.Insert,
    f"""
    IF NEW.state <> 'draft' THEN
      {refuse("A role is written before it is published")}
    END IF;
    """,
)

#: Locks the roles first, so that none is published while its responsibilities change.
IS_WRITTEN_IN_A_DRAFT = pgtrigger.Trigger(
    name="is_written_in_a_draft",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("written", "bigint[]")],
    func=f"""
        written := ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.role_id END,
                         CASE WHEN TG_OP <> 'DELETE' THEN NEW.role_id END];
        PERFORM FROM public.roles_roletemplate WHERE id = ANY (written) ORDER BY id FOR SHARE;
        IF EXISTS (SELECT FROM public.roles_roletemplate WHERE id = ANY (written) AND state <> 'draft') THEN
          {refuse("The responsibilities of a published role stay as they are; publish another version")}
        END IF;
        IF TG_OP = 'DELETE' THEN
          RETURN OLD;
        END IF;
        RETURN NEW;
    """,
)
