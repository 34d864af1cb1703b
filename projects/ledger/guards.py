"""Triggers of the ledger: an unbroken hash chain, an event for each change of a governed row, and its seal."""

from typing import Any

import pgtrigger

from core.history import INSERT_ONLY
from core.record.guards import deferred, guard, refuse
from projects.ledger.enums import Act

IS_THE_NEXT_LINK = guard(
    "is_the_next_link",
    pgtrigger.Insert,
    f"""
    SELECT * INTO last FROM public.projects_ledgerevent WHERE project_id = NEW.project_id ORDER BY seq DESC LIMIT 1;
    IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.prev <> coalesce(last.hash, decode(repeat('00', 32), 'hex')) THEN
      {refuse("An event continues the chain of its project")}
    END IF;
    said := convert_from(NEW.body, 'UTF8')::jsonb;
    IF NEW.hash <> sha256('\\x6f7576726167652e6c65646765722e763200'::bytea || NEW.body)
       OR NEW.body <> convert_to(public.ouvrage_canonical(said), 'UTF8') THEN
      {refuse("An event carries the hash of its canonical bytes")}
    END IF;
    IF said IS DISTINCT FROM jsonb_build_object(
         'version', '2', 'project', NEW.project_id::text, 'seq', NEW.seq::text, 'act', NEW.act,
         'actor', (SELECT key::text FROM public.roles_user WHERE id = NEW.actor_id), 'role', NEW.role,
         'at', to_char(NEW.acted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
         'entered', said -> 'entered', 'proposal', coalesce(NEW.proposal_id::text, ''), 'detail', NEW.detail,
         'subject', NEW.subject, 'subject_id', NEW.subject_id::text, 'prev', encode(NEW.prev, 'hex'),
         'facts', said -> 'facts')
       OR (CASE WHEN NEW.entered_afterwards
             THEN nullif(said ->> 'entered', '')::timestamptz BETWEEN transaction_timestamp() AND clock_timestamp()
             ELSE said ->> 'entered' = '' END) IS NOT TRUE THEN
      {refuse("An event says the same in its bytes and in its columns")}
    END IF;
    IF jsonb_typeof(said -> 'facts') <> 'object'
       OR EXISTS (SELECT FROM jsonb_each(said -> 'facts') WHERE jsonb_typeof(value) <> 'string') THEN
      {refuse("The facts of an event are texts by name")}
    END IF;
    IF said #>> '{{facts,rows}}' IS DISTINCT FROM public.ouvrage_rows_sealed(NEW.project_id)
       OR said #>> '{{facts,shared}}' <> '1-0:' || repeat('0', 64) AND NOT EXISTS (
         SELECT FROM public.projects_rowseal s WHERE s.chain = 0
           AND s.seq = split_part(split_part(said #>> '{{facts,shared}}', ':', 1), '-', 2)::bigint
           AND encode(s.link, 'hex') = split_part(said #>> '{{facts,shared}}', ':', 2))
       OR said #>> '{{facts,shared}}' IS NULL THEN
      {refuse("An event names the rows sealed before it")}
    END IF;
    NEW.xact := pg_current_xact_id()::text::bigint;
    """,
    last="public.projects_ledgerevent",
    said="jsonb",
)

CLOSED_BY_ANOTHER = guard(
    "is_closed_by_another",
    pgtrigger.Insert,
    f"""
    IF NEW.act IN ('close_account', 'plan_departure') AND NEW.subject = 'roles.user'
       AND NEW.subject_id = NEW.actor_id THEN
      {refuse("An account is closed by somebody else than its person")}
    END IF;
    """,
)

#: Acts that an archived project still records: its own, its owner's and the next one's, and those of the record.
IN_THE_ARCHIVE = (
    Act.ARCHIVE,
    Act.UNARCHIVE,
    Act.NAME_OWNER,
    Act.ACCEPT,
    Act.DECLINE,
    Act.END_MANDATE,
    Act.ASK_REPLACEMENT,
    Act.PROPOSE_REPLACEMENT,
    Act.ANNOUNCE_REPLACEMENT,
    Act.SECOND_REPLACEMENT,
    Act.OBJECT_REPLACEMENT,
    Act.CONFIRM_REPLACEMENT,
    Act.TAKE_REPLACEMENT,
    Act.END_REPLACEMENT,
    Act.STORE_RECORD,
    Act.DISPUTE,
    Act.CHANGE_HAND,
    Act.ERASE,
    Act.SEAL_ROWS,
)

