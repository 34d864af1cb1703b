"""Triggers of sessions: their states, an agenda frozen by its notice, and a closing that leaves nothing open."""

import pgtrigger

from core.record.guards import guard, refuse
from governance.sessions.sittings.enums import FOLLOWING

STEPS = ", ".join(f"'{before}>{after}'" for before, later in FOLLOWING.items() for after in later)
#: Condition in SQL: the item `i` is neither decided in the ledger since the notice, nor deferred, withdrawn, or told.
UNSETTLED = """i.outcome = '' AND CASE
      WHEN i.source = 'proposal' THEN NOT EXISTS (
        SELECT FROM public.governance_decision d WHERE d.proposal_id = i.subject_id AND d.acted_at >= {convened})
      ELSE NOT public.ouvrage_meaningful(i.note) END"""

BEGINS_IN_PREPARATION = guard(
    "begins_in_preparation",
    pgtrigger.Insert,
    f"""
    IF NEW.state <> 'prepared' OR NEW.agenda_hash <> '' OR NEW.number <> 1 + coalesce(
         (SELECT max(number) FROM public.governance_session WHERE body_id = NEW.body_id), 0) THEN
      {refuse("A session begins in preparation, and those of a body follow each other")}
    END IF;
    """,
)

FOLLOWS_ITS_STATES = guard(
    "follows_its_states",
    pgtrigger.Update,
    f"""
    IF OLD.state IN ('closed', 'cancelled')
       OR NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN ({STEPS}) THEN
      {refuse("A session is prepared, convened, open, then closed, and stays as it was closed")}
    END IF;
    IF OLD.state <> 'prepared'
       AND (NEW.agenda_hash, NEW.arranged, NEW.convened_at) IS DISTINCT FROM
           (OLD.agenda_hash, OLD.arranged, OLD.convened_at)
       OR OLD.state = 'prepared' AND NEW.state <> 'convened' AND NEW.agenda_hash <> ''
       OR NEW.state = 'convened' AND (NEW.agenda_hash !~ '^[0-9a-f]{{64}}$' OR NEW.convened_at IS NULL) THEN
      {refuse("The agenda is frozen by its notice, with its fingerprint")}
    END IF;
    IF OLD.state = 'open' AND (NEW.day, NEW.begins, NEW.minutes, NEW.place, NEW.opened_at) IS DISTINCT FROM
       (OLD.day, OLD.begins, OLD.minutes, OLD.place, OLD.opened_at) THEN
      {refuse("An open session keeps its day and its place")}
    END IF;
    IF NEW.state = 'closed' AND EXISTS (
         SELECT FROM public.governance_sessionitem i
         WHERE i.session_id = NEW.id AND {UNSETTLED.format(convened="NEW.convened_at")}) THEN
      {refuse("A session closes once each item is decided, deferred to a day, withdrawn or told")}
    END IF;
    """,
)

IS_ON_THE_AGENDA = guard(
    "is_on_the_agenda_by_its_notice_or_says_why",
    pgtrigger.Insert,
    f"""
    SELECT s.state, s.convened_at >= transaction_timestamp() OR s.convened_at = public.ouvrage_back_entry()
      INTO state, convening FROM public.governance_session s
      WHERE s.id = NEW.session_id AND s.project_id = NEW.project_id;
    IF state IS NULL OR state NOT IN ('convened', 'open') OR NEW.note <> '' OR NEW.outcome <> '' THEN
      {refuse("An item joins the agenda of a session that is convened or open")}
    END IF;
    IF (state = 'open' OR NOT convening)
       AND (NEW.added_by_id IS NULL OR NOT public.ouvrage_meaningful(NEW.because)) THEN
      {refuse("An item added after the notice says who added it and why")}
    END IF;
    """,
    state="text",
    convening="boolean",
)

IS_NOTED_WHILE_OPEN = guard(
    "is_noted_while_the_session_is_open",
    pgtrigger.Update,
    f"""
    IF NOT EXISTS (SELECT FROM public.governance_session s WHERE s.id = NEW.session_id AND s.state = 'open') THEN
      {refuse("Items are noted while their session is open")}
    END IF;
    IF NEW.deferred_to <= (SELECT s.day FROM public.governance_session s WHERE s.id = NEW.session_id) THEN
      {refuse("An item is deferred to a later day")}
    END IF;
    """,
)
