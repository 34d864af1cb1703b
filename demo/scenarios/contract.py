"""Describe a loaded scenario for external test clients: sign-ins, addresses, tables, acts.

The keys are a contract for tests of any version from the browser's side; add every later act.
"""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from amoa.models import (
    AcceptanceCampaign,
    AcceptanceTest,
    AdoptionIndicator,
    AdoptionReading,
    ChangeImpact,
    ChangePlan,
    CommunicationAction,
    Defect,
    Deliverable,
    FeedbackItem,
    TestRun,
    TrainingSession,
)
from demo.scenarios import loader
from governance.decisions.supersede import item_key, list_dependents
from governance.enums import Fate, Outcome, Position
from governance.models import (
    Acknowledgement,
    BindingOpinion,
    Checkpoint,
    Condition,
    Decision,
    Effect,
    Erasure,
    Opinion,
    Proposal,
    ProposalDraft,
    ProposalRevision,
    SealBreak,
    Verification,
)
from pmo.models import (
    BudgetLine,
    BudgetReading,
    ConformityCheck,
    CriterionMeasure,
    Dependency,
    Indicator,
    IndicatorReading,
    Issue,
    LessonLearned,
    LibraryEntry,
    Milestone,
    MilestoneForecast,
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
    Bidder,
    Delegation,
    Document,
    DocumentVersion,
    Interest,
    LedgerEvent,
    Mandate,
    Matrix,
    Notification,
    Project,
    RecipientGroup,
    Ruling,
)
from roles.models import Activity, ComparisonDimension, MethodPack, Organisation, Responsibility, RoleTemplate, User

TABLES: dict[str, Any] = {
    "user": User,
    "organisation": Organisation,
    "method_pack": MethodPack,
    "activity": Activity,
    "role_template": RoleTemplate,
    "responsibility": Responsibility,
    "comparison": ComparisonDimension,
    "project": Project,
    "matrix": Matrix,
    "mandate": Mandate,
    "delegation": Delegation,
    "bidder": Bidder,
    "interest": Interest,
    "proposal": Proposal,
    "draft": ProposalDraft,
    "revision": ProposalRevision,
    "opinion": Opinion,
    "binding_opinion": BindingOpinion,
    "decision": Decision,
    "condition": Condition,
    "effect": Effect,
    "seal_break": SealBreak,
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
    "risk_review": RiskReview,
    "risk_acceptance": RiskAcceptance,
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
    "issues",
)

OPTIONS = {
    "options-TOTAL_FORMS": "2",
    "options-INITIAL_FORMS": "0",
    "options-0-title": "Do nothing",
    "options-0-description": "The present way goes on.",
    "options-1-title": "Change the order of the works",
    "options-1-description": "Quay 2 comes before quay 1.",
}
TEXT = {
    "kind": "change",
    "title": "Order of the works",
    "question": "Should quay 2 be renewed before quay 1?",
    "context": "The divers found quay 2 in a worse state.",
    "recommended": "B",
    "recommendation": "Quay 2 first, because it may close in winter.",
    "impact_scope": "None.",
    "impact_cost": "EUR 12,000 for moving the site.",
    "impact_schedule": "Quay 1 comes four weeks later.",
    "impact_quality": "None.",
    "impact_recipients": "Fishing crews use quay 1 for four weeks more.",
    "risks": "Winter storms on quay 1.",
    "evidence": "Divers' report 7",
    "amount": "12000",
    "decide_by": "{today+30}",
}
REQUIREMENT: dict[str, str] = {
    "kind": "functional",
    "title": "Crews are told of a free berth",
    "statement": "The harbour office tells each crew of a free berth within 5 minutes.",
    "priority": "must",
    "state": "proposed",
    "criteria-TOTAL_FORMS": "1",
    "criteria-INITIAL_FORMS": "0",
    "criteria-0-text": "Nine messages out of ten arrive within 5 minutes.",
}
CONDITION = {
    "conditions-TOTAL_FORMS": "1",
    "conditions-INITIAL_FORMS": "0",
    "conditions-0-text": "Crews are told one week ahead.",
    "conditions-0-role": "AMOA",
    "conditions-0-due_on": "{today+20}",
}


