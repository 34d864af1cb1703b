"""Trigger of what a revision rests on: rows of its project, in the version they have when it is submitted."""

import pgtrigger

from core.record.guards import refuse
from governance.decide.grounds.registry import GROUNDS
from governance.decide.kinds.guards import RegistryGuard


def _names_its_grounds() -> str:
    about = {"id": "split_part(ground ->> 'item', ':', 2)::bigint", "project": "file.project_id"}
    about["version"] = "ground ->> 'version'"
    cases = " ".join(f"WHEN '{rows.name}' THEN ({rows.sql.format(**about)})" for rows in GROUNDS)
    return f"""
    SELECT * INTO file FROM public.governance_proposal WHERE id = NEW.proposal_id;
    IF EXISTS (
         SELECT FROM jsonb_array_elements(NEW.rests_on) AS ground
         WHERE NOT coalesce(CASE split_part(ground ->> 'item', ':', 1) {cases} END, false)) THEN
      {refuse("A proposal rests on rows of its project, in their present version")}
    END IF;
    """


NAMES_ITS_GROUNDS = RegistryGuard(
    "names_what_it_rests_on", pgtrigger.Insert, _names_its_grounds, file="public.governance_proposal"
)
