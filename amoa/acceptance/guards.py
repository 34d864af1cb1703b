"""Triggers of acceptance: closed campaigns are immutable, runs are insert-only, defects follow their states."""

import pgtrigger

from amoa.requirements.enums import Priority
from amoa.requirements.workflow import CANDIDATES
from core.record.guards import guard, hash_of, refuse

CLOSED_ONCE = guard(
    "is_closed_once",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF TG_OP = 'INSERT' AND NEW.closed_at IS NOT NULL THEN
      {refuse("A campaign is opened before it is closed")}
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.closed_at IS NOT NULL THEN
      {refuse("A closed campaign stays as it was closed")}
    END IF;
    IF NEW.closed_at IS NOT NULL
       AND (NEW.hash !~ '^[0-9a-f]{{64}}$' OR NEW.hash <> {hash_of("NEW.report")}) THEN
      {refuse("A closed campaign carries the hash of its report")}
    END IF;
    """,
)

RUN_WHILE_OPEN = guard(
    "is_run_while_its_campaign_is_open",
    pgtrigger.Insert,
    f"""
    IF EXISTS (SELECT FROM public.amoa_acceptancecampaign c
               WHERE c.id = NEW.campaign_id AND c.closed_at IS NOT NULL) THEN
      {refuse("A result is added while its campaign is open")}
    END IF;
    """,
)

DEFECT_FOLLOWS_ITS_LIFE = guard(
    "follows_its_life",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF TG_OP = 'INSERT' AND NEW.state <> 'open' THEN
      {refuse("A defect is open when it is reported")}
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
         ('open', 'corrected'), ('corrected', 'open'), ('corrected', 'closed'), ('open', 'closed')) THEN
      {refuse("A defect is corrected, then closed; a closed one is reported again")}
    END IF;
    """,
)


def uncovered_sql(project: str) -> str:
    """Return the SQL twin of `coverage.filter_uncovered`: whether the project with this key, an expression, has one."""
    candidates = ", ".join(f"'{state}'" for state in sorted(CANDIDATES))
    return f"""EXISTS (
      SELECT FROM public.amoa_requirement r
      WHERE r.project_id = {project} AND r.priority = '{Priority.MUST}' AND r.kind <> 'need'
        AND r.state IN ({candidates}) AND NOT EXISTS (
          SELECT FROM public.amoa_acceptancetest t WHERE t.requirement_id = r.id AND NOT t.retired))"""