def describe(name: str) -> dict[str, Any]:
    """Return users, projects, proposals, tables and acts of a loaded scenario, ready for JSON."""
    source = loader.read(name)
    return {
        "users": _users(source),
        "sign_ins": source.get("sign_ins", []),
        "projects": _projects(source),
        "proposals": _proposals(source),
        "tables": {key: model._meta.db_table for key, model in TABLES.items()},
        "histories": {
            key: model.history.model._meta.db_table for key, model in TABLES.items() if hasattr(model, "history")
        },
        "acts": acts(source) if name == "cast" else {},
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
            "rests_on": [item_key(item) for item in list_dependents(proposal.replaces)] if proposal.replaces else [],
        }
    return proposals


def acts(source: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the HTTP request of each act.

    Addresses and values may hold `{proposal}` (its id), `{project}` (its code), `{condition}`, `{mandate}`,
    `{delegation}`, `{interest}`, `{question}` (ids), `{group}`, `{communication}`, `{training}`, `{indicator}`,
    `{feedback}`, `{deliverable}`, `{test}` (ids of the first of the project; of what waits for an answer),
    `{standard}`, `{standard_version}` (ids of STD-LOG and of its draft), `{entry}` (of a method or tool),
    `{steering}`, `{milestone}`, `{line}`, `{lesson}` (ids of the first; of a milestone that is not reached),
    `{criterion}`, `{proposed}` (ids of an approved and of a proposed success criterion),
    `{campaign}`, `{defect}` (ids of an open one), `{corrected}` (of a defect), `{risk}` (the id of OR-1), `{raised}`
    (of a risk that is not assessed yet), `{action}` (of an action on a risk), `{issue}` (of an open one),
    `{requirement}` (the id of ONE-001),
    `{decision}` (the id of that of the proposal), `{seen}` (the version of the row that is changed; when the
    requirement changed), `{checkpoint}`, `{waiver}` (ids of a checkpoint and of a waiver of the project),
    `{document}` (the id of one attached to the working text, else of the project),
    `{fingerprint}` (the hash of the current revision), `{version}` (of the working text),
    `{other}` (the id of another open proposal of the project), `{rests_on}` (the key of what rests on the decision it
    would replace) and `{today+N}` (a day). Names of fields may hold them too.
    `files` are sent beside the fields, as multipart: field → [file name, its text].
    With `review` a first POST shows the record; the same fields with `then` added record it.
    """
    dossier = "/proposals/{proposal}/"

    def act(url: str, page: str, by: str, fields: dict[str, str], **more: Any) -> dict[str, Any]:
        return {"method": "POST", "url": url, "page": page, "by": by, "review": False, "fields": fields, **more}

    sign_in = {"login": "owner@example.org", "password": source["password"]}
    opinion = {
        "fingerprint": "{fingerprint}",
        "position": Position.FAVOURABLE.value,
        "reasons": "Within the standard and the envelope.",
        "step": "review",
    }
    decision = {
        "fingerprint": "{fingerprint}",
        "outcome": Outcome.APPROVED_WITH_CONDITIONS.value,
        "reasons": "Both advisers agree; the crews must know in time.",
        "step": "review",
        **CONDITION,
    }
    new, roles, record = "/projects/{project}/proposals/new/", "/projects/{project}/mandates/", {"step": "record"}
    ties, documents, evidence = (
        "/projects/{project}/interests/",
        "/projects/{project}/documents/",
        f"{dossier}evidence/",
    )
    requirements = "/projects/{project}/requirements/"
    baselines = "/projects/{project}/requirements/baselines/"
    quotation = {"file": ["quotation-31.txt", "Spare mooring rings: EUR 410.\n"]}
    return {
        "sign_in": act(reverse("account_login"), reverse("account_login"), "owner", sign_in),
        "sign_out": act(reverse("account_logout"), reverse("account_logout"), "owner", {}),
        "draft": act(new, new, "amoa", {"version": "0", **TEXT, **OPTIONS}),
        "edit": act(
            f"{dossier}edit/", f"{dossier}edit/", "amoa", {"version": "{version}", **TEXT, **OPTIONS}, on=["draft"]
        ),
        "add_document": act(documents, documents, "amoa", {"name": "Quotation 31"}, files=quotation),
        "replace_document": act(
            "/documents/{document}/replace/", documents, "amoa", {"why": "The supplier corrected it."}, files=quotation
        ),
        "add_evidence": act(
            evidence, evidence, "amoa", {"version": "{version}", "name": "Quotation 31"}, files=quotation, on=["draft"]
        ),
        "attach_evidence": act(
            f"{evidence}attach/",
            evidence,
            "amoa",
            {"version": "{version}", "document": "{document}"},
            on=["ready_for_decision"],
        ),
        "replace_evidence": act(
            f"{evidence}{{document}}/replace/",
            evidence,
            "amoa",
            {"version": "{version}", "why": "The supplier corrected it."},
            files=quotation,
            on=["draft"],
        ),
        "detach_evidence": act(
            f"{evidence}{{document}}/detach/", evidence, "amoa", {"version": "{version}"}, on=["draft"]
        ),
        "submit": act(f"{dossier}submit/", dossier, "amoa", {"version": "{version}"}, on=["draft"]),
        "take_up": act(f"{dossier}take-up/", dossier, "pmo", {}, on=["submitted"]),
        "advise": act(
            f"{dossier}advise/",
            dossier,
            "pmo",
            opinion,
            review=True,
            then={"step": "send"},
            on=["submitted", "under_review"],
        ),
        "decide": act(
            f"{dossier}decide/",
            dossier,
            "owner",
            decision,
            review=True,
            then={"step": "seal"},
            on=["ready_for_decision"],
        ),
        "lift": act(
            "/conditions/{condition}/lift/",
            dossier,
            "owner",
            {"proof": "Mail of the harbour office"},
            on=["conditions_open"],
        ),
        "prove": act(
            "/conditions/{condition}/prove/",
            "/conditions/{condition}/prove/",
            "amoa",
            {"proof": "Letter of the sea rescue station"},
            on=["conditions_open"],
        ),
        "waive": act(
            "/conditions/{condition}/waive/",
            "/conditions/{condition}/waive/",
            "owner",
            {"because": "The station has moved away."},
            on=["conditions_open"],
        ),
        "note_binding": act(
            f"{dossier}binding-opinion/",
            f"{dossier}binding-opinion/",
            "pmo",
            {"fingerprint": "{fingerprint}", "favourable": "yes", "given_on": "{today+0}", "reference": "Letter 114"},
            on=["ready_binding"],
        ),
        "decide_without_opinion": act(
            f"{dossier}decide/",
            dossier,
            "owner",
            decision | {"waiver-PMO": "The works stop on Monday without it."},
            review=True,
            then={"step": "seal"},
            on=["submitted", "under_review", "late"],
        ),
        "merge": act(
            f"{dossier}decide/",
            dossier,
            "owner",
            {
                "fingerprint": "{fingerprint}",
                "outcome": Outcome.MERGED.value,
                "reasons": "One question, one answer.",
                "step": "review",
                "merged_into": "{other}",
            },
            review=True,
            then={"step": "seal"},
            on=["ready_over_cap"],
        ),
        "replace": act(
            f"{dossier}decide/",
            dossier,
            "owner",
            {
                "fingerprint": "{fingerprint}",
                "outcome": Outcome.APPROVED.value,
                "reasons": "The floor must carry.",
                "step": "review",
                "fate-{rests_on}": Fate.CHANGED.value,
            },
            review=True,
            then={"step": "seal"},
            on=["ready_replacing"],
        ),
        "withdraw": act(
            f"{dossier}withdraw/",
            f"{dossier}withdraw/",
            "amoa",
            {"reasons": "Overtaken by the survey."},
            on=["draft", "submitted", "under_review", "ready_for_decision", "returned", "deferred"],
        ),
        "adapt_roles": act(
            "/projects/{project}/roles/adapt/drop/",
            "/projects/{project}/roles/adapt/drop/",
            "pmo",
            {"base": "1", "duty": "PMO PMO-13", "reason": "The project managers are trained."},
        ),
        "appoint": act(
            f"{roles}appoint/",
            f"{roles}appoint/",
            "owner",
            {"role": "DEST", "email": "outsider@example.org", "ends_on": "{today+90}", "group": "Anglers"},
        ),
        "name_owner": act(
            f"{roles}name-owner/",
            f"{roles}name-owner/",
            "owner",
            {"email": "outsider@example.org", "starts_on": "{today+30}", "step": "review"},
            review=True,
            then=record,
        ),
        "end_mandate": act(
            "/mandates/{mandate}/end/",
            "/mandates/{mandate}/end/",
            "owner",
            {"ends_on": "{today+10}", "because": "Moved to another project.", "step": "review"},
            review=True,
            then=record,
        ),
        "accept": act("/mandates/{mandate}/accept/", roles, "moe", {}),
        "delegate": act(
            f"{roles}delegate/",
            f"{roles}delegate/",
            "owner",
            {
                "email": "outsider@example.org",
                "kinds": "minor_change",
                "cap": "5 000",
                "ends_on": "{today+60}",
                "document": "Act of delegation 2, signed today",
            },
        ),
        "revoke": act("/delegations/{delegation}/revoke/", "/delegations/{delegation}/revoke/", "owner", {}),
        "note_bidder": act(
            f"{ties}bidder/",
            f"{ties}bidder/",
            "owner",
            {"organisation": "Quays and Locks Ltd", "step": "review"},
            review=True,
            then=record,
        ),
        "declare_interest": act(
            f"{ties}declare/",
            f"{ties}declare/",
            "pmo",
            {"organisation": "Quays and Locks Ltd", "tie": "I worked there until last year.", "step": "review"},
            review=True,
            then=record,
        ),
        "settle_interest": act(
            "/interests/{interest}/settle/",
            "/interests/{interest}/settle/",
            "owner",
            {"ruling": Ruling.STAYS.value, "because": "A relative, unpaid.", "step": "review"},
            review=True,
            then=record,
        ),
        **_change_acts(act),
        **_acceptance_acts(act),
        **_library_acts(act),
        **_steering_acts(act),
        **_risk_acts(act),
        **_conformity_acts(act),
        "write_requirement": act(f"{requirements}new/", f"{requirements}new/", "amoa", REQUIREMENT),
        "edit_requirement": act(
            "/requirements/{requirement}/edit/",
            "/requirements/{requirement}/edit/",
            "amoa",
            {"seen": "{seen}", **REQUIREMENT, "state": "approved", "lot": "Lot 1"},
        ),
        "change_requirements": act(
            f"{requirements}change/", requirements, "amoa", {"one": "{requirement}", "priority": "should"}
        ),
        "implement": act(f"{requirements}change/", requirements, "moe", {"one": "{requirement}", "act": "implement"}),
        "freeze_baseline": act(
            f"{baselines}freeze/", f"{baselines}freeze/", "amoa", {"seen": "", "reason": "Workshop 4"}
        ),
        "ask": act(
            "/requirements/{requirement}/ask/",
            "/requirements/{requirement}/ask/",
            "amoa",
            {"text": "What does the lamp cost a year?"},
        ),
        "answer": act(
            "/questions/{question}/answer/", "/questions/{question}/answer/", "moe", {"text": "Yes, and 500 too."}
        ),
        "estimate": act(
            "/requirements/{requirement}/estimate/",
            "/requirements/{requirement}/estimate/",
            "moe",
            {"days": "2,5", "cost": "1 800", "note": "With the lamps of quay 2.", "document": ""},
        ),
        "add_report": act("/projects/{project}/gates/report/add/", "/projects/{project}/gates/", "pmo", {"gate": "G3"}),
        "archive_review": act(
            "/projects/{project}/reviews/new/",
            "/projects/{project}/reviews/",
            "pmo",
            {"chosen": "ONE", "asked": "Who pays for the second quay?"},
        ),
        "preferences": act(reverse("roles:preferences"), "/", "owner", {"language": "fr", "next": "/"}),
        "read_notifications": act(
            reverse("projects:notices:notifications_read"), reverse("projects:notices:notification_list"), "owner", {}
        ),
    }


def _acceptance_acts(act: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the acts of acceptance."""
    planned, campaign = "/projects/{project}/acceptance/", "/campaigns/{campaign}/"
    days = {"starts_on": "{today+1}", "ends_on": "{today+9}"}
    return {
        "write_deliverable": act(
            f"{planned}deliverables/new/", planned, "amoa", {"code": "D-11", "name": "Lamps of the pontoons"}
        ),
        "edit_deliverable": act(
            "/deliverables/{deliverable}/edit/", planned, "amoa", {"name": "Berth plan, on a screen", "seen": "{seen}"}
        ),
        "write_test": act(
            f"{planned}tests/new/",
            planned,
            "amoa",
            {"title": "The lamp stays lit", "requirement": "ONE-001", "criterion": "2", "steps": "Cut the power."},
        ),
        "edit_test": act("/tests/{test}/edit/", "/tests/{test}/", "amoa", {"title": "Another title", "seen": "{seen}"}),
        "open_campaign": act(
            f"{planned}campaigns/new/", planned, "amoa", {"stage": "regular_service", "title": "Thirty days", **days}
        ),
        "edit_campaign": act(
            f"{campaign}edit/", campaign, "amoa", {"stage": "fitness", "title": "Fitness", "seen": "{seen}", **days}
        ),
        "run_test": act(
            f"{campaign}tests/{{test}}/run/", campaign, "amoa", {"result": "failed", "note": "Nothing is seen."}
        ),
        "close_campaign": act(f"{campaign}close/", campaign, "amoa", {}),
        "report_defect": act(
            f"{campaign}defects/new/", campaign, "amoa", {"severity": "major", "title": "The lamp is too weak"}
        ),
        "correct_defect": act(
            "/defects/{defect}/correct/", "/defects/{defect}/", "moe", {"correction": "Version 1.2."}
        ),
        "close_defect": act("/defects/{defect}/close/", "/defects/{defect}/", "amoa", {}),
        "reopen_defect": act("/defects/{corrected}/reopen/", "/defects/{corrected}/", "amoa", {}),
    }


def _steering_acts(act: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the acts on indicators, weather, schedule, budget, success criteria and lessons."""
    project = "/projects/{project}/"
    schedule, means, success = f"{project}schedule/", f"{project}means/", f"{project}success/"
    indicator = {
        "name": "Visitors at the office",
        "aspect": "other",
        "better": "higher",
        "green": "40",
        "amber": "20",
        "frequency": "weekly",
    }
    line = {"label": "Lighting", "envelope": "120 000", "committed": "0", "forecast": "118 000,50"}
    words = {
        "text": "The quays are lit.",
        "measure": "Lamps that work, counted in a month.",
        "target": "98",
        "unit": "%",
        "due_gate": "G4",
        "months_after": "0",
    }
    lesson = {"title": "Tides", "family": "schedule", "lesson": "Works follow the tide tables."}
    return {
        "follow_indicator": act(
            f"{project}indicators/new/", f"{project}indicators/", "pmo", {"code": "VISITORS", **indicator}
        ),
        "edit_steering": act(
            "/steering/{steering}/edit/", f"{project}indicators/", "pmo", indicator | {"seen": "{seen}"}
        ),
        "read_steering": act(
            "/steering/{steering}/reading/",
            f"{project}indicators/",
            "pmo",
            {"measured_on": "{today+0}", "value": "6,5"},
        ),
        "add_catalogue": act(f"{project}indicators/catalogue/", f"{project}indicators/", "pmo", {}),
        "publish_weather": act(
            f"{project}weather/publish/",
            f"{project}weather/",
            "pmo",
            {"comment": "No effect, nothing to do.", "overall": "sunny", "reason": "The block was lifted."},
        ),
        "write_milestone": act(
            f"{schedule}milestones/new/", schedule, "pmo", {"code": "M-9", "name": "Lamps", "baseline_on": "{today+40}"}
        ),
        "edit_milestone": act(
            "/milestones/{milestone}/edit/",
            schedule,
            "pmo",
            {"name": "Harbour opens to all", "actual_on": "{today+0}", "seen": "{seen}"},
        ),
        "forecast": act(
            "/milestones/{milestone}/forecast/", schedule, "pmo", {"forecast_on": "{today+120}", "reason": "Storms."}
        ),
        "write_budget_line": act(f"{means}new/", means, "pmo", line),
        "edit_budget_line": act("/budget-lines/{line}/edit/", means, "pmo", line | {"seen": "{seen}"}),
        "propose_criterion": act(f"{success}new/", success, "pmo", words),
        "propose_benefit": act(f"{success}benefits/new/", success, "amoa", words),
        "reword_criterion": act("/success/{proposed}/edit/", success, "pmo", words | {"seen": "{seen}"}),
        "drop_criterion": act("/success/{proposed}/drop/", success, "pmo", {}),
        "freeze_criteria": act(f"{success}freeze/", success, "pmo", {}),
        "measure_criterion": act(
            "/success/{criterion}/measure/",
            success,
            "amoa",
            {"measured_on": "{today+0}", "value": "9", "met": "yes"},
        ),
        "note_lesson": act(f"{project}lessons/new/", f"{project}lessons/", "recipient", lesson),
        "reword_lesson": act("/lessons/{lesson}/edit/", f"{project}lessons/", "moe", lesson | {"seen": "{seen}"}),
    }


def _risk_acts(act: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the acts on the risk register."""
    listed, issues = "/projects/{project}/risks/", "/projects/{project}/issues/"
    risk, raised = "/risks/{risk}/", "/risks/{raised}/"
    words = {
        "title": "The quay sinks",
        "cause": "The ground is soft.",
        "event": "The quay sinks by a hand.",
        "effect": "Boats are let in at high tide only.",
        "category": "external",
    }
    problem = {"title": "The pump has stopped", "urgency": "high", "impact": "low", "size": "small"}
    scale = {
        "likelihood_en": "rare, possible, likely, certain",
        "likelihood_fr": "rare, possible, probable, certain",
        "impact_en": "low, some, high, severe",
        "impact_fr": "faible, moyen, fort, grave",
        "amber_from": "4",
        "red_from": "9",
    }
    rated = {"likelihood": "3", "impact": "4"}
    return {
        "raise_risk": act(f"{listed}new/", f"{listed}new/", "recipient", words | rated),
        "edit_risk": act(f"{raised}edit/", raised, "moe", words | {"seen": "{seen}"}),
        "assess_risk": act(
            f"{risk}assess/",
            risk,
            "pmo",
            rated
            | {
                "response": "reduce",
                "residual_likelihood": "2",
                "residual_impact": "4",
                "treated": "on",
                "seen": "{seen}",
            },
        ),
        "settle_risk": act(f"{risk}settle/closed/", risk, "pmo", {"because": "The basin is dredged."}),
        "review_risk": act(f"{risk}review/", risk, "pmo", {"note": "As before.", "review_on": "{today+30}"}),
        "review_risks": act(f"{listed}review/", listed, "pmo", {"note": "As before.", "review_on": "{today+30}"}),
        "materialise_risk": act(f"{risk}happened/", risk, "amoa", problem),
        "treat_risk": act(
            f"{risk}actions/new/", risk, "amoa", {"text": "Two more buoys.", "role": "MOE", "due_on": "{today+20}"}
        ),
        "edit_risk_action": act(
            "/risk-actions/{action}/edit/",
            risk,
            "amoa",
            {"text": "Two buoys.", "role": "MOE", "due_on": "{today+20}", "seen": "{seen}"},
        ),
        "raise_issue": act(f"{issues}new/", issues, "recipient", problem),
        "settle_issue": act(
            "/issues/{issue}/settle/", "/issues/{issue}/", "pmo", {"state": "resolved", "resolution": "It is repaired."}
        ),
        "set_risk_scale": act(f"{listed}scale/set/", f"{listed}scale/", "owner", scale),
    }


def _conformity_acts(act: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the acts on conformity and waivers; a waiver is proposed and granted like any decision."""
    of, waiver = "/projects/{project}/conformity/", "/waivers/{waiver}/"
    found = {"result": "not_conform", "finding": "The map has no list.", "action": "", "action_role": ""}
    return {
        "check_conformity": act(f"{of}{{checkpoint}}/check/", f"{of}{{checkpoint}}/", "pmo", found),
        "revoke_waiver": act(f"{waiver}revoke/", waiver, "owner", {"because": "The measure is not kept."}),
        "close_waiver": act(f"{waiver}close/", waiver, "pmo", {"because": "The map is accessible."}),
    }


def _change_acts(act: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the acts on recipients and the change plan, and the acknowledgement of decisions."""
    change, group = "/projects/{project}/change/", {"group": "{group}"}
    groups = "/projects/{project}/recipients/"
    message = {**group, "title": "Opening hours", "after": "1", "days_after": "3", "state": "planned"}
    session = {**group, "title": "On the quay", "held_on": "{today+12}", "expected": "20", "state": "planned"}
    indicator = {**group, "name": "Complaints in a month", "direction": "down", "target": "5"}
    return {
        "describe_group": act(f"{groups}new/", groups, "amoa", {"name": "Anglers", "size": "12", "interest": "low"}),
        "edit_group": act(
            "/recipients/{group}/edit/", "/recipients/{group}/", "amoa", {"name": "Harbour users", "seen": "{seen}"}
        ),
        "write_impact": act(
            f"{change}impact/", change, "amoa", {**group, "aspect": "skill", "level": "low", "measure": "A leaflet"}
        ),
        "write_communication": act(f"{change}communications/new/", f"{change}communications/", "amoa", message),
        "edit_communication": act(
            "/communications/{communication}/edit/", f"{change}communications/", "amoa", message | {"seen": "{seen}"}
        ),
        "write_training": act(f"{change}training/new/", f"{change}training/", "amoa", session),
        "edit_training": act("/trainings/{training}/edit/", f"{change}training/", "amoa", session | {"seen": "{seen}"}),
        "write_indicator": act(f"{change}adoption/new/", f"{change}adoption/", "amoa", indicator),
        "edit_indicator": act(
            "/indicators/{indicator}/edit/", f"{change}adoption/", "amoa", indicator | {"seen": "{seen}"}
        ),
        "add_reading": act(
            "/indicators/{indicator}/reading/",
            f"{change}adoption/",
            "amoa",
            {"measured_on": "{today+0}", "value": "71,5"},
        ),
        "freeze_plan": act(f"{change}freeze/", change, "amoa", {}),
        "give_feedback": act(
            f"{change}feedback/new/",
            f"{change}feedback/",
            "recipient",
            {**group, "kind": "question", "text": "Who answers at night?"},
        ),
        "answer_feedback": act(
            "/feedback/{feedback}/answer/", f"{change}feedback/", "amoa", {"answer": "The harbour office does."}
        ),
        "acknowledge": act("/decisions/{decision}/read/", "/decisions/{decision}/", "recipient", {}, on=["decided"]),
    }


def _library_acts(act: Callable[..., dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the acts on the standards library; adopting is a proposal like any other."""
    listed, draft = "/projects/{project}/standards/", "/standards/versions/{standard_version}/edit/"
    text = {
        "title_fr": "Sécurité sur le quai",
        "title_en": "Safety on the quay",
        "purpose_fr": "",
        "purpose_en": "",
        "source": "Port rules",
        "mandatory": "on",
        "levels": "project",
        "from_gate": "G2",
        "template": "",
    }
    checkpoints = {
        "checkpoints-TOTAL_FORMS": "1",
        "checkpoints-INITIAL_FORMS": "0",
        "checkpoints-0-text_fr": "Chacun porte un gilet.",
        "checkpoints-0-text_en": "Everybody wears a life vest.",
        "checkpoints-0-computed": "",
        "checkpoints-0-waivable": "on",
    }
    entry = {
        "kind": "guide",
        "family": "security",
        "title_fr": "Lire la marée",
        "title_en": "Reading the tide",
        "text_fr": "Voir la table du port.",
        "text_en": "See the table of the port.",
        "link": "",
        "document": "",
    }
    return {
        "install_standards": act(f"{listed}install/", listed, "pmo", {}),
        "new_standard": act(
            f"{listed}new/", f"{listed}new/", "pmo", {"code": "STD-VEST", "family": "security"} | text | checkpoints
        ),
        "next_version": act("/standards/{standard}/next/", "/standards/{standard}/", "pmo", {}),
        "edit_standard": act(draft, draft, "pmo", {"seen": "{seen}"} | text | checkpoints),
        "write_entry": act(f"{listed}tools/new/", f"{listed}tools/", "pmo", entry),
        "edit_entry": act("/library/{entry}/edit/", f"{listed}tools/", "pmo", entry | {"seen": "{seen}"}),
    }
