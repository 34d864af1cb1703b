"""Database guards of conformity checks: standard in force for the project, evidence of the project."""

import pgtrigger

from core.record.guards import guard, refuse
from projects.documents.guards import of_its_project

CHECKS_WHAT_HOLDS = guard(
    "checks_what_holds_for_its_project",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (
         SELECT FROM public.pmo_standardcheckpoint c
         JOIN public.pmo_standardversion v ON v.id = c.version_id
         JOIN public.pmo_standard s ON s.id = v.standard_id
         JOIN public.projects_project p ON p.id = NEW.project_id
         LEFT JOIN public.projects_project above ON above.id = p.parent_id
         WHERE c.id = NEW.checkpoint_id AND v.state <> 'draft'
           AND s.project_id IN (p.id, p.parent_id, above.parent_id)) THEN
      {refuse("A check is on a checkpoint of a standard that holds for its project")}
    END IF;
    {of_its_project("evidence_id", "The evidence of a check is a document of its project")}
    """,
)