READ_ONLY_IN_THE_ARCHIVE = guard(
    "leaves_an_archive_as_it_is",
    pgtrigger.Insert,
    f"""
    IF NEW.act NOT IN ({", ".join(f"'{act}'" for act in IN_THE_ARCHIVE)}) AND public.ouvrage_back_entry() IS NULL
       AND (SELECT archived FROM public.projects_project WHERE id = NEW.project_id) THEN
      {refuse("An archived project is read only: its owner takes it out of the archive first")}
    END IF;
    """,
)

#: Role templates: publication and retirement need an event; giving up a draft does not.
PUBLISHED_WITH_AN_EVENT = deferred(
    "leaves_an_event",
    pgtrigger.Update,
    f"""
        IF NEW.state <> OLD.state AND NOT (OLD.state = 'draft' AND NEW.state = 'retired') AND NOT EXISTS (
             SELECT FROM public.projects_ledgerevent
             WHERE subject = 'roles.roletemplate' AND subject_id = NEW.id AND xact = pg_current_xact_id()::text::bigint)
        THEN
          {refuse("A publication leaves an event in the ledger")}
        END IF;
    """,
)

#: Seals and their layouts are written by the triggers of the sealed tables, and by `migrate` for older rows.
WRITTEN_BY_A_TRIGGER = guard(
    "is_written_by_a_trigger",
    pgtrigger.Insert,
    f"""
    IF pg_trigger_depth() < 2 AND (
         coalesce(current_setting('ouvrage.sealing', true), '') <> 'on' OR NOT pg_has_role(
           current_user, (SELECT relowner FROM pg_class WHERE oid = 'public.projects_rowseal'::regclass), 'MEMBER'))
    THEN
      {refuse("Only the database seals a row, when it is written")}
    END IF;
    """,
)

#: `insert_only`, but for the salt that an erasure takes away.
SALT_IS_ERASED = pgtrigger.Trigger(
    name=INSERT_ONLY,
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF TG_OP = 'UPDATE' AND public.ouvrage_erasing() IS NOT NULL THEN
          IF to_jsonb(NEW) - 'fixed_salt' = to_jsonb(OLD) - 'fixed_salt' || '{"salt": null}'
             AND (NEW.fixed_salt IS NULL OR NEW.fixed_salt = OLD.fixed_salt) THEN
            RETURN NEW;
          END IF;
        END IF;
        RAISE EXCEPTION 'A seal can only be added to (R6)' USING ERRCODE = 'restrict_violation';
    """,
)


class CoveredByAnEvent(pgtrigger.Trigger):
    """Deferred trigger: an event of the same transaction names each seal, except of tables that are sealed later."""

    def get_func(self, model: Any) -> str:
        """Return the body, with the tables that are sealed later."""
        from projects.ledger.row_seals import tables_sealed_later

        later = ", ".join(f"'{table}'" for table in tables_sealed_later())
        return f"""
            IF NEW.chain <> 0 AND NEW."table" <> ALL (ARRAY[{later}]::text[]) AND (
                 SELECT e.xact = NEW.xact AND split_part(split_part(
                   convert_from(e.body, 'UTF8')::jsonb #>> '{{facts,rows}}', ':', 1), '-', 2)::bigint >= NEW.seq
                 FROM public.projects_ledgerevent e WHERE e.project_id = NEW.chain ORDER BY e.seq DESC LIMIT 1
               ) IS NOT TRUE THEN
              RAISE EXCEPTION 'An event of its act names each row of the record: % %', NEW."table", NEW."row"
                USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """


COVERED_BY_AN_EVENT = CoveredByAnEvent(
    name="is_covered_by_an_event",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
)
