"""Database guards of the library: adopted versions never change; only decisions adopt and retire."""

import pgtrigger

from core.record.guards import deferred, guard, hash_of, refuse
from governance.decide.decisions.seal_guards import KEY
from projects.documents.guards import of_its_project
from projects.enums import OVER
from projects.project.level_workspaces import may_have_sql

#: Content of a version with its checkpoints, as sealed by pmo/standards/standards/content.py.
CONTENT = """
    jsonb_build_object(
      'standard', s.code, 'family', s.family, 'number', NEW.number::text,
      'title_fr', NEW.title_fr, 'title_en', NEW.title_en, 'purpose_fr', NEW.purpose_fr, 'purpose_en', NEW.purpose_en,
      'source', NEW.source, 'mandatory', NEW.mandatory, 'levels', to_jsonb(NEW.levels), 'from_gate', NEW.from_gate,
      'template', coalesce((SELECT sha256 FROM public.projects_documentversion WHERE id = NEW.template_id), ''),
      'checkpoints', coalesce((
        SELECT jsonb_agg(jsonb_build_object(
          'number', c.number::text, 'text_fr', c.text_fr, 'text_en', c.text_en, 'computed', c.computed,
          'waivable', c.waivable) ORDER BY c.number)
        FROM public.pmo_standardcheckpoint c WHERE c.version_id = NEW.id), '[]'::jsonb))
    || CASE WHEN NEW.requires = '{}' THEN '{}'::jsonb ELSE jsonb_build_object('requires', to_jsonb(NEW.requires)) END
"""

#: Workspaces that the mandatory standards above require of a project, with the code of standard and library, from
#: SQL expressions. Of one code the furthest library holds (pmo/standards/standards/precedence.py). A version that
#: waivers in force of the project cover as a whole requires nothing; tables above this app are named as in every other
#: trigger.
REQUIRED_ABOVE = f"""
    SELECT required.workspace, holding.code AS name, holding.node
    FROM (
      SELECT DISTINCT ON (s.code) s.code, library.code AS node, v.id, v.requires
      FROM public.projects_project nearest
      JOIN public.projects_project library ON library.id IN (nearest.id, nearest.parent_id)
      JOIN public.pmo_standard s ON s.project_id = library.id
      JOIN public.pmo_standardversion v ON v.standard_id = s.id
      WHERE nearest.id = {{parent}} AND v.state = 'adopted' AND v.mandatory AND {{level}} = ANY (v.levels)
      ORDER BY s.code, library.id = nearest.id
    ) holding, unnest(holding.requires) AS required(workspace)
    WHERE {may_have_sql("{level}", "required.workspace")} AND EXISTS (
      SELECT FROM public.pmo_standardcheckpoint c WHERE c.version_id = holding.id AND NOT EXISTS (
        SELECT FROM public.pmo_waiver w
        WHERE w.project_id = {{project}} AND w.version_id = holding.id AND c.id = ANY (w.checkpoints)
          AND (now() AT TIME ZONE public.ouvrage_zone())::date BETWEEN w.starts_on AND w.ends_on
          AND NOT EXISTS (SELECT FROM public.pmo_waiverend e WHERE e.waiver_id = w.id)))
"""

