"""Describe a loaded scenario for external test clients: sign-ins, addresses, tables.

The keys are a contract for tests of any version from the browser's side; `make scratch` adds the requests of acts.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse

from amoa.models import (
    AcceptanceCampaign,
    AcceptanceTest,
    AdoptionIndicator,
    AdoptionReading,
    BaselineInForce,
    ChangeImpact,
    ChangePlan,
    CommunicationAction,
    Defect,
    Deliverable,
    Estimate,
    FeedbackItem,
    Question,
    Requirement,
    RequirementBaseline,
    RequirementVersion,
    TestRun,
    TrainingSession,
)
from demo.scenarios import loader
from governance.decide.decisions.supersede import item_key, list_dependents
from governance.models import (
    Acknowledgement,
    Action,
    BindingOpinion,
    Body,
    CarryOver,
    Checkpoint,
    Condition,
    Decision,
    DecisionList,
    DecisionReview,
    Discharge,
    Dispute,
    EarlierDecision,
    Effect,
    Erasure,
    EvidenceCheck,
    IndependenceMark,
    Move,
    Opinion,
    Proposal,
    ProposalDraft,
    ProposalRevision,
    RecordFile,
    SealBreak,
    SecondLook,
    Session,
    SessionItem,
    Share,
    Verification,
)
from pmo.models import (
    BudgetLine,
    BudgetReading,
    ConformityCheck,
    CriterionMeasure,
    Dependency,
    Escalation,
    Indicator,
    IndicatorReading,
    Issue,
    LessonLearned,
    LibraryEntry,
    Milestone,
    MilestoneForecast,
    Reminder,
    Review,
    Risk,
    RiskAcceptance,
    RiskAction,
    RiskRating,
    RiskReview,
    RiskScale,
    Snapshot,
    Standard,
    StandardCheckpoint,
    StandardVersion,
    SuccessCriteriaSet,
    SuccessCriterion,
    Waiver,
    WaiverEnd,
    WeatherReport,
)
from projects.models import (
    AddressChange,
    AdministratorEnding,
    Bidder,
    Competence,
    Credential,
    Delegation,
    Document,
    DocumentVersion,
    Employment,
    Interest,
    LedgerEvent,
    Mandate,
    Matrix,
    Notification,
    OrganisationLink,
    Project,
    ProvisioningToken,
    RecipientGroup,
    Replacement,
    Vouch,
)
from roles.models import Activity, ComparisonDimension, MethodPack, Organisation, Responsibility, RoleTemplate, User
from roles.passkeys.relying_party import origin, rp_id
from roles.reauthentication.forms import ConfirmForm
from roles.reauthentication.proofs import MINUTES

TABLES: dict[str, Any] = {
    "user": User,
    "organisation": Organisation,
    "organisation_link": OrganisationLink,
    "employment": Employment,
    "credential": Credential,
    "address_change": AddressChange,
    "vouch": Vouch,
    "administrator_ending": AdministratorEnding,
    "replacement": Replacement,
    "method_pack": MethodPack,
    "activity": Activity,
    "role_template": RoleTemplate,
    "responsibility": Responsibility,
    "comparison": ComparisonDimension,
    "project": Project,
    "matrix": Matrix,
    "mandate": Mandate,
    "competence": Competence,
    "delegation": Delegation,
    "bidder": Bidder,
    "interest": Interest,
    "proposal": Proposal,
    "draft": ProposalDraft,
    "revision": ProposalRevision,
    "earlier_decision": EarlierDecision,
    "opinion": Opinion,
    "independence_mark": IndependenceMark,
    "binding_opinion": BindingOpinion,
    "decision": Decision,
    "condition": Condition,
    "effect": Effect,
    "share": Share,
    "seal_break": SealBreak,
    "decision_review": DecisionReview,
    "second_look": SecondLook,
    "document": Document,
    "document_version": DocumentVersion,
    "recipient_group": RecipientGroup,
    "impact": ChangeImpact,
    "communication": CommunicationAction,
    "training": TrainingSession,
    "feedback": FeedbackItem,
    "indicator": AdoptionIndicator,
    "indicator_reading": AdoptionReading,
    "change_plan": ChangePlan,
    "acknowledgement": Acknowledgement,
    "discharge": Discharge,
    "evidence_check": EvidenceCheck,
    "deliverable": Deliverable,
    "acceptance_test": AcceptanceTest,
    "campaign": AcceptanceCampaign,
    "test_run": TestRun,
    "defect": Defect,
    "standard": Standard,
    "standard_version": StandardVersion,
    "standard_checkpoint": StandardCheckpoint,
    "library_entry": LibraryEntry,
    "steering_indicator": Indicator,
    "steering_reading": IndicatorReading,
    "weather": WeatherReport,
    "milestone": Milestone,
    "milestone_forecast": MilestoneForecast,
    "dependency": Dependency,
    "budget_line": BudgetLine,
    "budget_reading": BudgetReading,
    "success_criterion": SuccessCriterion,
    "criteria_set": SuccessCriteriaSet,
    "criterion_measure": CriterionMeasure,
    "lesson": LessonLearned,
    "risk_scale": RiskScale,
    "risk": Risk,
    "risk_rating": RiskRating,
    "risk_action": RiskAction,
    "action": Action,
    "risk_review": RiskReview,
    "risk_acceptance": RiskAcceptance,
    "escalation": Escalation,
    "issue": Issue,
    "conformity_check": ConformityCheck,
    "waiver": Waiver,
    "waiver_end": WaiverEnd,
    "event": LedgerEvent,
    "checkpoint": Checkpoint,
    "verification": Verification,
    "snapshot": Snapshot,
    "review": Review,
    "erasure": Erasure,
    "notification": Notification,
    "dispute": Dispute,
    "move": Move,
    "carry_over": CarryOver,
    "body": Body,
    "session": Session,
    "session_item": SessionItem,
    "decision_list": DecisionList,
    "reminder": Reminder,
    "record_file": RecordFile,
    "provisioning_token": ProvisioningToken,
    "requirement": Requirement,
    "requirement_version": RequirementVersion,
    "baseline": RequirementBaseline,
    "baseline_in_force": BaselineInForce,
    "question": Question,
    "estimate": Estimate,
}

#: Tables of a project's business workspace, with the field that names each row.
WORKSPACE = (
    "recipient_groups",
    "communications",
    "trainings",
    "indicators",
    "feedback",
    "deliverables",
    "tests",
    "campaigns",
    "defects",
    "steering_indicators",
    "milestones",
    "budget_lines",
    "success_criteria",
    "lessons",
    "reviews",
    "defects",
    "risks",
    "risk_actions",
    "actions",
    "issues",
)


def describe(name: str) -> dict[str, Any]:
    """Return language, users, projects, proposals and tables of a loaded scenario, ready for JSON."""
    source = loader.read(name)
    language = Project.objects.get(code=source["projects"][0]["code"]).language
    return {
        "language": language,
        "users": _users(source),
        "sign_ins": loader.read(name, language).get("sign_ins", []),
        # After so many minutes an act by one's own hand answers 403 with a form of this field, the password, and all
        # that was posted; it may also be sent at once, with any form.
        "confirm": {"field": f"{ConfirmForm.prefix}-password", "minutes": MINUTES},
        # The review of a decision or opinion by somebody with a passkey has the options of `credentials.get` in an
        # attribute of its form (challenge and identifiers in base64url). It is sent with the nonce that it holds and
        # the assertion, as `PublicKeyCredential.toJSON()` writes it; the step `unsigned` records without.
        "signature": {
            "options": "data-signature",
            "fields": ["nonce", "assertion"],
            "unsigned": "unsigned",
            "rp_id": rp_id(),
            "origin": origin(),
        },
        # The provider is set by `acts.set_provider`, or by the environment; the button on the sign-in page leads to it.
        "oidc": {
            "sign_in": reverse("projects:sign_in_provider:provider_sign_in"),
            "callback": settings.BASE_URL + reverse("projects:sign_in_provider:provider_callback"),
            "link": reverse("projects:sign_in_provider:provider_link"),
            "environment": [
                f"OIDC_{name.upper()}" for name in ("kind", "issuer", "client_id", "client_secret", "name", "domain")
            ],
        },
        "projects": _projects(source),
        "proposals": _proposals(source),
        "tables": {key: model._meta.db_table for key, model in TABLES.items()},
        "histories": {
            key: model.history.model._meta.db_table for key, model in TABLES.items() if hasattr(model, "history")
        },
    }


def _users(source: dict[str, Any]) -> dict[str, dict[str, Any]]:
    users = {}
    for entry in source["people"]:
        person = User.objects.get(email=entry["email"])
        seats = Mandate.objects.active().filter(holder=person).values_list("role__code", flat=True)
        users[entry["key"]] = {
            "email": person.email,
            "password": source["password"],
            "id": person.pk,
            "name": str(person),
            "roles": sorted({*seats, *(["admin"] if person.is_staff else [])}),
        }
    return users


def _projects(source: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the projects, with the newest mandate, delegation and declared tie of each person, by their keys."""
    projects, keys = {}, {entry["email"]: entry["key"] for entry in source["people"]}
    for entry in source["projects"]:
        project = Project.objects.get(code=entry["code"])
        held = project.mandates.order_by("pk").values_list("holder__email", "pk")
        lent = Delegation.objects.filter(mandate__project=project).order_by("pk").values_list("delegate__email", "pk")
        tied = project.interests.order_by("pk").values_list("person__email", "pk")
        projects[entry["key"]] = {
            "id": project.pk,
            "code": project.code,
            "url": project.get_absolute_url(),
            "mandates": {keys[email]: pk for email, pk in held},
            "delegations": {keys[email]: pk for email, pk in lent},
            "interests": {keys[email]: pk for email, pk in tied},
            **{name: list(getattr(project, name).order_by("pk").values_list("pk", flat=True)) for name in WORKSPACE},
        }
    return projects


