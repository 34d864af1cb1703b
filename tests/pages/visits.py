"""List one visit per page, and build the fields of each act as the contract of the scenario names them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from amoa.imports.services import start
from amoa.models import (
    AcceptanceTest,
    AdoptionIndicator,
    CommunicationAction,
    Deliverable,
    FeedbackItem,
    ImportJob,
    Question,
    Requirement,
    TrainingSession,
)
from amoa.requirements.grid_views import RequirementGridView
from core.history import version_of
from core.tables.words import digest
from demo.scenarios import loader
from governance.decide.decisions.supersede import item_key, list_dependents
from governance.decide.obligations.missed import list_missed
from governance.life.actions.services import write_action
from governance.models import Condition, EarlierDecision, Proposal, SealBreak
from governance.record.earlier_decisions.queries import read_list
from pmo.models import (
    BudgetLine,
    Indicator,
    LessonLearned,
    LibraryEntry,
    Review,
    Risk,
    RiskAction,
    StandardVersion,
)
from pmo.steering.dashboards.drilldown import LISTINGS
from projects.imports.services import stop
from projects.models import (
    Delegation,
    Document,
    ListImport,
    OrganisationLink,
    Project,
    RecipientGroup,
)
from projects.people.addresses.enums import Side
from projects.people.addresses.links import build_answer_link
from projects.people.addresses.services import ask_address, propose_address
from projects.people.administrators.links import build_objection_link
from projects.people.administrators.services import end_administrator
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import give_credential
from projects.people.replacements.links import build_objection_link as build_seat_objection_link
from projects.people.replacements.services import ask_closing, object_to_replacement, propose_owner
from projects.people.vouching.services import ask_vouch
from projects.seats.role_templates.services import new_version
from roles.models import MethodPack, Organisation, RoleTemplate, User
from roles.role_templates.catalogue import dump_pack, pack_of
from tests.addresses import full_name
from tests.amoa.imports import factories as imports_files
from tests.pmo.standards.conformity import checked_standards
from tests.projects.imports import factories as list_files
from tests.requests.contract import acts

Key = Callable[[str], Proposal]
HTTP = {"GET": "get", "POST": "post"}


class Sent:
    """An uploaded file that can be sent again."""

    def __init__(self, name: str, text: str | bytes) -> None:
        self.name, self.bytes = name, text.encode() if isinstance(text, str) else text

    def read(self) -> bytes:
        """Read the whole file."""
        return self.bytes


@cache
def _acts() -> dict[str, dict[str, Any]]:
    return acts(loader.read("cast"))


def conditions_of(proposal: Proposal) -> list[Condition]:
    """List the conditions of its decisions, in order."""
    return list(Condition.objects.filter(decision__proposal=proposal).order_by("pk"))


def document_of(proposal: Proposal) -> Document:
    """Return a document attached to its working text, else the first one of the cast."""
    attached = [int(file["document"]) for file in proposal.draft.attachments]
    return Document.objects.filter(pk__in=attached).first() or Document.objects.earliest("pk")


#: The rows of project one that addresses and forms name: its first ones, or the one in a state.
ROWS: dict[str, Callable[[Project], Any]] = {
    "interest": lambda one: one.interests.earliest("pk"),
    "mandate": lambda one: one.mandates.get(holder__email="moe@example.org"),  # not accepted yet
    "delegation": lambda one: Delegation.objects.get(mandate__project=one),
    "group": lambda one: one.recipient_groups.earliest("pk"),
    "communication": lambda one: one.communications.earliest("pk"),
    "training": lambda one: one.trainings.earliest("pk"),
    "indicator": lambda one: one.indicators.earliest("pk"),
    "feedback": lambda one: one.feedback.filter(answer="").earliest("pk"),
    "deliverable": lambda one: one.deliverables.earliest("pk"),
    "test": lambda one: one.tests.earliest("pk"),
    "campaign": lambda one: one.campaigns.get(closed_at=None),
    "defect": lambda one: one.defects.get(state="open"),
    "corrected": lambda one: one.defects.get(state="corrected"),
    "steering": lambda one: one.steering_indicators.earliest("pk"),
    "milestone": lambda one: one.milestones.get(actual_on=None),
    "line": lambda one: one.budget_lines.earliest("pk"),
    "criterion": lambda one: one.success_criteria.filter(state="approved").earliest("pk"),
    "proposed": lambda one: one.success_criteria.get(state="proposed"),
    "lesson": lambda one: one.lessons.earliest("pk"),
    "risk": lambda one: one.risks.get(code="OR-1"),
    "raised": lambda one: one.risks.get(code="OR-2"),
    "action": lambda one: one.risk_actions.earliest("pk"),
    "todo": lambda one: one.actions.earliest("pk"),
    "provider": lambda one: one.mandates.active().get(role__code="MOE").holder,
    "issue": lambda one: one.issues.filter(state="open").earliest("pk"),
    "standard": lambda one: one.standards.get(code="STD-LOG"),
    "standard_version": lambda one: StandardVersion.objects.get(
        standard__project=one, standard__code="STD-LOG", state="draft"
    ),
    "entry": lambda one: LibraryEntry.objects.filter(project=one).earliest("pk"),
    "earlier": lambda one: EarlierDecision.objects.filter(project=one).earliest("pk"),
}


#: A risk as a spreadsheet copies it.
PASTED = (
    "Title\tCause\tEvent\tEffect\tCategory\tLikelihood\tImpact\n"
    "Crane\tIt is old.\tIt stops.\tThe works stop.\tbusiness\t2\t2"
)


def pk_of(name: str) -> int:
    """Return the key of this row of project one."""
    return int(ROWS[name](Project.objects.get(code="ONE")).pk)


def rows() -> dict[str, int]:
    """Map every name of `ROWS` to the key of its row."""
    one = Project.objects.get(code="ONE")
    return {name: find(one).pk for name, find in ROWS.items()}


#: The acts of conformity, which need a standard on project one (tests/pmo/standards/conformity/checked_standards.py).
ON_STANDARDS = ("check_conformity", "revoke_waiver", "close_waiver")
#: The acts that change a row of a workspace → its model: their form carries the version that was read.
CHANGING: dict[str, Any] = {
    "edit_group": RecipientGroup,
    "edit_communication": CommunicationAction,
    "edit_training": TrainingSession,
    "edit_indicator": AdoptionIndicator,
    "edit_deliverable": Deliverable,
    "edit_test": AcceptanceTest,
    "write_tests": AcceptanceTest,
    "edit_steering": Indicator,
    "edit_budget_line": BudgetLine,
    "reword_lesson": LessonLearned,
    "assess_risk": Risk,
    "edit_risk_action": RiskAction,
    "edit_earlier": EarlierDecision,
}


def requirement(code: str = "ONE-001") -> Requirement:
    """Return a need or requirement of project one; ONE-001 is approved, ONE-002 was changed since."""
    return Requirement.objects.get(project__code="ONE", code=code)


def question() -> Question:
    """Return the open question to the provider about ONE-002."""
    return Question.objects.open().get(project__code="ONE", requirement__code="ONE-002")


def published_role() -> dict[str, Any]:
    """Map the parameters of the catalogue's addresses: a pack, a published role, one of its responsibilities."""
    role = RoleTemplate.objects.get(pack="fr", code="AMOA", state="published")
    return {"pack": "fr", "template_id": role.pk, "duty_id": role.responsibilities.earliest("pk").pk}


#: Act → the row whose version its form carries.
VERSIONS: dict[str, Callable[[Project], Any]] = {
    **dict.fromkeys(("edit_facts", "switch_workspaces", "sign_decisions"), lambda one: one),
    "edit_entry": ROWS["entry"],
    "edit_standard": ROWS["standard_version"],
    "edit_milestone": ROWS["milestone"],
    "reword_criterion": ROWS["proposed"],
    "edit_risk": ROWS["raised"],
    "edit_campaign": ROWS["campaign"],
    **dict.fromkeys(("edit_action", "settle_action"), ROWS["todo"]),
}


def act(
    name: str, proposal: Proposal | None = None, /, *, then: bool = True, **changes: Any
) -> tuple[str, dict[str, Any]]:
    """Return address and fields of an act on `proposal`; without `then` an act with a review stops at the review."""
    described = _acts()[name]
    fields = described["fields"] | (described.get("then", {}) if then else {})
    reads = _reads(name) | (_reads_of(proposal) if proposal else {})
    texts = [described["url"], *fields, *fields.values()]
    values = {key: reads[key]() for key in set(re.findall(r"\{(\w+)\}", " ".join(texts)))}
    filled = {_filled(key, values): _filled(text, values) for key, text in fields.items()}
    files = {key: Sent(*file) for key, file in described.get("files", {}).items()}
    return _filled(described["url"], values), filled | files | changes


def _reads(name: str) -> dict[str, Callable[[], Any]]:
    """Map the words in braces of an act to the reads of their values: an act names few of them."""
    one = Project.objects.get(code="ONE")
    return {
        **{row: lambda row=row: ROWS[row](one).pk for row in ROWS},  # type: ignore[misc]
        "project": lambda: "ONE",
        "version": lambda: 0,
        "requirement": lambda: requirement().pk,
        "question": lambda: question().pk,
        "seen": lambda: _version(name, one),
        "earlier_list": lambda: read_list(one),
        "missed": lambda: list_missed(one, "MOE")[0].place,
        "checkpoint": lambda: checked_standards.of_the_cast()["checkpoint"],
        "waiver": lambda: checked_standards.of_the_cast()["waiver"],
    }


def _version(name: str, one: Project) -> str:
    """Return the version that the form of an act carries, of an approved requirement unless it changes another row."""
    if name in VERSIONS:
        return version_of(VERSIONS[name](one))
    if name in CHANGING:
        return version_of(CHANGING[name].objects.filter(project=one).earliest("pk"))
    return requirement().changed_at.isoformat()


def _reads_of(proposal: Proposal) -> dict[str, Callable[[], Any]]:
    """Map the words in braces of an act on this proposal to the reads of their values."""
    replaced = proposal.replaces
    submitted = proposal.project.proposals.filter(state="submitted")
    return {
        "project": lambda: proposal.project.code,
        "proposal": lambda: proposal.pk,
        "version": lambda: proposal.draft.version,
        "fingerprint": lambda: proposal.current.hash if proposal.current else "",
        "condition": lambda: next((condition.pk for condition in conditions_of(proposal)), 0),
        "document": lambda: document_of(proposal).pk,
        "decision": lambda: proposal.answer.pk if proposal.answer else 0,
        "change": lambda: getattr(SealBreak.objects.filter(decision__proposal=proposal).last(), "pk", 0),
        "rests_on": lambda: next(map(item_key, list_dependents(replaced, proposal)), "") if replaced else "",
        "other": lambda: getattr(submitted.first(), "pk", 0),
    }


