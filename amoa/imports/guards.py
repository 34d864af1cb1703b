"""Triggers of imports: states follow the workflow, and the file is the one received, or emptied."""

import pgtrigger

from amoa.imports import workflow
from core.guards import guard, refuse

MOVES = ", ".join(
    f"('{origin}', '{target}')" for origin, targets in workflow.TRANSITIONS.items() for target in sorted(targets)
)

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

FOLLOWS_ITS_STEPS = guard(
    "follows_its_steps",
    pgtrigger.Update,
    f"""
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({MOVES}) THEN
      {refuse("This step of an import does not follow from the one before")}
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
