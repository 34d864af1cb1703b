"""What is searched of projects, proposals, decisions and what hangs on them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.search_index.sources import STARTS, Source, Start, day, declare, number
from governance.enums import ConditionState, Outcome, ProposalState
from governance.life.actions.enums import ActionState
from governance.sessions.sittings.enums import SessionState
from projects.enums import ProjectState

OF_PROJECT = "JOIN public.projects_project p ON p.id = r.project_id"
#: Content of the submitted revision `v`, else of the working text `d`, and the titles and descriptions of its options.
TEXTS = (
    "question",
    "context",
    "recommendation",
    "impact_scope",
    "impact_cost",
    "impact_schedule",
    "impact_quality",
    "impact_recipients",
    "risks",
    "evidence",
)
OPTIONS = """(SELECT string_agg(concat_ws(E'\\n', o ->> 'title', o ->> 'description'), E'\\n')
 FROM jsonb_array_elements(CASE WHEN v.id IS NULL THEN d.options ELSE v.options END) AS o)"""
#: Text of the newest version of a document, if its type is one of text: plain text, Markdown, CSV.
TEXT_OF_DOCUMENT = """(SELECT CASE WHEN starts_with(n.media_type, 'text/') THEN public.ouvrage_text_of(n.content) END
 FROM public.projects_documentversion n WHERE n.document_id = r.id ORDER BY n.number DESC LIMIT 1)"""


def _of_content(column: str) -> str:
    return f"CASE WHEN v.id IS NULL THEN d.{column} ELSE v.{column} END"


declare(
    Source(
        "project",
        "projects.Project",
        _("Project"),
        _("Projects"),
        code="r.code",
        title="r.title_fr",
        title_en="r.title_en",
        body=("r.scope",),
        project="r.id",
        state="r.state",
        states=dict(ProjectState.choices),
        at=day("r.starts_on"),
        url="governance:home:project_home",
        by="code",
    ),
    Source(
        "proposal",
        "governance.Proposal",
        _("Proposal"),
        _("Proposals"),
        code=f"p.prefix || 'P-' || {number('r.number')}",
        title=_of_content("title"),
        body=(*(_of_content(name) for name in TEXTS), OPTIONS, "r.withdrawn_because"),
        # A working text that was never submitted is for its authors (ProposalQuerySet.visible_to).
        role="CASE WHEN r.current_id IS NULL THEN r.author_role ELSE '' END",
        state="r.state",
        states=dict(ProposalState.choices),
        at="v.acted_at",
        joins=f"""{OF_PROJECT}
          LEFT JOIN public.governance_proposaldraft d ON d.proposal_id = r.id
          LEFT JOIN public.governance_proposalrevision v ON v.id = r.current_id""",
        url="governance:dossier:dossier",
        followed={
            "governance.ProposalDraft": "NEW.proposal_id",
            "governance.ProposalRevision": "NEW.proposal_id",
        },
    ),
    Source(
        "decision",
        "governance.Decision",
        _("Decision"),
        _("Decisions"),
        code=f"p.prefix || 'D-' || {number('r.number')}",
        title="v.title",
        body=("v.question", "r.reasons", "r.why_not", "v.recommendation", "v.context"),
        state="r.outcome",
        states=dict(Outcome.choices),
        at="r.acted_at",
        joins=f"{OF_PROJECT} JOIN public.governance_proposalrevision v ON v.id = r.revision_id",
        url="governance:records:decision_record",
    ),
    Source(
        "condition",
        "governance.Condition",
        _("Condition"),
        _("Conditions"),
        code=f"p.prefix || 'D-' || {number('c.number')}",
        title="r.text",
        body=("r.proof", "r.waived_because"),
        project="c.project_id",
        state="r.state",
        states=dict(ConditionState.choices),
        at="c.acted_at",
        joins="""JOIN public.governance_decision c ON c.id = r.decision_id
          JOIN public.projects_project p ON p.id = c.project_id""",
        url="governance:records:decision_record",
        page="r.decision_id",
    ),
    Source(
        "todo",
        "governance.Action",
        _("Action"),
        _("Actions"),
        code=f"'ACT-' || {number('r.number')}",
        title="r.text",
        body=("r.outcome",),
        state="r.state",
        states=dict(ActionState.choices),
        at=day("r.due_on"),
        url="governance:actions:action",
    ),
    Source(
        "session",
        "governance.Session",
        pgettext_lazy("body", "Session"),
        pgettext_lazy("body", "Sessions"),
        code="b.name || ' ' || r.number",
        title="b.name || ' ' || r.number",
        # What a free item says. What is noted of a row is for those who may read that row.
        body=(
            "r.place",
            """(SELECT string_agg(concat_ws(E'\\n', i.title, nullif(i.note, '')), E'\\n' ORDER BY i.place)
             FROM public.governance_sessionitem i WHERE i.session_id = r.id AND i.source = '')""",
        ),
        state="r.state",
        states=dict(SessionState.choices),
        at=day("r.day"),
        joins="JOIN public.governance_body b ON b.id = r.body_id",
        url="governance:sittings:session",
        followed={
            "governance.SessionItem": "NEW.session_id",
            "governance.Body": "ANY (SELECT s.id FROM public.governance_session s WHERE s.body_id = NEW.id)",
        },
    ),
    Source(
        "earlier",
        "governance.EarlierDecision",
        _("Earlier decision"),
        _("Earlier decisions"),
        code="r.number",
        title="r.title",
        body=("r.reasons", "r.signatory", "r.file"),
        state="r.outcome",
        states=dict(Outcome.choices),
        at=day("r.decided_on"),
        url="governance:earlier_decisions:earlier_decision",
    ),
    Source(
        "document",
        "projects.Document",
        _("Document"),
        _("Documents"),
        title="r.name",
        at="(SELECT max(n.acted_at) FROM public.projects_documentversion n WHERE n.document_id = r.id)",
        body=(
            """(SELECT string_agg(n.file_name || coalesce(E'\\n' || nullif(n.why, ''), ''), E'\\n' ORDER BY n.number)
             FROM public.projects_documentversion n WHERE n.document_id = r.id)""",
            TEXT_OF_DOCUMENT,
        ),
        url="governance:evidence:project_documents",
        by="code",
        anchor="row-{row}",
        followed={"projects.DocumentVersion": "NEW.document_id"},
    ),
)
STARTS += [
    Start(_("Write a proposal"), "governance:proposals:proposal_new", "governance.propose"),
    Start(_("Add an action"), "governance:actions:action_new", "governance.give_action"),
    Start(_("Prepare a session"), "governance:sittings:session_new", "governance.write_session"),
]