def _filled(text: str, values: dict[str, Any]) -> str:
    today = timezone.localdate()
    text = re.sub(r"\{today\+(\d+)\}", lambda found: str(today + timedelta(int(found[1]))), text)
    return re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), text)


@dataclass(frozen=True)
class Visit:
    """One request of one member of the cast."""

    member: str
    path: str
    method: str = "GET"
    fields: dict[str, Any] = field(default_factory=dict)
    status: int = 200

    def by(self, client: Any, **options: Any) -> HttpResponse:
        """Request it with this client."""
        response: HttpResponse = getattr(client, HTTP[self.method])(self.path, self.fields or None, **options)
        return response


def visits(proposal: Key) -> Iterator[tuple[str, Visit]]:
    """Yield every page of the product by name: lists, dossiers in each state, forms, reviews, refusals."""
    one = ["ONE"]
    ready, draft, submitted = proposal("ready_for_decision"), proposal("draft"), proposal("submitted")
    yield "sign_in", Visit("anonymous", reverse("account_login"))
    yield "sign_in_refused", Visit("anonymous", reverse("account_login"), "POST", {"login": "x", "password": ""})
    yield "sign_in_link", Visit("anonymous", reverse("account_sign_in_link"))
    yield "sign_in_link_refused", Visit("anonymous", reverse("account_sign_in_link"), "POST", {"email": ""}, 422)
    yield "sign_in_link_unknown", Visit("anonymous", reverse("account_sign_in_from_here", args=["x"]))
    yield "verify", Visit("anonymous", reverse("governance:verification:verify"))
    yield "password_reset", Visit("anonymous", reverse("account_reset_password"))
    yield "password_reset_sent", Visit("anonymous", reverse("account_reset_password_done"))
    yield "password_key_unknown", Visit("anonymous", "/password/reset/1-set-password/")
    yield "password_changed", Visit("anonymous", reverse("account_reset_password_from_key_done"))
    wrong = {"reauthenticate-password": "wrong"}
    yield (
        "reauthentication_refused",
        Visit("owner", act("decide", ready)[0], "POST", act("decide", ready)[1] | wrong, 403),
    )
    yield "sign_out", Visit("pmo", reverse("account_logout"))
    yield "inbox_owner", Visit("owner", reverse("governance:inbox:inbox"))
    yield "inbox_adviser", Visit("pmo", reverse("governance:inbox:inbox"))
    yield "inbox_by_project", Visit("pmo", f"{reverse('governance:inbox:inbox')}?group=project&when=later")
    yield "inbox_no_match", Visit("pmo", f"{reverse('governance:inbox:inbox')}?kind=vouches")
    unanswered = FeedbackItem.objects.filter(project__code="ONE", answer="").latest("pk")
    snoozing = f"{reverse('governance:inbox:task_snooze')}?task=feedback-{unanswered.pk}"
    yield "task_snooze", Visit("amoa", snoozing)
    yield "task_snooze_refused", Visit("amoa", snoozing, "POST", {"until": "2001-01-01"}, 422)
    yield "inbox_empty", Visit("outsider", reverse("governance:inbox:inbox"))
    mine = reverse("governance:calendar:my_calendar")
    yield "my_calendar", Visit("pmo", mine)
    yield "my_calendar_list", Visit("owner", f"{mine}?view=list&project=ONE")
    yield "my_calendar_roadmap", Visit("pmo", f"{mine}?view=year")
    yield "my_calendar_empty", Visit("outsider", f"{mine}?view=year&month=2001-02")
    yield "project_list", Visit("pmo", reverse("governance:project_tree:project_list"))
    yield (
        "project_list_found",
        Visit("pmo", f"{reverse('governance:project_tree:project_list')}?q=one&mine=held&sort=title"),
    )
    yield "search", Visit("owner", reverse("governance:search:search"))
    yield "search_found", Visit("owner", f"{reverse('governance:search:search')}?q=quay&kind=proposal&from=2026-01-01")
    yield "search_near", Visit("owner", f"{reverse('governance:search:search')}?q=berthh")
    yield "search_none", Visit("outsider", f"{reverse('governance:search:search')}?q=quay&project=ONE")
    yield "project_list_empty", Visit("outsider", reverse("governance:project_tree:project_list"))
    yield "project_home", Visit("owner", reverse("governance:home:project_home", args=one))
    yield "facts", Visit("owner", reverse("governance:facts:facts", args=one))
    yield "place", Visit("owner", reverse("governance:place:place", args=one))
    yield "facts_edit", Visit("owner", reverse("governance:facts:facts_edit", args=one))
    yield (
        "facts_refused",
        Visit(
            "owner",
            reverse("governance:facts:facts_edit", args=one),
            "POST",
            {"title_fr": "", "title_en": "", "language": "xx"},
            status=422,
        ),
    )
    yield "workspaces_switch", Visit("owner", reverse("governance:facts:workspaces_switch", args=one))
    yield "signing", Visit("owner", reverse("governance:facts:signing", args=one))
    yield "archive", Visit("owner", reverse("governance:facts:archive", args=one))
    yield "unarchive", Visit("owner", reverse("governance:facts:unarchive", args=one))
    yield "carry_over_list", Visit("owner", reverse("governance:carry_overs:carry_over_list", args=one))
    actions, seat = reverse("governance:actions:action_list", args=one), f"MOE-{pk_of('provider')}"
    due_on = timezone.localdate() + timedelta(days=9)
    given = write_action(
        actor=User.objects.get(email="amoa@example.org"),
        project=Project.objects.get(code="ONE"),
        fields={"text": "Count the lamps.", "seat": seat, "due_on": due_on},
    )
    yield "action_list", Visit("recipient", actions)
    yield "action_list_none", Visit("other_pmo", reverse("governance:actions:action_list", args=["THREE"]))
    yield "action_new", Visit("amoa", f"{actions}new/?from=pmo.risk-{pk_of('risk')}")
    yield "action_new_refused", Visit("amoa", f"{actions}new/", "POST", {"text": "Count."}, 422)
    yield "actions_grid", Visit("pmo", f"{actions}grid/")
    yield "actions_paste", Visit("pmo", f"{actions}paste/")
    yield "actions_paste_refused", Visit("pmo", f"{actions}paste/", "POST", {"pasted": "Action\nCount"}, 422)
    yield "actions_change", Visit("pmo", f"{actions}grid/change/", "POST", {"one": [given.pk]})
    yield "actions_undo_late", Visit("pmo", f"{actions}grid/undo/1/", "POST", {}, 409)
    yield "action", Visit("moe", given.get_absolute_url())
    yield "action_done", Visit("moe", reverse("governance:actions:action", args=[pk_of("todo")]))
    yield "action_edit", Visit("amoa", f"{given.get_absolute_url()}edit/")
    yield "action_settle", Visit("moe", f"{given.get_absolute_url()}settle/")
    yield (
        "action_settle_refused",
        Visit("moe", f"{given.get_absolute_url()}settle/", "POST", {"state": "dropped", "outcome": "."}, 422),
    )
    yield "session_list", Visit("pmo", reverse("governance:sittings:session_list", args=one))
    yield "session_new", Visit("pmo", reverse("governance:sittings:session_new", args=one))
    yield "body_new", Visit("pmo", f"{reverse('governance:bodies:body_new', args=one)}?kind=copil")
    yield "body_new_refused", Visit("pmo", reverse("governance:bodies:body_new", args=one), "POST", {"name": ""}, 422)
    yield "move_ask", Visit("owner", reverse("governance:moves:move_ask", args=one))
    yield "move_ask_refused", Visit("owner", reverse("governance:moves:move_ask", args=one), "POST", status=422)
    yield "project_home_without_owner", Visit("other_pmo", reverse("governance:home:project_home", args=["THREE"]))
    yield "project_home_not_launched", Visit("other_owner", reverse("governance:home:project_home", args=["TWO"]))
    yield "launch", Visit("recipient", reverse("governance:launch:launch", args=one))
    yield "launch_owner", Visit("other_owner", reverse("governance:launch:launch", args=["TWO"]))
    yield "launch_without_owner", Visit("other_pmo", reverse("governance:launch:launch", args=["THREE"]))
    yield "roles_adapt", Visit("pmo", reverse("governance:responsibilities:roles_adapt", args=one))
    for step in ("add", "drop", "hand-on", "rhythm", "take", "leave-out", "keep"):
        yield (
            f"roles_adapt_{step}",
            Visit("pmo", reverse("governance:responsibilities:roles_adapt_step", args=[*one, step])),
        )
    yield "roles_adapt_refused", Visit("pmo", *_post("adapt_roles", None, reason=""), 422)
    yield "roles_adapt_outdated", Visit("pmo", *_post("adapt_roles", None, base="0"), 409)
    yield "obligation_list", Visit("moe", reverse("governance:obligations:obligation_list", args=one))
    yield "obligation_list_owner", Visit("owner", reverse("governance:obligations:obligation_list", args=one))
    yield "obligation_list_empty", Visit("other_pmo", reverse("governance:obligations:obligation_list", args=["THREE"]))
    for step, member in (("fulfil", "moe"), ("excuse", "owner")):
        of_moe = [*one, "MOE", "MOE-10", "G4"]
        yield f"obligation_{step}", Visit(member, reverse(f"governance:obligations:obligation_{step}", args=of_moe))
        yield f"obligation_{step}_refused", Visit(member, *_post(step, None, note=".", reason="."), 422)
    for step, member in (("catch_up", "moe"), ("excuse_missed", "owner")):
        of_role = reverse(f"governance:obligations:obligation_{step}", args=[*one, "MOE"])
        yield f"obligation_{step}", Visit(member, of_role)
        yield f"obligation_{step}_refused", Visit(member, *_post(step, None, note=".", reason="."), 422)
    of_training = [*one, "DEST", "DEST-05", "G4"]
    yield (
        "obligation_evidence",
        Visit("amoa", reverse("governance:obligations:obligation_evidence", args=of_training)),
    )
    yield "obligation_check", Visit("amoa", reverse("governance:obligations:obligation_check", args=of_training))
    yield "obligation_check_refused", Visit("amoa", *_post("check_evidence", None, reason="."), 422)
    yield "register", Visit("recipient", reverse("governance:register:register", args=one))
    yield (
        "register_everywhere",
        Visit("owner", f"{reverse('governance:register:register_everywhere')}?against=yes&from=2020-01-01"),
    )
    yield "register_file", Visit("recipient", reverse("governance:register:register_file", args=[*one, "pdf"]))
    yield (
        "register_file_everywhere",
        Visit("owner", reverse("governance:register:register_file_everywhere", args=["docx"])),
    )
    yield "register_everywhere_empty", Visit("outsider", reverse("governance:register:register_everywhere"))
    as_of = "?as_of=2030-01-01&sort=title"
    yield "register_as_of", Visit("owner", reverse("governance:register:register", args=one) + as_of)
    yield from _visits_of_earlier_decisions()
    yield "register_empty", Visit("other_pmo", reverse("governance:register:register", args=["THREE"]))
    for key in ("decided", "conditions_open", "closed"):
        yield f"record_{key}", Visit("recipient", proposal(key).answer.get_absolute_url())
    yield "proposal_list", Visit("moe", reverse("governance:proposals:proposal_list", args=one))
    yield "proposal_new", Visit("amoa", reverse("governance:proposals:proposal_new", args=one))
    yield "proposal_new_refused", Visit("amoa", *_post("draft", None, title="", decide_by="tomorrow"), 422)
    yield "proposal_edit", Visit("amoa", reverse("governance:proposals:proposal_edit", args=[draft.pk]))
    yield "proposal_counter", Visit("pmo", reverse("governance:proposals:proposal_counter", args=[submitted.pk]))
    yield "proposal_evidence", Visit("amoa", reverse("governance:evidence:proposal_evidence", args=[draft.pk]))
    yield "proposal_evidence_none", Visit("amoa", reverse("governance:evidence:proposal_evidence", args=[submitted.pk]))
    yield "proposal_evidence_refused", Visit("amoa", *_post("add_evidence", draft, file=Sent("a.exe", b"MZ")), 422)
    attached = document_of(draft)
    yield (
        "evidence_replace",
        Visit("amoa", reverse("governance:evidence:evidence_replace", args=[draft.pk, attached.pk])),
    )
    yield "project_documents", Visit("owner", reverse("governance:evidence:project_documents", args=one))
    yield "project_documents_recipient", Visit("recipient", reverse("governance:evidence:project_documents", args=one))
    yield (
        "project_documents_empty",
        Visit("other_pmo", reverse("governance:evidence:project_documents", args=["THREE"])),
    )
    yield "project_documents_refused", Visit("pmo", *_post("add_document", ready, file=Sent("a.txt", b"")), 422)
    sealed = proposal("closed")
    yield (
        "document_replace",
        Visit("moe", reverse("governance:evidence:document_replace", args=[document_of(sealed).pk])),
    )
    yield "document_replace_refused", Visit("moe", *_post("replace_document", sealed, why=""), 422)
    yield "proposal_withdraw", Visit("amoa", reverse("governance:dossier:proposal_withdraw", args=[ready.pk]))
    for key in (
        "draft",
        "submitted",
        "under_review",
        "ready_for_decision",
        "decided",
        "conditions_open",
        "closed",
        "returned",
        "deferred",
        "withdrawn",
    ):
        yield f"dossier_{key}", Visit("amoa", proposal(key).get_absolute_url())
    for key in ("merged", "superseded", "superseding", "ready_binding", "late"):
        yield f"dossier_{key}", Visit("pmo", proposal(key).get_absolute_url())
    yield "dossier_owner_replaces", Visit("owner", proposal("ready_replacing").get_absolute_url())
    yield "dossier_owner_without_opinion", Visit("owner", proposal("late").get_absolute_url())
    yield "dossier_owner_decides", Visit("owner", ready.get_absolute_url())
    yield "dossier_delegate_decides", Visit("delegate", proposal("ready_minor").get_absolute_url())
    yield "dossier_owner_lifts", Visit("owner", proposal("conditions_open").get_absolute_url())
    yield "dossier_adviser_advises", Visit("pmo", submitted.get_absolute_url())
    yield "dossier_recipient", Visit("recipient", ready.get_absolute_url())
    yield "dossier_without_owner", Visit("other_pmo", proposal("ready_three").get_absolute_url())
    yield "dossier_history", Visit("recipient", reverse("governance:dossier:dossier_history", args=[ready.pk]))
    revised = proposal("revised")
    yield "revision_older", Visit("pmo", reverse("governance:dossier:dossier_revision", args=[revised.pk, 1]))
    yield "revision_newer", Visit("owner", reverse("governance:dossier:dossier_revision", args=[revised.pk, 2]))
    yield "decision_review", Visit("owner", *_post("decide", ready, then=False))
    yield "decision_incomplete", Visit("owner", *_post("decide", ready, reasons=" "), 422)
    yield "decision_review_replacing", Visit("owner", *_post("replace", proposal("ready_replacing"), then=False))
    yield (
        "decision_review_without_opinion",
        Visit("owner", *_post("decide_without_opinion", proposal("late"), then=False)),
    )
    yield "decision_review_merger", Visit("owner", *_post("merge", proposal("ready_over_cap"), then=False))
    yield "decision_without_its_fates", Visit("owner", *_post("decide", proposal("ready_replacing")), 422)
    open_ = conditions_of(proposal("conditions_open"))[0].pk
    yield "condition_prove", Visit("amoa", reverse("governance:dossier:condition_prove", args=[open_]))
    yield "condition_lift", Visit("owner", reverse("governance:dossier:condition_lift", args=[open_]))
    yield "condition_waive", Visit("owner", reverse("governance:dossier:condition_waive", args=[open_]))
    rejected = [proposal("rejected").answer.pk]
    yield "decision_dispute", Visit("owner", reverse("governance:disputes:decision_dispute", args=rejected))
    yield "dispute_link_refused", Visit("anonymous", reverse("governance:disputes:decision_dispute_link", args=["x"]))
    changed = [proposal("closed").answer.pk]
    yield "review_after_a_change", Visit("owner", reverse("governance:decision_reviews:decision_review", args=changed))
    looked = proposal("baseline_one")
    page = reverse("governance:second_look:second_look", args=[looked.answer.pk])
    yield "second_look", Visit("owner", page)
    yield "second_look_refused", Visit("owner", *_post("look_back", looked, reasons=" "), 422)
    yield "second_looks", Visit("pmo", reverse("governance:second_look:second_looks", args=one))
    yield "condition_unproved", Visit("owner", *_post("lift", proposal("conditions_open"), proof=" "), 422)
    binding = proposal("ready_binding")
    yield "binding_opinion", Visit("pmo", reverse("governance:dossier:proposal_note_binding", args=[binding.pk]))
    yield "binding_opinion_incomplete", Visit("pmo", *_post("note_binding", binding, reference=""), 422)
    yield "proposal_new_budget", Visit("amoa", *_post("draft", None, kind="budget", choose_kind="1"))
    yield "proposal_new_appointment", Visit("amoa", *_post("draft", None, kind="appointment", choose_kind="1"))
    yield "proposal_new_delegation", Visit("amoa", *_post("draft", None, kind="delegation", choose_kind="1"))
    yield "opinion_review", Visit("pmo", *_post("advise", submitted, then=False))
    yield "opinion_incomplete", Visit("pmo", *_post("advise", submitted, reasons=" "), 422)
    yield "mandate_list", Visit("owner", reverse("projects:mandates:mandate_list", args=one))
    yield "mandate_list_holder", Visit("moe", reverse("projects:mandates:mandate_list", args=one))
    yield "mandate_list_without_owner", Visit("other_pmo", reverse("projects:mandates:mandate_list", args=["THREE"]))
    for name in ("mandate_appoint", "mandate_name_owner", "delegation_new"):
        yield name, Visit("owner", reverse(full_name(name), args=one))
    yield "mandate_appoint_refused", Visit("owner", *_post("appoint", None, email="nobody@example.org"), 422)
    yield "mandate_appoint_matches", Visit("owner", *_post("appoint", None, email="an"), 422)
    yield (
        "mandate_competence",
        Visit("moe", reverse("projects:mandates:mandate_competence", args=[pk_of("mandate")])),
    )
    yield "mandate_decline", Visit("moe", reverse("projects:mandates:mandate_decline", args=[pk_of("mandate")]))
    yield "mandate_accept", Visit("moe", reverse("projects:mandates:mandate_accept", args=[pk_of("mandate")]))
    yield "mandate_end", Visit("owner", reverse("projects:mandates:mandate_end", args=[pk_of("mandate")]))
    yield "mandate_end_review", Visit("owner", *_post("end_mandate", None, then=False))
    yield "delegation_review", Visit("owner", *_post("delegate", None, then=False))
    yield "mandate_name_owner_review", Visit("owner", *_post("name_owner", None, then=False))
    yield (
        "delegation_revoke",
        Visit("owner", reverse("projects:mandates:delegation_revoke", args=[pk_of("delegation")])),
    )
    roles = reverse("governance:responsibilities:responsibilities", args=one)
    yield "responsibilities", Visit("owner", roles)
    yield "responsibilities_rasci", Visit("recipient", f"{roles}?view=rasci&line=BUDGET")
    yield (
        "responsibilities_without_owner",
        Visit("other_pmo", reverse("governance:responsibilities:responsibilities", args=["THREE"])),
    )
    compare = reverse("governance:responsibilities:role_compare", args=one)
    listed = reverse("governance:responsibilities:responsibility_list", args=one)
    yield "responsibility_list", Visit("recipient", listed)
    yield "responsibility_list_family", Visit("pmo", f"{listed}?family=control")
    yield "role_compare", Visit("recipient", compare)
    yield "role_compare_others", Visit("owner", f"{compare}?left=MOA&right=MOE")
    yield "role_compare_refused", Visit("pmo", f"{compare}?left=PMO&right=PMO", status=422)
    yield from _requirements()
    yield "interests", Visit("owner", reverse("projects:interests:interests", args=one))
    yield "interests_recipient", Visit("recipient", reverse("projects:interests:interests", args=one))
    yield "interests_none", Visit("other_pmo", reverse("projects:interests:interests", args=["THREE"]))
    yield "bidder_note", Visit("pmo", reverse("projects:interests:bidder_note", args=one))
    yield "bidder_note_refused", Visit("pmo", *_post("note_bidder", None, organisation=" "), 422)
    yield "bidder_note_review", Visit("owner", *_post("note_bidder", None, then=False))
    yield "interest_declare", Visit("moe", reverse("projects:interests:interest_declare", args=one))
    yield "interest_declare_refused", Visit("moe", *_post("declare_interest", None, tie=""), 422)
    yield "interest_declare_review", Visit("moe", *_post("declare_interest", None, then=False))
    yield (
        "interest_settle",
        Visit("owner", reverse("projects:interests:interest_settle", args=[pk_of("interest")])),
    )
    yield "interest_settle_refused", Visit("owner", *_post("settle_interest", None, because=""), 422)
    yield "interest_settle_review", Visit("owner", *_post("settle_interest", None, ruling="leaves", then=False))
    traced = reverse("amoa:traceability:traceability", args=one)
    yield "traceability", Visit("recipient", traced)
    yield "traceability_alert", Visit("owner", f"{traced}?alert=must_not_covered&q=dock")
    yield "trace_path", Visit("moe", reverse("amoa:traceability:trace_path", args=["requirement", requirement().pk]))
    yield "baseline_list", Visit("recipient", reverse("amoa:requirements:baseline_list", args=one))
    yield "baseline_list_empty", Visit("other_pmo", reverse("amoa:requirements:baseline_list", args=["THREE"]))
    yield "baseline", Visit("owner", reverse("amoa:requirements:baseline", args=["ONE", 1]))
    freeze = reverse("amoa:requirements:baseline_freeze", args=one)
    yield "specification", Visit("recipient", reverse("amoa:specification:specification", args=one))
    yield "specification_none", Visit("other_pmo", reverse("amoa:specification:specification", args=["THREE"]))
    of_baseline = reverse("amoa:specification:baseline_specification", args=["ONE", 1])
    yield "baseline_specification", Visit("owner", f"{of_baseline}?order=lot")
    yield "baseline_freeze", Visit("amoa", freeze)
    yield "baseline_freeze_refused", Visit("amoa", freeze, "POST", {"reason": "x" * 301}, 422)
    yield "baseline_freeze_outdated", Visit("amoa", *_post("freeze_baseline", None, seen="0"), 409)
    yield "liaison", Visit("recipient", reverse("amoa:questions:liaison", args=one))
    yield "liaison_all", Visit("moe", reverse("amoa:questions:liaison", args=one) + "?show=all")
    yield "liaison_none", Visit("other_pmo", reverse("amoa:questions:liaison", args=["THREE"]))
    yield "question_ask", Visit("moe", reverse("amoa:questions:question_ask", args=[requirement().pk]))
    yield "question_ask_refused", Visit("moe", *_post("ask", None, text=" "), 422)
    yield "question_answer", Visit("moe", reverse("amoa:questions:question_answer", args=[question().pk]))
    yield "question_answer_refused", Visit("moe", *_post("answer", None, text=""), 422)
    yield "estimate_give", Visit("moe", reverse("amoa:questions:estimate_give", args=[requirement().pk]))
    yield "estimates", Visit("moe", reverse("amoa:questions:estimates", args=one))
    many = {f"r{requirement().pk}-days": "many", f"r{requirement().pk}-version": "1"}
    yield "estimates_refused", Visit("moe", reverse("amoa:questions:estimates", args=one), "POST", many, 422)
    yield "estimate_give_refused", Visit("moe", *_post("estimate", None, days="many", cost="", note=""), 422)
    yield "inbox_provider", Visit("moe", reverse("governance:inbox:inbox"))
    who = reverse("projects:mandates:authority", args=one)
    yield "authority", Visit("recipient", f"{who}?kind=minor_change&amount=30000")
    yield "authority_nobody", Visit("pmo", f"{who}?on=2001-02-03&at=14:30&kind=gate")
    yield "authority_refused", Visit("pmo", f"{who}?on=soon&amount=much", status=422)
    yield from _opening()
    yield from _referential()
    yield from _dashboards()
    yield "permissions", Visit("recipient", reverse("governance:permissions:permissions", args=one))
    every = "?kind=minor_change&author=MOE&state=ready_for_decision"
    yield "permissions_delegated", Visit("owner", reverse("governance:permissions:permissions", args=one) + every)
    yield (
        "permissions_refused",
        Visit("pmo", reverse("governance:permissions:permissions", args=one) + "?kind=whim", status=422),
    )
    yield "permissions_without_owner", Visit("other_pmo", reverse("governance:permissions:permissions", args=["THREE"]))
    yield "permissions_mine", Visit("moe", reverse("governance:permissions:permissions_mine", args=one))
    yield "permissions_mine_delegate", Visit("delegate", reverse("governance:permissions:permissions_mine", args=one))
    yield "permissions_mine_future", Visit("future_owner", reverse("governance:permissions:permissions_mine", args=one))
    yield from _change(proposal)
    yield from _acceptance()
    yield from _library()
    yield from _risks()
    yield from _imports()
    yield from _lists()
    yield from _steering()
    yield from _conformity()
    yield "notification_list", Visit("owner", reverse("projects:notices:notification_list"))
    yield "error_403", Visit("recipient", reverse("governance:dossier:proposal_decide", args=[ready.pk]), status=403)
    yield "error_404", Visit("owner", "/proposals/999999/", status=404)
    yield "error_409", Visit("owner", *_post("decide", ready, fingerprint="0" * 64), 409)