STAYS_AS_ADOPTED = guard(
    "stays_as_adopted",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF TG_OP = 'INSERT' THEN
      IF NEW.state <> 'draft' THEN
        {refuse("A version of a standard is a draft before it is adopted")}
      END IF;
      RETURN NEW;
    END IF;
    IF (NEW.standard_id, NEW.number) IS DISTINCT FROM (OLD.standard_id, OLD.number) THEN
      {refuse("A version keeps its standard and its number")}
    END IF;
    IF OLD.state <> 'draft' AND (
         NEW.title_fr, NEW.title_en, NEW.purpose_fr, NEW.purpose_en, NEW.source, NEW.mandatory, NEW.levels,
         NEW.from_gate, NEW.template_id, NEW.requires, NEW.effective_from, NEW.hash)
       IS DISTINCT FROM (
         OLD.title_fr, OLD.title_en, OLD.purpose_fr, OLD.purpose_en, OLD.source, OLD.mandatory, OLD.levels,
         OLD.from_gate, OLD.template_id, OLD.requires, OLD.effective_from, OLD.hash) THEN
      {refuse("A version that was adopted stays as it is; another version changes the standard")}
    END IF;
    IF OLD.state = 'retired' OR (OLD.state, NEW.state) IN (('adopted', 'draft'), ('draft', 'retired')) THEN
      {refuse("A version is adopted, then retired, and that is its end")}
    END IF;
    IF OLD.state = 'draft' AND NEW.state = 'adopted' THEN
      SELECT {CONTENT} INTO said FROM public.pmo_standard s WHERE s.id = NEW.standard_id;
      IF NEW.hash <> {hash_of("said")} THEN
        {refuse("An adopted version carries the hash of its content")}
      END IF;
      IF jsonb_array_length(said -> 'checkpoints') = 0 THEN
        {refuse("An adopted version has a checkpoint")}
      END IF;
    END IF;
    since := (coalesce(public.ouvrage_back_entry(), transaction_timestamp()) AT TIME ZONE public.ouvrage_zone())::date;
    until := (coalesce(public.ouvrage_back_entry(), clock_timestamp()) AT TIME ZONE public.ouvrage_zone())::date;
    IF OLD.state = 'draft' AND NEW.state = 'adopted' AND NOT NEW.effective_from BETWEEN since AND until
       OR OLD.state = 'adopted' AND NEW.state = 'retired' AND NOT NEW.effective_to BETWEEN since AND until THEN
      {refuse("A version is in effect from the day it is adopted to the day it is retired")}
    END IF;
    """,
    said="jsonb",
    since="date",
    until="date",
)

TEMPLATE_OF_ITS_LIBRARY = guard(
    "has_a_template_of_its_library",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF NEW.template_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.projects_documentversion v JOIN public.projects_document d ON d.id = v.document_id
         JOIN public.pmo_standard s ON s.project_id = d.project_id
         WHERE v.id = NEW.template_id AND s.id = NEW.standard_id) THEN
      {refuse("The template of a standard is a document of the library")}
    END IF;
    """,
)

DOCUMENT_OF_ITS_LIBRARY = guard(
    "has_a_document_of_its_library",
    pgtrigger.Insert | pgtrigger.Update,
    of_its_project("document_id", "The document of an entry is one of the library"),
)

DECIDED_BY_THE_OWNER = deferred(
    "is_decided_by_the_owner",
    pgtrigger.Update,
    f"""
        IF NEW.state <> OLD.state AND NOT EXISTS (
             SELECT FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
             JOIN public.pmo_standard s ON s.id = NEW.standard_id AND s.project_id = d.project_id
             WHERE e.subject = 'pmo.standardversion' AND e.subject_id = NEW.id
               AND e.field = 'standard:' || s.code AND e.recorded_at >= transaction_timestamp()
               AND (CASE NEW.state WHEN 'adopted' THEN e.after ELSE e.before END) = NEW.number::text) THEN
          {refuse("Only a decision of the owner adopts or retires a standard (R1)")}
        END IF;
    """,
)

SWITCHES_ON_WHAT_IT_REQUIRES = deferred(
    "switches_on_what_it_requires",
    pgtrigger.Update,
    f"""
        IF NEW.state = 'adopted' AND OLD.state <> 'adopted' AND EXISTS (
             SELECT FROM public.projects_project p
             LEFT JOIN public.projects_project above ON above.id = p.parent_id
             JOIN public.pmo_standard s ON s.id = NEW.standard_id AND s.project_id IN (p.parent_id, above.parent_id)
             WHERE p.state NOT IN ({", ".join(f"'{state}'" for state in sorted(OVER))}) AND EXISTS (
               SELECT FROM ({REQUIRED_ABOVE.format(level="p.level", parent="p.parent_id", project="p.id")}) AS required
               WHERE required.workspace = ANY (NEW.requires) AND required.workspace <> ALL (p.workspaces))) THEN
          {refuse("Adopting a standard switches on the workspaces that it requires of the projects below")}
        END IF;
    """,
)

