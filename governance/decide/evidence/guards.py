"""Database triggers for evidence: attachments exist, and a change of a sealed document is recorded (R5, R6)."""

import pgtrigger

from core.record.guards import deferred, guard, refuse

ATTACHES_WHAT_EXISTS = guard(
    "attaches_what_exists",
    pgtrigger.Insert,
    f"""
    IF jsonb_typeof(NEW.attachments) <> 'array' OR EXISTS (
         SELECT FROM jsonb_array_elements(NEW.attachments) AS file
         WHERE NOT EXISTS (
           SELECT FROM public.governance_proposal p JOIN public.projects_document d ON d.project_id = p.project_id
           JOIN public.projects_documentversion v ON v.document_id = d.id
           WHERE p.id = NEW.proposal_id AND d.id::text = file ->> 'document' AND v.number::text = file ->> 'version'
             AND v.sha256 = file ->> 'sha256')) THEN
      {refuse("A revision attaches versions of documents of its project, by their hash (R5)")}
    END IF;
    IF (SELECT count(*) <> count(DISTINCT file ->> 'document')
        FROM jsonb_array_elements(NEW.attachments) AS file) THEN
      {refuse("A revision attaches one version of a document")}
    END IF;
    """,
)

TELLS_WHOSE_SEAL_IT_BREAKS = deferred(
    "tells_whose_seal_it_breaks",
    pgtrigger.Insert,
    f"""
        IF EXISTS (
             SELECT FROM public.projects_document doc
             JOIN public.governance_decision d ON d.project_id = doc.project_id,
             jsonb_array_elements(d.file) AS sealed
             WHERE doc.id = NEW.document_id AND d.recorded_at < NEW.recorded_at
               AND sealed ->> 'item' = 'document:' || NEW.document_id AND sealed ->> 'hash' <> NEW.sha256
               AND NOT EXISTS (SELECT FROM public.governance_sealbreak b
                               WHERE b.decision_id = d.id AND b.item = sealed ->> 'item' AND b.after = NEW.sha256
                                 AND b.acted_at = NEW.acted_at)) THEN
          {refuse("A new version of a document tells each decision that sealed another one (R6)")}
        END IF;
    """,
)