def _change(proposal: Key) -> Iterator[tuple[str, Visit]]:
    """Yield recipients, the change plan, the calendar: pages, forms, refusals."""
    one, found = ["ONE"], rows()

    def to(name: str, *args: Any) -> str:
        return reverse(full_name(name), args=args)

    yield "recipient_list", Visit("recipient", to("recipient_list", *one))
    yield "recipient_list_writer", Visit("amoa", to("recipient_list", *one))
    yield "recipient_list_none", Visit("other_pmo", to("recipient_list", "THREE"))
    yield "recipient", Visit("owner", to("recipient", found["group"]))
    yield "recipients_grid", Visit("amoa", to("recipients_grid", *one))
    yield "recipients_change", Visit("amoa", to("recipients_change", *one), "POST", {"one": [found["group"]]})
    yield "recipients_undo_late", Visit("amoa", to("recipients_undo", *one, 1), "POST", {}, 409)
    yield "recipient_new", Visit("amoa", to("recipient_new", *one))
    yield "recipient_new_refused", Visit("amoa", *_post("describe_group", None, name=""), 422)
    yield "recipient_edit", Visit("amoa", to("recipient_edit", found["group"]))
    yield "recipient_edit_outdated", Visit("amoa", *_post("edit_group", None, seen="0"), 409)
    for part in ("plan", "communications", "trainings", "feedback", "adoption"):
        yield f"change_{part}", Visit("recipient", to(f"change_{part}", *one))
        yield f"change_{part}_writer", Visit("amoa", to(f"change_{part}", *one))
        yield f"change_{part}_none", Visit("other_pmo", to(f"change_{part}", "THREE"))
    yield "change_plan_version", Visit("owner", to("change_plan_version", *one, 1))
    yield "change_plan_freeze", Visit("amoa", to("change_plan_freeze", *one))
    yield "change_impact_write", Visit("amoa", to("change_impact_write", *one))
    known = f"{to('change_impact_write', *one)}?group={found['group']}&aspect=tool"
    yield "change_impact_write_known", Visit("amoa", known)
    for name in ("communication", "training", "indicator"):
        yield f"change_{name}_new", Visit("amoa", to(f"change_{name}_new", *one))
        yield f"change_{name}_edit", Visit("amoa", to(f"change_{name}_edit", found[name]))
    refused = {"due_on": "", "after": "999"}
    yield "change_communication_refused", Visit("amoa", *_post("write_communication", None, **refused), 422)
    yield "change_reading_add", Visit("amoa", to("change_reading_add", found["indicator"]))
    yield "feedback_new", Visit("recipient", to("feedback_new", *one))
    yield "feedback_new_refused", Visit("recipient", *_post("give_feedback", None, text=""), 422)
    yield "feedback_answer", Visit("amoa", to("feedback_answer", found["feedback"]))
    yield "calendar", Visit("recipient", to("calendar", *one))
    yield "calendar_empty", Visit("other_pmo", f"{to('calendar', 'THREE')}?month=2001-02")