#: SQL condition of a seal break: the version, named by the decision, was retired by the same act.
WAS_RETIRED = f"""EXISTS (
      SELECT FROM public.pmo_standardversion v JOIN public.pmo_standard s ON s.id = v.standard_id
      WHERE v.id = {KEY} AND v.state = 'retired' AND s.code || '.' || v.number = NEW.before AND NEW.after = 'retired'
        AND v.effective_to = (NEW.acted_at AT TIME ZONE public.ouvrage_zone())::date)"""

#: Waivers in force rest on the version; tables above this app are named as in every other trigger.
TELLS_WHAT_WAIVED_IT = deferred(
    "tells_what_waived_it",
    pgtrigger.Update,
    f"""
        IF OLD.state = 'adopted' AND NEW.state = 'retired' AND EXISTS (
             SELECT FROM public.pmo_waiver w JOIN public.governance_decision d ON d.revision_id = w.revision_id
             WHERE w.version_id = NEW.id AND w.ends_on >= NEW.effective_to
               AND NOT EXISTS (SELECT FROM public.pmo_waiverend over WHERE over.waiver_id = w.id)
               AND NOT EXISTS (SELECT FROM public.governance_sealbreak b
                               WHERE b.decision_id = d.id AND b.item = 'standard:' || NEW.id)) THEN
          {refuse("Retiring a version of a standard tells the waivers that name it (R6, R9)")}
        END IF;
    """,
)

#: Locks the version first, so that none is adopted while its checkpoints change.
WRITTEN_IN_A_DRAFT = pgtrigger.Trigger(
    name="is_written_in_a_draft",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("written", "bigint[]")],
    func=f"""
        IF TG_OP = 'UPDATE' AND (NEW.version_id, NEW.number) IS DISTINCT FROM (OLD.version_id, OLD.number) THEN
          {refuse("A checkpoint keeps its version and its number")}
        END IF;
        written := ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END,
                         CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END];
        PERFORM FROM public.pmo_standardversion WHERE id = ANY (written) ORDER BY id FOR SHARE;
        IF EXISTS (SELECT FROM public.pmo_standardversion WHERE id = ANY (written) AND state <> 'draft') THEN
          {refuse("Checkpoints change while their version is a draft")}
        END IF;
        IF TG_OP = 'DELETE' THEN
          RETURN OLD;
        END IF;
        RETURN NEW;
    """,
)


def leaves_an_event_of_its_library(label: str, project: str) -> pgtrigger.Trigger:
    """Build the deferred guard that requires an event of this transaction in the library's project.

    `project` is SQL for its id from NEW. The newest event counts.
    """
    return deferred(
        "leaves_an_event",
        pgtrigger.Insert | pgtrigger.Update,
        f"""
            IF pg_current_xact_id()::text::bigint IS DISTINCT FROM (
                 SELECT xact FROM public.projects_ledgerevent
                 WHERE project_id = ({project}) ORDER BY seq DESC LIMIT 1) THEN
              {refuse(f"A change of {label} leaves an event in the ledger")}
            END IF;
        """,
    )


OF_THE_STANDARD = "SELECT project_id FROM public.pmo_standard WHERE id = NEW.standard_id"
OF_THE_VERSION = """SELECT s.project_id FROM public.pmo_standard s
    JOIN public.pmo_standardversion v ON v.standard_id = s.id WHERE v.id = NEW.version_id"""