def _proposals(source: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the proposals by the keys of the file: a project numbers them in drafting order."""
    codes = {entry["key"]: entry["code"] for entry in source["projects"]}
    drafted: dict[str, int] = {}
    proposals = {}
    for entry in source["acts"]:
        if entry["act"] != "draft":
            continue
        number = drafted[entry["project"]] = drafted.get(entry["project"], 0) + 1
        proposal = Proposal.objects.select_related("current", "draft", "project").get(
            project__code=codes[entry["project"]], number=number
        )
        current = proposal.current
        proposals[entry["proposal"]] = {
            "id": proposal.pk,
            "url": proposal.get_absolute_url(),
            "project": entry["project"],
            "reference": proposal.reference,
            "state": proposal.state,
            "version": proposal.draft.version,
            "revision": current.number if current else None,
            "revision_id": current.pk if current else None,
            "fingerprint": current.hash if current else "",
            "documents": [int(file["document"]) for file in proposal.draft.attachments],
            "conditions": list(
                Condition.objects.filter(decision__proposal=proposal).order_by("pk").values_list("pk", flat=True)
            ),
            "decision": proposal.answer.pk if proposal.answer else None,
            "changes": list(
                SealBreak.objects.filter(decision__proposal=proposal).order_by("pk").values_list("pk", flat=True)
            ),
            "rests_on": [item_key(item) for item in list_dependents(proposal.replaces, proposal)]
            if proposal.replaces
            else [],
        }
    return proposals