def _library() -> Iterator[tuple[str, Visit]]:
    """Yield the standards library: its lists, a standard in force and as a draft, their difference, the forms."""
    one, found = ["ONE"], rows()

    def to(name: str, *args: Any) -> str:
        return reverse(full_name(name), args=args)

    yield "standard_list", Visit("recipient", to("standard_list", *one))
    yield "standard_list_keeper", Visit("pmo", to("standard_list", *one))
    yield "standard_list_filtered", Visit("owner", to("standard_list", *one) + "?family=risk&state=adopted")
    yield "standard_list_none", Visit("other_pmo", to("standard_list", "THREE"))
    yield "standard", Visit("recipient", to("standard", found["standard"]))
    yield "standard_keeper", Visit("pmo", to("standard", found["standard"]))
    yield "standard_draft", Visit("pmo", to("standard", found["standard"]) + "?version=2")
    yield "standard_differences", Visit("owner", to("standard_differences", found["standard"]))
    yield "standard_differences_back", Visit("amoa", to("standard_differences", found["standard"]) + "?from=2&to=1")
    yield "standard_new", Visit("pmo", to("standard_new", *one))
    yield "standard_new_refused", Visit("pmo", *_post("new_standard", None, code="STD-LOG"), 422)
    yield "standard_new_checkpoint", Visit("pmo", *_post("new_standard", None, add_checkpoint="1"))
    yield "standard_edit", Visit("pmo", to("standard_edit", found["standard_version"]))
    refused = {"checkpoints-0-text_en": "", "title_fr": ""}
    yield "standard_edit_refused", Visit("pmo", *_post("edit_standard", None, **refused), 422)
    yield "standard_edit_outdated", Visit("pmo", *_post("edit_standard", None, seen="0"), 409)
    adopted = StandardVersion.objects.get(standard=found["standard"], state="adopted")
    yield "standard_edit_adopted", Visit("pmo", to("standard_edit", adopted.pk), status=409)
    yield "library_entries", Visit("recipient", to("library_entries", *one))
    yield "library_entries_keeper", Visit("pmo", to("library_entries", *one))
    yield "library_entries_none", Visit("other_pmo", to("library_entries", "THREE") + "?family=risk")
    yield "library_entry_new", Visit("pmo", to("library_entry_new", *one))
    yield "library_entry_refused", Visit("pmo", *_post("write_entry", None, text_fr="", link="not a link"), 422)
    yield "library_entry_edit", Visit("pmo", to("library_entry_edit", found["entry"]))
    yield "library_entry_outdated", Visit("pmo", *_post("edit_entry", None, seen="0"), 409)
    yield "proposal_new_standards", Visit("pmo", to("proposal_new", *one) + "?kind=standard_adoption")


