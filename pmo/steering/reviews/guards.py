"""Database guards of reviews: number, hash, and the word of the owner on old figures when one is concluded."""

import pgtrigger

from core.record.guards import follows_the_last, guard, refuse
from governance.decide.decisions.seal_guards import APPROVALS_SQL, decided_terms
from governance.enums import Settled

#: Code of the kind that concludes a review.
KIND = "periodic_review"
#: SQL condition: the terms name a review of the quarter or the year of the project.
NAMES_A_REVIEW = """EXISTS (
      SELECT FROM public.pmo_review r WHERE r.project_id = file.project_id AND jsonb_exists(r.content, 'review')
        AND NEW.terms ->> 'review' = r.number || ':' || r.hash)"""

CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert,
    f"""
    IF NEW.hash IS DISTINCT FROM encode(sha256(NEW.pdf), 'hex') THEN
      {refuse("A review carries the hash of its document")}
    END IF;
    {follows_the_last("pmo_review", "The reviews of a project follow each other")}
    """,
)

#: A project of the review that goes on, and whose figures are older than 31 days.
OLD_FIGURES = """p.level = 'project' AND p.state = 'active' AND 'steering' = ANY (p.workspaces) AND NOT EXISTS (
          SELECT FROM public.pmo_weatherreport w
          WHERE w.project_id = p.id AND (w.acted_at AT TIME ZONE public.ouvrage_zone())::date >= today - 31)"""

CONCLUDED_KNOWINGLY = guard(
    "says_a_word_on_old_figures",
    pgtrigger.Insert,
    f"""
    IF NEW.outcome NOT IN ({APPROVALS_SQL}) OR public.ouvrage_back_entry() IS NOT NULL THEN
      RETURN NEW;
    END IF;
    today := (NEW.acted_at AT TIME ZONE public.ouvrage_zone())::date;
    IF EXISTS (
         SELECT FROM public.governance_proposalrevision r
         JOIN public.governance_proposal f ON f.id = r.proposal_id AND f.kind = '{KIND}'
         JOIN public.pmo_review v ON v.project_id = NEW.project_id
           AND {decided_terms("NEW", "r")} ->> 'review' = v.number || ':' || v.hash
         JOIN public.projects_project p ON p.id = ANY (v.reviewed)
         WHERE r.id = NEW.revision_id AND {OLD_FIGURES} AND NOT EXISTS (
           SELECT FROM jsonb_array_elements(NEW.settled) AS word
           WHERE word ->> 'item' = 'figures:' || p.code AND word ->> 'fate' = '{Settled.WITHOUT}')) THEN
      {refuse("A review is concluded with old figures only with the word of the owner on them")}
    END IF;
    """,
    today="date",
)
