"""Triggers of the ledger: an unbroken hash chain, and an event for each change of a governed row."""

import pgtrigger

from core.guards import guard, refuse

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
    NEW.xact := pg_current_xact_id()::text::bigint;
    """,
    last="public.projects_ledgerevent",
    said="jsonb",
)


#: Role templates: publication and retirement need an event; giving up a draft does not.
PUBLISHED_WITH_AN_EVENT = pgtrigger.Trigger(
    name="leaves_an_event",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.state <> OLD.state AND NOT (OLD.state = 'draft' AND NEW.state = 'retired') AND NOT EXISTS (
             SELECT FROM public.projects_ledgerevent
             WHERE subject = 'roles.roletemplate' AND subject_id = NEW.id AND xact = pg_current_xact_id()::text::bigint)
        THEN
          {refuse("A publication leaves an event in the ledger")}
        END IF;
        RETURN NULL;
    """,
)