def _steering() -> Iterator[tuple[str, Visit]]:
    """Yield weather, indicators, schedule, budget, success criteria, lessons: pages, forms, refusals, empty lists."""
    one, found = ["ONE"], rows()

    def to(name: str, *args: Any) -> str:
        return reverse(full_name(name), args=args)

    for name in ("weather", "steering_indicators", "schedule", "means", "success", "benefits", "lessons"):
        yield name, Visit("recipient", to(name, *one))
        yield f"{name}_writer", Visit("pmo", to(name, *one))
        yield f"{name}_none", Visit("other_pmo", to(name, "THREE" if name != "schedule" else "TWO"))
    yield "schedule_dependency", Visit("other_pmo", to("schedule", "THREE"))
    yield "weather_publish", Visit("pmo", to("weather_publish", *one))
    yield "weather_of_round", Visit("pmo", to("weather_of_round", *one))
    yield "weather_of_round_refused", Visit("pmo", to("weather_of_round", *one), "POST", {"comment": ""}, 422)
    yield "weather_publish_refused", Visit("pmo", *_post("publish_weather", None, reason="", comment=""), 422)
    yield "steering_indicator_new", Visit("pmo", to("steering_indicator_new", *one))
    yield "steering_indicator_refused", Visit("pmo", *_post("follow_indicator", None, amber="50"), 422)
    yield "steering_indicator_edit", Visit("pmo", to("steering_indicator_edit", found["steering"]))
    yield "steering_reading_add", Visit("pmo", to("steering_reading_add", found["steering"]))
    yield "steering_import", Visit("pmo", to("steering_import", *one))
    table = Sent("values.csv", f"code;date;value\nNOISE;{timezone.localdate()};4\n")
    wrong = Sent("values.csv", "code;date;value\nNOISE;soon;4\nNONE;2026-01-02;much\n")
    yield "steering_import_checked", Visit("pmo", to("steering_import", *one), "POST", {"file": table})
    yield "steering_import_refused", Visit("pmo", to("steering_import", *one), "POST", {"file": wrong}, 422)
    yield "milestone_new", Visit("pmo", to("milestone_new", *one))
    grid, cell = to("milestones_grid", *one), f"r{found['milestone']}"
    yield "milestones_grid", Visit("pmo", grid)
    yield "milestones_grid_outdated", Visit("pmo", grid, "POST", {f"{cell}-seen": "0"}, 409)
    ticked = {"one": [found["milestone"]]}
    yield "milestones_change", Visit("pmo", to("milestones_change", *one), "POST", ticked)
    changed = ticked | {"fields": "1", "forecast_on": "2031-05-05"}
    yield "milestones_change_partly", Visit("pmo", to("milestones_change", *one), "POST", changed)
    yield "milestones_undo_late", Visit("pmo", to("milestones_undo", *one, 1), "POST", {}, 409)
    yield "milestone_edit", Visit("pmo", to("milestone_edit", found["milestone"]))
    yield "milestone_forecast", Visit("pmo", to("milestone_forecast", found["milestone"]))
    yield "milestone_forecast_refused", Visit("pmo", *_post("forecast", None, reason=""), 422)
    yield "dependencies_confirm", Visit("other_pmo", to("dependencies_confirm", "THREE"))
    yield "dependency_new", Visit("other_pmo", to("dependency_new", "THREE"))
    yield "budget_line_new", Visit("pmo", to("budget_line_new", *one))
    yield "budget_lines_grid", Visit("pmo", to("budget_lines_grid", *one))
    ticked = {"one": [found["line"]], "fields": "1"}
    yield "budget_lines_change_refused", Visit("pmo", to("budget_lines_change", *one), "POST", ticked, 422)
    yield "budget_lines_undo_late", Visit("pmo", to("budget_lines_undo", *one, 1), "POST", {}, 409)
    yield "budget_line_edit", Visit("pmo", to("budget_line_edit", found["line"]))
    yield "criterion_new", Visit("pmo", to("criterion_new", *one))
    yield "criterion_new_refused", Visit("pmo", *_post("propose_criterion", None, target=""), 422)
    yield "benefit_new", Visit("amoa", to("benefit_new", *one))
    yield "criterion_edit", Visit("pmo", to("criterion_edit", found["proposed"]))
    yield "criterion_drop", Visit("pmo", to("criterion_drop", found["proposed"]))
    yield "criterion_measure", Visit("amoa", to("criterion_measure", found["criterion"]))
    yield "criteria_freeze", Visit("pmo", to("criteria_freeze", *one))
    yield "view_list", Visit("pmo", f"{to('view_list')}?path={to('risk_list', *one)}")
    yield "lesson_list", Visit("recipient", to("lesson_list"))
    yield "lesson_list_found", Visit("recipient", to("lesson_list") + "?q=lamps&family=supplier")
    yield "lesson_list_nothing", Visit("outsider", to("lesson_list") + "?q=lamps")
    yield "lesson_new", Visit("recipient", to("lesson_new", *one))
    yield "lesson_edit", Visit("moe", to("lesson_edit", found["lesson"]))


def _acceptance() -> Iterator[tuple[str, Visit]]:
    """Yield acceptance: the overview, the grid of a campaign, its report, a test, a defect in each state, the forms."""
    one, found = ["ONE"], rows()
    project = Project.objects.get(code="ONE")
    closed = project.campaigns.exclude(closed_at=None).get()

    def to(name: str, *args: Any) -> str:
        return reverse(full_name(name), args=args)

    yield "acceptance", Visit("recipient", to("acceptance", *one))
    yield "acceptance_tester", Visit("amoa", to("acceptance", *one))
    yield "acceptance_none", Visit("other_pmo", to("acceptance", "THREE"))
    yield "acceptance_test", Visit("owner", to("acceptance_test", found["test"]))
    yield "acceptance_test_unrun", Visit("amoa", to("acceptance_test", project.tests.get(code="T-003").pk))
    yield "acceptance_test_new", Visit("amoa", to("acceptance_test_new", *one) + "?requirement=ONE-001&criterion=2")
    yield "acceptance_test_refused", Visit("amoa", *_post("write_test", None, requirement="ONE-999"), 422)
    yield "acceptance_test_edit", Visit("amoa", to("acceptance_test_edit", found["test"]))
    yield "acceptance_test_outdated", Visit("amoa", *_post("edit_test", None, seen="0"), 409)
    missing, sheet = to("missing_tests", *one), to("test_sheet", *one)
    yield "missing_tests", Visit("amoa", missing)
    yield "missing_tests_of", Visit("amoa", f"{missing}?of={requirement().pk}")
    yield "missing_tests_none", Visit("amoa", f"{missing}?q=zeppelin")
    yield "missing_tests_refused", Visit("amoa", *_post("write_missing_tests", None, chosen="", stem=""), 422)
    yield "tests_copy", Visit("amoa", to("tests_copy", *one) + "?of=ONE")
    yield "tests_copy_refused", Visit("amoa", to("tests_copy", *one) + "?of=ONE", "POST", {"one": []}, 422)
    yield "test_sheet", Visit("amoa", sheet)
    yield "test_sheet_none", Visit("amoa", f"{sheet}?q=zeppelin")
    first = project.tests.earliest("pk").pk
    yield "test_sheet_refused", Visit("amoa", *_post("write_tests", None, **{f"r{first}-title": ""}), 422)
    yield "tests_change", Visit("amoa", to("tests_change", *one), "POST", {"one": [first]})
    yield "tests_undo_late", Visit("amoa", to("tests_undo", *one, 1), "POST", {}, 409)
    yield "test_sheet_outdated", Visit("amoa", *_post("write_tests", None, **{f"r{first}-seen": "0"}), 409)
    yield "campaign", Visit("recipient", to("campaign", found["campaign"]))
    yield "campaign_tester", Visit("amoa", to("campaign", found["campaign"]))
    yield "campaign_todo", Visit("amoa", to("campaign", found["campaign"]) + "?show=todo")
    yield "campaign_run_refused", Visit("amoa", *_post("run_test", None, note=""), 422)
    yield "campaign_closed", Visit("amoa", closed.get_absolute_url())
    yield "campaign_new", Visit("amoa", to("campaign_new", *one))
    yield "campaign_new_refused", Visit("amoa", *_post("open_campaign", None, ends_on="2001-01-01"), 422)
    yield "campaign_edit", Visit("amoa", to("campaign_edit", found["campaign"]))
    yield "campaign_edit_closed", Visit("amoa", to("campaign_edit", closed.pk), status=409)
    yield "campaign_close", Visit("amoa", to("campaign_close", found["campaign"]))
    yield "deliverable_new", Visit("amoa", to("deliverable_new", *one))
    yield "deliverable_edit", Visit("amoa", to("deliverable_edit", found["deliverable"]))
    for state in ("open", "corrected", "closed"):
        yield f"defect_{state}", Visit("amoa", project.defects.filter(state=state).earliest("pk").get_absolute_url())
    yield "defect_list", Visit("recipient", to("defect_list", *one))
    yield "defect_list_none", Visit("other_pmo", to("defect_list", "THREE"))
    yield "defect_provider", Visit("moe", to("defect", found["defect"]))
    yield "defect_new", Visit("moe", to("defect_new", found["campaign"]) + "?test=T-002")
    yield "defect_new_refused", Visit("amoa", *_post("report_defect", None, severity=""), 422)
    yield "defect_correct", Visit("moe", to("defect_correct", found["defect"]))
    yield "defect_close", Visit("amoa", to("defect_close", found["corrected"]))
    yield "defect_reopen", Visit("amoa", to("defect_reopen", found["corrected"]))
    yield "defect_moved_on", Visit("moe", to("defect_correct", found["corrected"]), status=409)


