"""Triggers of imports: a file is kept as it came, states follow their table, and the ledger tells the end."""

from collections.abc import Collection, Mapping
from typing import Any

import pgtrigger

from core.record.guards import guard, refuse
from projects.imports.enums import TRANSITIONS

BEGINS_WITH_ITS_FILE = guard(
    "begins_with_its_file",
    pgtrigger.Insert,
    f"""
    IF NEW.state <> 'uploaded' OR NEW.sha256 <> encode(sha256(NEW.content), 'hex')
       OR NEW.size <> octet_length(NEW.content) THEN
      {refuse("An import begins with its file, its size and its fingerprint")}
    END IF;
    """,
)

KEEPS_ITS_FILE = guard(
    "keeps_its_file",
    pgtrigger.Update,
    f"""
    IF NEW.content <> OLD.content AND NEW.content <> '' THEN
      {refuse("The file of an import is emptied when it ends, never replaced")}
    END IF;
    """,
)


def follows_its_steps(moves: Mapping[Any, Collection[Any]]) -> pgtrigger.Trigger:
    """Build the guard on states; `moves` are the states that follow each."""
    pairs = ", ".join(f"('{state}', '{target}')" for state, targets in moves.items() for target in targets)
    return guard(
        "follows_its_steps",
        pgtrigger.Update,
        f"""
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({pairs}) THEN
          {refuse("This step of an import does not follow from the one before")}
        END IF;
        """,
    )


FOLLOWS_ITS_STEPS = follows_its_steps(TRANSITIONS)
EVENT_IS_ITS_OWN = guard(
    "event_is_its_own",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF NEW.event_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.projects_ledgerevent e
         WHERE e.id = NEW.event_id AND e.act = 'import_list' AND e.project_id = NEW.project_id
           AND e.subject = 'projects.listimport' AND e.subject_id = NEW.id AND e.actor_id = NEW.by_id) THEN
      {refuse("The event of an import is that of its own act")}
    END IF;
    """,
)