def _risks() -> Iterator[tuple[str, Visit]]:
    """Yield the risk register: its lists, a risk in several states, issues, the scale, the forms and refusals."""
    one, found = ["ONE"], rows()
    project = Project.objects.get(code="ONE")
    happened = project.risks.get(code="OR-3")

    def to(name: str, *args: Any) -> str:
        return reverse(full_name(name), args=args)

    listed = to("risk_list", *one)
    yield "risk_list", Visit("recipient", listed)
    yield "risk_list_keeper", Visit("pmo", f"{listed}?status=open&band=amber&of=initial")
    yield "risk_list_cell", Visit("owner", f"{listed}?status=open&likelihood=3&impact=4")
    yield "risk_list_nothing", Visit("moe", f"{listed}?q=tram&status=rejected")
    yield "risk_list_none", Visit("other_pmo", to("risk_list", "THREE"))
    yield "risk_heat", Visit("owner", to("risk_heat", *one))
    yield "risk_heat_initial", Visit("pmo", to("risk_heat", *one) + "?of=initial")
    yield "risk_heat_none", Visit("other_pmo", to("risk_heat", "THREE"))
    yield "risk", Visit("pmo", to("risk", found["risk"]))
    yield "risk_reader", Visit("recipient", to("risk", found["risk"]))
    yield "risk_raised", Visit("moe", to("risk", found["raised"]))
    yield "risk_happened", Visit("amoa", happened.get_absolute_url())
    yield "risk_new", Visit("recipient", to("risk_new", *one))
    yield "risk_new_refused", Visit("recipient", *_post("raise_risk", None, cause="", requirements="ONE-999"), 422)
    yield "risks_copy", Visit("pmo", to("risks_copy", *one) + "?of=ONE")
    yield "risks_copy_refused", Visit("pmo", to("risks_copy", *one) + "?of=ONE", "POST", {"one": []}, 422)
    grid, paste, cell = to("risks_grid", *one), to("risks_paste", *one), f"r{found['risk']}"
    read = {f"{cell}-seen": version_of(Risk.objects.get(pk=found["risk"]))}
    yield "risks_grid", Visit("pmo", grid)
    yield "risks_grid_refused", Visit("pmo", grid, "POST", read | {f"{cell}-title": ""}, 422)
    yield "risks_grid_outdated", Visit("pmo", grid, "POST", {f"{cell}-seen": "0"}, 409)
    yield "risks_paste", Visit("recipient", paste)
    yield "risks_paste_shown", Visit("recipient", paste, "POST", {"pasted": PASTED})
    yield "risks_paste_refused", Visit("recipient", paste, "POST", {"pasted": "Title\nCrane"}, 422)
    ticked = {"one": [found["risk"]], "status": "closed"}
    yield "risks_change_refused", Visit("pmo", to("risks_change", *one), "POST", ticked, 422)
    yield "risks_undo_late", Visit("pmo", to("risks_undo", *one, 1), "POST", {}, 409)
    yield "risks_edit", Visit("pmo", to("risks_edit", *one), "POST", {"one": [found["risk"]]})
    yield "risks_edit_none", Visit("pmo", to("risks_edit", *one), "POST", {}, 422)
    yield "risk_edit", Visit("moe", to("risk_edit", found["raised"]))
    yield "risk_edit_outdated", Visit("moe", *_post("edit_risk", None, seen="0"), 409)
    yield "risk_assess", Visit("pmo", to("risk_assess", found["risk"]))
    yield "risk_assess_refused", Visit("pmo", *_post("assess_risk", None, residual_impact=""), 422)
    yield "risk_assess_moved_on", Visit("pmo", to("risk_assess", happened.pk), status=409)
    yield "risk_settle", Visit("pmo", to("risk_settle", found["risk"], "closed"))
    yield "risk_settle_refused", Visit("pmo", *_post("settle_risk", None, because=" "), 422)
    yield "risk_settle_owner", Visit("pmo", to("risk_settle", found["risk"], "accepted"), status=409)
    yield "risk_review", Visit("pmo", to("risk_review", found["risk"]))
    yield "risks_review", Visit("pmo", to("risks_review", *one))
    yield "risk_materialise", Visit("amoa", to("risk_materialise", found["risk"]))
    yield "risk_action_new", Visit("amoa", to("risk_action_new", found["risk"]))
    yield "risk_action_edit", Visit("amoa", to("risk_action_edit", found["action"]))
    yield "issue_list", Visit("recipient", to("issue_list", *one))
    yield "issue_list_closed", Visit("pmo", to("issue_list", *one) + "?state=closed")
    yield "issue_list_none", Visit("other_pmo", to("issue_list", "THREE"))
    yield "issue", Visit("pmo", to("issue", found["issue"]))
    yield "issues_grid", Visit("pmo", to("issues_grid", *one))
    yield "issues_change", Visit("pmo", to("issues_change", *one), "POST", {"one": [found["issue"]]})
    yield "issues_undo_late", Visit("pmo", to("issues_undo", *one, 1), "POST", {}, 409)
    yield "issue_new", Visit("recipient", to("issue_new", *one))
    yield "issue_settle", Visit("pmo", to("issue_settle", found["issue"]))
    yield "issue_settle_refused", Visit("pmo", *_post("settle_issue", None, resolution=""), 422)
    yield "risk_scale", Visit("recipient", to("risk_scale", *one))
    yield "risk_scale_set", Visit("owner", to("risk_scale_set", *one) + "?preset=4")
    yield "risk_scale_refused", Visit("owner", *_post("set_risk_scale", None, red_from="99"), 422)


def _conformity() -> Iterator[tuple[str, Visit]]:
    """Yield conformity and waivers: the page by gate and result, a checkpoint, the register, a waiver, the forms."""
    one, found = ["ONE"], checked_standards.of_the_cast()

    def to(name: str, *args: Any) -> str:
        return reverse(full_name(name), args=args)

    yield "conformity", Visit("recipient", to("conformity", *one))
    yield "conformity_checker", Visit("pmo", to("conformity", *one))
    yield "conformity_filtered", Visit("moe", to("conformity", *one) + "?gate=G5&result=waived&standard=STD-CAST")
    yield "conformity_none", Visit("other_pmo", to("conformity", "THREE"))
    for place, name in enumerate(("failed", "waived", "never_waived")):
        path = to("conformity_checkpoint", *one, found["checkpoint"] + place)
        yield f"conformity_checkpoint_{name}", Visit("pmo", path)
    yield "conformity_check", Visit("pmo", to("conformity_check", *one, found["checkpoint"]))
    yield "conformity_check_refused", Visit("pmo", *_post("check_conformity", None, finding=" "), 422)
    ticked = {"one": [found["checkpoint"], found["checkpoint"] + 1], "result": "not_conform", "finding": " "}
    yield "conformity_checks_refused", Visit("pmo", to("conformity_checks", *one), "POST", ticked, 422)
    yield "waiver_list", Visit("moe", to("waiver_list", *one))
    yield "waiver_list_ending", Visit("owner", to("waiver_list", *one) + "?show=ending")
    yield "waiver_list_none", Visit("other_pmo", to("waiver_list", "THREE"))
    yield "waiver", Visit("owner", to("waiver", found["waiver"]))
    yield "waiver_reader", Visit("recipient", to("waiver", found["waiver"]))
    yield "waiver_revoke", Visit("owner", to("waiver_revoke", found["waiver"]))
    yield "waiver_revoke_refused", Visit("owner", *_post("revoke_waiver", None, because=""), 422)
    yield "waiver_close", Visit("pmo", to("waiver_close", found["waiver"]))
    named = f"?kind=waiver&checkpoints=STD-CAST.1%23{1}"
    yield "proposal_new_waiver", Visit("moe", to("proposal_new", *one) + named)


def _lists() -> Iterator[tuple[str, Visit]]:
    """Yield the pages of the import of a list in each state, with every kind of line."""
    by, project = User.objects.get(email="pmo@example.org"), Project.objects.get(code="ONE")

    def to(name: str, job: ListImport) -> str:
        return reverse(f"projects:imports:list_import{name}", args=[job.pk])

    new = reverse("projects:imports:list_import_new", args=["ONE", "risks"])
    yield "list_import_new", Visit("pmo", new)
    yield "list_import_refused", Visit("pmo", new, "POST", {"file": Sent("risks.pdf", "%PDF-")}, 422)
    uploaded = list_files.receive(by, project)
    yield "list_import_columns", Visit("pmo", to("_columns", uploaded))
    twice = {"column-0": "title", "column-1": "title", "step": "check"}
    yield "list_import_columns_refused", Visit("pmo", to("_columns", uploaded), "POST", twice, 422)
    wrong = ("R7", "A quay", "", "", "", "gadget", "9", "9", "")
    with_errors, _plan = list_files.check(by, project, list_files.table_of(*list_files.ROWS, wrong))
    yield "list_import_checked", Visit("pmo", to("", with_errors))
    yield "list_import_values", Visit("pmo", to("_values", with_errors))
    wrong_value = {f"category-{digest('gadget')}": "=nothing"}
    yield "list_import_values_refused", Visit("pmo", to("_values", with_errors), "POST", wrong_value, 422)
    yield "list_import_write_refused", Visit("pmo", to("_write", with_errors), "POST", {"seen": ""}, 422)
    done = list_files.bring_in(by, project)
    yield "list_import_done", Visit("pmo", to("", done))
    changed = list_files.table_of(("R1", "La grue penche", "5"), head=("Code", "Titre", "Probabilité"))
    job, _plan = list_files.check(by, project, changed, file="changes.csv")
    yield "list_import_changes", Visit("pmo", to("", job))
    stopped = list_files.receive(by, project)
    stop(actor=by, job=stopped)
    yield "list_import_stopped", Visit("pmo", to("", stopped))
    yield "list_import_conflict", Visit("pmo", to("_stop", stopped), "POST", {"step": "stop"}, 409)


def _imports() -> Iterator[tuple[str, Visit]]:
    """Yield the pages of an import in each state, with every kind of line."""
    by, project = User.objects.get(email="amoa@example.org"), Project.objects.get(code="ONE")

    def to(name: str, job: ImportJob) -> str:
        return reverse(f"amoa:imports:import_{name}", args=[job.pk])

    new = reverse("amoa:imports:import_new", args=["ONE"])
    yield "import_new", Visit("amoa", new)
    yield "import_refused", Visit("amoa", new, "POST", {"file": Sent("needs.pdf", "%PDF-")}, 422)
    uploaded = imports_files.receive_file(by, project)
    yield "import_columns", Visit("amoa", to("columns", uploaded))
    twice = {"column-0": "title", "column-1": "title", "step": "check"}
    yield "import_columns_refused", Visit("amoa", to("columns", uploaded), "POST", twice, 422)
    wrong = (*imports_files.ROWS, ("", "gadget", "", "urgent", ""))
    with_errors = imports_files.check_file(by, project, imports_files.csv_of(*wrong))
    yield "import_checked", Visit("amoa", to("job", with_errors))
    yield "import_values", Visit("amoa", to("values", with_errors))
    wrong_value = {f"kind-{digest('gadget')}": "=nothing"}
    yield "import_values_refused", Visit("amoa", to("values", with_errors), "POST", wrong_value, 422)
    yield "import_start_refused", Visit("amoa", to("start", with_errors), "POST", {"step": "start"}, 422)
    done = imports_files.import_file(by, project, imports_files.csv_of(("R-1", "need", "A plan", "must", "")))
    yield "import_done", Visit("amoa", to("job", done))
    changed = imports_files.csv_of(("R-1", "need", "Another plan", "could", "One"))
    yield "import_changes", Visit("amoa", to("job", imports_files.check_file(by, project, changed, "changes.csv")))
    waiting = imports_files.check_file(by, project)
    start(actor=by, job=waiting, leave_out=False)
    yield "import_waiting", Visit("amoa", to("job", waiting))
    stopped = imports_files.receive_file(by, project)
    stop(actor=by, job=stopped)
    yield "import_stopped", Visit("amoa", to("job", stopped))
    yield "import_conflict", Visit("amoa", to("stop", stopped), "POST", {"step": "stop"}, 409)


def _opening() -> Iterator[tuple[str, Visit]]:
    """List the form that opens a project, the projects and people as administrators see them, and the entrance."""
    pmo, nobody = User.objects.get(email__startswith="pmo"), "anonymous"
    yield "person_list", Visit("staff_admin", reverse("projects:people:person_list"))
    yield "person_invite", Visit("staff_admin", reverse("projects:people:person_invite"))
    close = reverse("projects:people:account_close", args=[pmo.pk])
    yield "account_close", Visit("staff_admin", close)
    gone = User.objects.get(email="inactive.owner@example.org")
    yield "account_reopen", Visit("staff_admin", reverse("projects:people:account_reopen", args=[gone.pk]))
    yield "person_factors_end", Visit("staff_admin", reverse("projects:people:person_factors_end", args=[pmo.pk]))
    yield "account_close_refused", Visit("staff_admin", close, "POST", {"last_day": "2001-01-01"}, 422)
    yield "person", Visit("staff_admin", reverse("projects:people:person", args=[pmo.pk]))
    yield "absence_of", Visit("staff_admin", reverse("projects:people:absence_of", args=[pmo.pk]))
    yield "employer_of", Visit("staff_admin", reverse("projects:people:employer_of", args=[pmo.pk]))
    yield "employer", Visit("pmo", reverse("projects:people:employer"))
    yield "employer_refused", Visit("pmo", reverse("projects:people:employer"), "POST", {}, 422)
    yield "absence", Visit("pmo", reverse("projects:people:absence"))
    yield "absence_refused", Visit("pmo", reverse("projects:people:absence"), "POST", {}, 422)
    people = reverse("projects:imports:organisation_import_new", args=["people"])
    yield "people_import", Visit("staff_admin", people)
    yield "people_import_refused", Visit("staff_admin", people, "POST", {"file": Sent("people.pdf", "%PDF-")}, 422)
    by, chain = User.objects.get(email="staff.admin@example.org"), Project.objects.get(level="organisation")
    lines = (("Léa Martin", "lea@example.org", "fr"), ("No address", "nobody", ""), (pmo.name, pmo.email, ""))
    table = list_files.table_of(*lines, head=("Nom", "Courriel", "Langue"))
    job, _plan = list_files.check(by, chain, table, "people", "people.csv")
    yield "people_import_checked", Visit("staff_admin", job.get_absolute_url())
    ending = end_administrator(actor=by, person=User.objects.get(email="superuser@example.org"))
    for name in ("administrator_name", "administrator_end", "administrator_second", "administrator_keep"):
        yield name, Visit("staff_admin", reverse(f"projects:administrators:{name}", args=[pmo.pk]))
    yield "person_ending", Visit("staff_admin", reverse("projects:people:person", args=[ending.person_id]))
    yield "account_ending", Visit("superuser", reverse("projects:people:account"))
    yield "administrator_object", Visit(nobody, urlsplit(build_objection_link(ending)).path)
    refused = reverse("projects:administrators:administrator_object", args=["x"])
    yield "administrator_link_refused", Visit(nobody, refused)
    for name in ("organisation_list", "organisation_add", "organisations_link"):
        yield name, Visit("staff_admin", reverse(f"projects:organisations:{name}"))
    link, home = OrganisationLink.objects.order_by("pk")[0], Organisation.objects.order_by("pk")[0]
    yield (
        "organisation_rename",
        Visit("staff_admin", reverse("projects:organisations:organisation_rename", args=[home.pk])),
    )
    yield "link_end", Visit("staff_admin", reverse("projects:organisations:link_end", args=[link.pk]))
    add = reverse("projects:organisations:organisation_add")
    yield "organisation_add_refused", Visit("staff_admin", add, "POST", {}, 422)
    settings = reverse("projects:organisation_settings:settings_edit")
    yield "settings", Visit("staff_admin", settings)
    yield "settings_refused", Visit("staff_admin", settings, "POST", {}, 422)
    for section in ("days", "deadlines", "sender", "sign-in", "notice", "weather"):
        address = reverse("projects:organisation_settings:settings_section", args=[section])
        yield f"settings_{section}", Visit("staff_admin", address)
    yield "settings_days_refused", Visit("staff_admin", f"{settings}days/", "POST", {}, 422)
    yield "token_list", Visit("staff_admin", reverse("projects:provisioning:token_list"))
    yield "token_list_refused", Visit("staff_admin", reverse("projects:provisioning:token_list"), "POST", {}, 422)
    provider = reverse("projects:sign_in_provider:provider_edit")
    yield "provider", Visit("staff_admin", provider)
    yield "provider_refused", Visit("staff_admin", provider, "POST", {}, 422)
    yield "provider_expired", Visit(nobody, reverse("projects:sign_in_provider:provider_finish"), "GET", {}, 403)
    yield "mail_test", Visit("staff_admin", reverse("projects:organisation_settings:mail_test"))
    for page in ("help", "accessibility", "legal_notice", "privacy"):
        yield page, Visit(nobody, reverse(f"projects:public_pages:{page}"))
    yield "system_state", Visit("staff_admin", reverse("system_state"))
    yield "failed_mails", Visit("staff_admin", reverse("failed_mails"))
    log = reverse("projects:administration_log:administration_log")
    yield "administration_log", Visit("staff_admin", log)
    yield "administration_log_empty", Visit("staff_admin", f"{log}?q=nobody-of-that-name")
    yield "act_check", Visit("pmo", f"/acts/{'0' * 64}/")
    for page in ("account", "account_password"):
        yield page, Visit("pmo", reverse(f"projects:people:{page}"))
        yield f"{page}_refused", Visit("pmo", reverse(f"projects:people:{page}"), "POST", {}, 422)
    for page in ("passkey_add", "code_app_add"):
        yield page, Visit("pmo", reverse(f"projects:second_factors:{page}"))
        yield f"{page}_refused", Visit("pmo", reverse(f"projects:second_factors:{page}"), "POST", {}, 422)
    yield "recovery_codes_make", Visit("pmo", reverse("projects:second_factors:recovery_codes_make"))
    passkey = _give_factor(CredentialKind.PASSKEY, public_key=b"key", credential_id=b"visited")
    renamed = reverse("projects:second_factors:passkey_rename", args=[passkey])
    yield "passkey_rename", Visit("recipient", renamed)
    yield "passkey_rename_refused", Visit("recipient", renamed, "POST", {}, 422)
    removed = reverse("projects:second_factors:factor_remove", args=[_give_factor(CredentialKind.CODE_APP)])
    yield "factor_remove", Visit("recipient", removed)
    ask = reverse("projects:addresses:address_ask")
    yield "address_ask", Visit("amoa", ask)
    yield "address_ask_refused", Visit("amoa", ask, "POST", {}, 422)
    mover = User.objects.get(email="amoa@example.org")
    change = ask_address(actor=mover, email="amoa.new@example.org")
    yield "account_moving", Visit("amoa", reverse("projects:people:account"))
    for side in Side:
        yield f"address_answer_{side}", Visit(nobody, urlsplit(build_answer_link(change, side)).path)
    yield "address_link_refused", Visit(nobody, reverse("projects:addresses:address_answer", args=["x"]))
    propose = reverse("projects:addresses:address_propose", args=[mover.pk])
    yield "address_propose", Visit("staff_admin", propose)
    yield "address_propose_refused", Visit("staff_admin", propose, "POST", {}, 422)
    yield "link_refused", Visit(nobody, reverse("projects:people:set_up", args=["x"]))
    yield "credential_link_refused", Visit(nobody, reverse("projects:credentials:credential_confirm", args=["x"]))
    held = User.objects.get(email="moe@example.org")
    give_credential(actor=held, person=held, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    yield "account_held", Visit("moe", reverse("projects:people:account"))
    [asked] = ask_vouch(actor=held)
    yield "vouch", Visit("staff_admin", reverse("projects:vouching:vouch", args=[asked.pk]))
    yield "vouch_refused", Visit("staff_admin", reverse("projects:vouching:vouch", args=[asked.pk]), "POST", {}, 422)
    owner = User.objects.get(email="owner@example.org")
    moving = propose_address(actor=by, person=owner, email="owner.new@example.org")
    to_vouch = reverse("projects:vouching:vouch_address", args=[moving.pk])
    yield "vouch_address", Visit("superuser", to_vouch)
    yield "vouch_address_refused", Visit("superuser", to_vouch, "POST", {}, 422)
    yield "project_open", Visit("staff_admin", reverse("projects:opening:project_open"))
    yield "project_open_refused", Visit("staff_admin", reverse("projects:opening:project_open"), "POST", {}, 422)
    yield "project_seats", Visit("staff_admin", reverse("projects:opening:project_seats"))
    yield from _replacements()


def _replacements() -> Iterator[tuple[str, Visit]]:
    """Yield the pages on which two people replace an owner, or close their account."""
    admin, nobody, space = User.objects.get(email="staff.admin@example.org"), "anonymous", "projects:replacements:"
    name = reverse(f"{space}owner_propose", args=["THREE"])
    words = {"email": "outsider@example.org", "because": "The last owner has retired.", "step": "review"}
    yield "owner_propose", Visit("staff_admin", name)
    yield "owner_propose_review", Visit("staff_admin", name, "POST", words)
    yield "owner_propose_refused", Visit("staff_admin", name, "POST", {"step": "review"}, 422)
    close = reverse(f"{space}closing_propose", args=[User.objects.get(email="owner@example.org").pk])
    yield "closing_propose", Visit("staff_admin", close)
    yield "closing_propose_review", Visit("staff_admin", close, "POST", {"because": "Gone.", "step": "review"})
    yield "closing_propose_refused", Visit("staff_admin", close, "POST", {"step": "review"}, 422)
    outsider = User.objects.get(email="outsider@example.org")
    about = {"project": Project.objects.get(code="THREE"), "successor": outsider, "because": words["because"]}
    row = propose_owner(actor=admin, **about)
    for member in ("staff_admin", "other_pmo", "outsider"):
        yield f"replacement_{member}", Visit(member, row.get_absolute_url())
    yield "replacement_second", Visit("other_pmo", reverse(f"{space}replacement_second", args=[row.pk]))
    yield (
        "replacement_second_refused",
        Visit("other_pmo", reverse(f"{space}replacement_second", args=[row.pk]), "POST", {}, 422),
    )
    yield "replacement_take", Visit("outsider", reverse(f"{space}replacement_take", args=[row.pk]))
    yield "replacement_withdraw", Visit("staff_admin", reverse(f"{space}replacement_withdraw", args=[row.pk]))
    yield "replacement_object", Visit(nobody, urlsplit(build_seat_objection_link(row)).path)
    yield "replacement_link_refused", Visit(nobody, reverse(f"{space}replacement_object", args=["x"]))
    object_to_replacement(actor=row.former, replacement=row)
    yield "replacement_contested", Visit("staff_admin", row.get_absolute_url())
    yield "replacement_confirm", Visit("staff_admin", reverse(f"{space}replacement_confirm", args=[row.pk]))
    closing = ask_closing(actor=User.objects.installation(), person=User.objects.get(email="owner@example.org"))
    assert closing
    yield "closing_asked", Visit("staff_admin", closing.get_absolute_url())


def _give_factor(kind: CredentialKind, **more: Any) -> int:
    """Give the recipient a second factor; return the key of the credential."""
    person = User.objects.get(email="recipient@example.org")
    given = give_credential(actor=person, person=person, kind=kind, origin=Origin.ADDED, **more)
    return int(given.pk)


def _referential() -> Iterator[tuple[str, Visit]]:
    """Yield the pages of the administrators: lists, a version in each state, forms, reviews, a compared file."""
    by = "staff_admin"
    known = published_role()
    owner = RoleTemplate.objects.get(pack="fr", code="MOA", state="published")
    admin = User.objects.get(email="staff.admin@example.org")
    draft = new_version(actor=admin, template=RoleTemplate.objects.get(pk=known["template_id"]))

    def to(name: str, *args: Any) -> str:
        return reverse(f"projects:role_templates:referential{name}", args=args)

    yield "referential", Visit(by, to(""))
    yield "referential_new", Visit(by, to("_role_new", "fr"))
    yield "referential_new_refused", Visit(by, to("_role_new", "fr"), "POST", {"code": "amoa"}, 422)
    yield "referential_copy", Visit(by, to("_copy", "fr"))
    yield (
        "referential_copy_refused",
        Visit(by, to("_copy", "fr"), "POST", {"code": "fr", "name_fr": "F", "name_en": "F"}, 422),
    )
    yield "referential_published", Visit(by, to("_template", owner.pk))
    yield "referential_draft", Visit(by, to("_template", draft.pk))
    yield "referential_draft_refused", Visit(by, to("_template", draft.pk), "POST", {"name_en": " "}, 422)
    yield "referential_differences", Visit(by, to("_differences", draft.pk))
    yield "referential_publish", Visit(by, to("_publish", draft.pk))
    yield "referential_retire", Visit(by, to("_retire", known["template_id"]))
    yield "referential_retire_refused", Visit(by, to("_retire", owner.pk), "POST", {}, 422)
    yield "referential_duty_new", Visit(by, to("_duty_new", draft.pk))
    yield "referential_duty_refused", Visit(by, to("_duty_new", draft.pk), "POST", {"code": "AMOA-01"}, 422)
    yield "referential_duty", Visit(by, to("_duty_edit", draft.responsibilities.earliest("pk").pk))
    yield "referential_stays", Visit(by, to("_duty_edit", known["duty_id"]), status=409)
    yield "referential_import", Visit(by, to("_import"))
    text = dump_pack(pack_of(MethodPack.objects.get(code="fr")))
    for name, changed, status in (
        ("compared", "mandatory: false".join(text.rsplit("mandatory: true", 1)), 200),
        ("with_gaps", text.replace("authority: decides", "authority: advises"), 422),
        ("unreadable", "pack: [", 422),
    ):
        yield f"referential_{name}", Visit(by, to("_import"), "POST", {"file": Sent("fr.yaml", changed)}, status)


def _dashboards() -> Iterator[tuple[str, Visit]]:
    board = reverse("pmo:dashboards:dashboard", args=["ONE"])
    yield "dashboard", Visit("pmo", board)
    yield "dashboard_narrowed", Visit("owner", f"{board}?period=30&within=ONE&owner=x")
    yield "workload", Visit("pmo", reverse("pmo:dashboards:workload", args=["ONE"]))
    yield "workload_none", Visit("other_pmo", reverse("pmo:dashboards:workload", args=["THREE"]))
    yield "dashboard_empty", Visit("other_pmo", reverse("pmo:dashboards:dashboard", args=["THREE"]))
    for part in ("standards", "risks", "advice"):
        yield f"dashboard_{part}", Visit("recipient", reverse(f"pmo:dashboards:dashboard_{part}", args=["ONE"]))
        yield f"dashboard_{part}_empty", Visit("other_pmo", reverse(f"pmo:dashboards:dashboard_{part}", args=["THREE"]))
    yield "gates", Visit("pmo", reverse("pmo:gates:gates", args=["ONE"]))
    yield "gates_reader", Visit("recipient", reverse("pmo:gates:gates", args=["ONE"]) + "?gate=G4")
    yield "gates_not_launched", Visit("other_owner", reverse("pmo:gates:gates", args=["TWO"]))
    for name in (*LISTINGS, "obligations"):
        yield f"dashboard_list_{name}", Visit("moe", reverse("pmo:dashboards:dashboard_list", args=["ONE", name]))
        yield (
            f"dashboard_none_{name}",
            Visit("other_pmo", reverse("pmo:dashboards:dashboard_list", args=["THREE", name])),
        )
    yield "review_list", Visit("recipient", reverse("pmo:reviews:review_list", args=["ONE"]))
    yield "review_list_empty", Visit("other_pmo", reverse("pmo:reviews:review_list", args=["THREE"]))
    yield "review", Visit("owner", Review.objects.earliest("pk").get_absolute_url())
    yield "review_new", Visit("pmo", reverse("pmo:reviews:review_new", args=["ONE"]))
    yield "review_new_refused", Visit("pmo", *_post("archive_review", None, chosen="TWO"), 422)


def _requirements() -> Iterator[tuple[str, Visit]]:
    listed = reverse("amoa:requirements:requirement_list", args=["ONE"])
    approved, ahead, need = (requirement(code) for code in ("ONE-001", "ONE-002", "ONE-N01"))
    edit = reverse("amoa:requirements:requirement_edit", args=[ahead.pk])
    yield "requirement_list", Visit("amoa", listed)
    yield "requirements_grid", Visit("amoa", reverse("amoa:requirements:requirements_grid", args=["ONE"]))
    paste = reverse("amoa:imports:requirements_paste", args=["ONE"])
    yield "requirements_paste", Visit("amoa", paste)
    yield (
        "requirements_paste_shown",
        Visit("amoa", paste, "POST", {"pasted": "Title\tKind\tPriority\nTides\tneed\tmust"}),
    )
    yield "requirements_paste_refused", Visit("amoa", paste, "POST", {"pasted": "Title\nTides"}, 422)
    yield "requirement_list_provider", Visit("moe", listed)
    yield "requirement_list_reader", Visit("owner", f"{listed}?q=berth&lack=untraced&sort=changed")
    yield "requirement_list_nothing", Visit("recipient", f"{listed}?q=tram&state=draft")
    yield "requirement_list_empty", Visit("other_amoa", reverse("amoa:requirements:requirement_list", args=["TWO"]))
    yield "requirement", Visit("recipient", approved.get_absolute_url())
    yield "requirement_ahead", Visit("amoa", ahead.get_absolute_url())
    yield "requirement_need", Visit("amoa", need.get_absolute_url())
    yield "requirement_draft", Visit("owner", requirement("ONE-003").get_absolute_url())
    yield "requirement_history", Visit("moe", reverse("amoa:requirements:requirement_history", args=[ahead.pk]))
    yield (
        "requirement_new",
        Visit("amoa", f"{reverse('amoa:requirements:requirement_new', args=['ONE'])}?parent=ONE-N01"),
    )
    yield "requirement_new_refused", Visit("amoa", *_post("write_requirement", None, title=" ", links="OP-99"), 422)
    yield "requirement_edit", Visit("amoa", edit)
    yield "requirement_edit_approved", Visit("amoa", reverse("amoa:requirements:requirement_edit", args=[approved.pk]))
    yield "requirement_edit_refused", Visit("amoa", *_post("edit_requirement", None, title=" "), 422)
    yield "requirement_outdated", Visit("amoa", *_post("edit_requirement", None, seen="2020-01-01"), 409)
    chosen = {"one": [approved.pk, need.pk, ahead.pk]}
    yield (
        "requirements_skipped",
        Visit("amoa", *_post("change_requirements", None, priority="", state="draft", **chosen)),
    )
    yield "requirements_confirm", Visit("amoa", *_post("change_requirements", None, lot="Lot 9", **chosen))
    view = RequirementGridView.of_project(HttpRequest(), approved.project)
    [form] = view.build_forms(list(view.get_rows().filter(pk=approved.pk)))
    cells = {cell.html_name: cell.value() for cell in form if cell.value() not in (None, False)}
    grid, title = reverse("amoa:requirements:requirements_grid", args=["ONE"]), {form["title"].html_name: "Another"}
    yield "requirements_grid_confirm", Visit("amoa", grid, "POST", cells | title)
    yield "requirements_bulk", Visit("amoa", *_post("change_requirements", None, more="1", **chosen))
    yield (
        "requirements_bulk_refused",
        Visit("amoa", *_post("change_requirements", None, fields="all", parent="ONE-999", **chosen), 422),
    )
    undo = reverse("amoa:requirements:requirements_undo", args=["ONE", 1])
    yield "requirements_undo_late", Visit("amoa", undo, "POST", {}, 409)
    yield "requirements_refused", Visit("amoa", *_post("change_requirements", None, one="", priority=""), 422)


def _visits_of_earlier_decisions() -> Iterator[tuple[str, Visit]]:
    """Yield the earlier decisions: the list, filtered and empty, one of them, its form, and refusals."""
    of = "governance:earlier_decisions:"
    yield "earlier_list", Visit("recipient", reverse(f"{of}earlier_list", args=["ONE"]))
    yield "earlier_list_writer", Visit("pmo", reverse(f"{of}earlier_list", args=["ONE"]))
    yield "earlier_list_filtered", Visit("pmo", reverse(f"{of}earlier_list", args=["ONE"], query={"q": "nothing"}))
    yield "earlier_list_empty", Visit("other_pmo", reverse(f"{of}earlier_list", args=["THREE"]))
    yield "earlier_decision", Visit("pmo", reverse(f"{of}earlier_decision", args=[pk_of("earlier")]))
    yield "earlier_new", Visit("pmo", reverse(f"{of}earlier_new", args=["ONE"]))
    yield "earlier_new_refused", Visit("pmo", *_post("write_earlier", None, number="1, 2", title=""), 422)
    yield "earlier_edit", Visit("pmo", reverse(f"{of}earlier_edit", args=[pk_of("earlier")]))
    yield "earlier_edit_outdated", Visit("pmo", *_post("edit_earlier", None, seen="0"), 409)


def _post(name: str, proposal: Proposal | None, /, **changes: Any) -> tuple[str, str, dict[str, Any]]:
    path, fields = act(name, proposal, **changes)
    return path, "POST", fields
