"""Test the history of the governed models: every version, with its actor and the date of the act (architecture §6)."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from amoa.models import (
    AcceptanceCampaign,
    AcceptanceTest,
    AdoptionIndicator,
    BaselineInForce,
    ChangeImpact,
    CommunicationAction,
    Defect,
    Deliverable,
    FeedbackItem,
    Question,
    Requirement,
    TrainingSession,
)
from amoa.requirements.services import change_many, write_requirement
from core.acts import acting_as, current_actor
from core.history import UnversionedWrite, bypassing_history, history_models
from governance.enums import Outcome
from governance.models import (
    Action,
    BindingOpinion,
    Body,
    Condition,
    Decision,
    EarlierDecision,
    Opinion,
    Proposal,
    ProposalDraft,
    ProposalRevision,
    Session,
    SessionItem,
)
from pmo.models import (
    BudgetLine,
    Dependency,
    Escalation,
    Indicator,
    Issue,
    LessonLearned,
    LibraryEntry,
    Milestone,
    Risk,
    RiskAction,
    Standard,
    StandardCheckpoint,
    StandardVersion,
    SuccessCriterion,
)
from pmo.registers.escalations.services import escalate_risk
from projects.models import (
    Credential,
    Delegation,
    Interest,
    Mandate,
    OrganisationLink,
    OrganisationSettings,
    Project,
    ProvisioningToken,
    RecipientGroup,
    Ruling,
)
from projects.people.provisioning.services import make_token
from projects.seats.interests.services import declare_interest, settle_interest
from projects.seats.mandates.services import appoint, end_mandate, revoke
from roles.models import Activity, ComparisonDimension, MethodPack, Organisation, Responsibility, RoleTemplate, User
from tests import acts
from tests.database import our_models
from tests.governance.place.nodes import found, place
from tests.governance.sessions import factories as sessions

pytestmark = pytest.mark.django_db

GOVERNED: list[Any] = [
    Organisation,
    User,
    MethodPack,
    Activity,
    RoleTemplate,
    Responsibility,
    ComparisonDimension,
    Project,
    Mandate,
    Delegation,
    Proposal,
    ProposalDraft,
    ProposalRevision,
    Opinion,
    BindingOpinion,
    Decision,
    Condition,
    EarlierDecision,
    Interest,
    OrganisationLink,
    OrganisationSettings,
    Credential,
    ProvisioningToken,
    Deliverable,
    AcceptanceTest,
    AcceptanceCampaign,
    Defect,
    RecipientGroup,
    ChangeImpact,
    CommunicationAction,
    TrainingSession,
    FeedbackItem,
    AdoptionIndicator,
    Indicator,
    Milestone,
    Dependency,
    BudgetLine,
    SuccessCriterion,
    Escalation,
    LessonLearned,
    Requirement,
    BaselineInForce,
    Question,
    Risk,
    RiskAction,
    Action,
    Issue,
    Standard,
    StandardVersion,
    StandardCheckpoint,
    LibraryEntry,
    Body,
    Session,
    SessionItem,
]
#: Tables without versions: the ledger, the outbox and consequences of acts; documents have their own.
WITHOUT = {
    "AccountSession",
    "Acknowledgement",
    "AddressChange",
    "AdministratorEnding",
    "AdoptionReading",
    "ChangePlan",
    "BaselineEntry",
    "Bidder",
    "CalendarFeed",
    "CarryOver",
    "DecisionList",
    "Checkpoint",
    "Discharge",
    "Employment",
    "IndependenceMark",
    "Dispute",
    "EvidenceCheck",
    "RecordFile",
    "Replacement",
    "Competence",
    "ConformityCheck",
    "Document",
    "DocumentVersion",
    "DecisionReview",
    "SecondLook",
    "Share",
    "Effect",
    "FormDraft",
    "Erasure",
    "ImportJob",
    "ListImport",
    "Estimate",
    "LedgerEvent",
    "Logo",
    "Matrix",
    "Move",
    "Notification",
    "RequirementBaseline",
    "RequirementVersion",
    "Review",
    "RiskAcceptance",
    "RiskRating",
    "RowLayout",
    "RowSeal",
    "SavedView",
    "SearchText",
    "Reminder",
    "RiskReview",
    "RiskScale",
    "SealBreak",
    "Snapshot",
    "Snooze",
    "TestRun",
    "Timestamp",
    "Verification",
    "Vouch",
    "Waiver",
    "WaiverEnd",
    "WordMeaning",
    "IndicatorReading",
    "WeatherReport",
    "MilestoneForecast",
    "BudgetReading",
    "SuccessCriteriaSet",
    "CriterionMeasure",
}


@pytest.fixture(autouse=True)
def _a_row_that_the_cast_does_not_leave(request: pytest.FixtureRequest, staff_admin: User) -> None:
    """Make a token, a session, an escalated risk for the tests about them."""
    if Escalation.__name__ in request.node.name:
        cast, risk = request.getfixturevalue("cast"), Risk.objects.select_related("project").get(code="OR-1")
        node = found(cast, "PRG")
        place(cast, risk.project, node)
        escalate_risk(actor=cast["pmo"], risk=risk, above=node, because="The port authority alone can close the quay.")
    if ProvisioningToken.__name__ in request.node.name:
        make_token(actor=staff_admin, name="directory")
    if any(model.__name__ in request.node.name for model in (Body, Session)):
        pmo, project = User.objects.get(email="pmo@example.org"), Project.objects.get(code="ONE")
        sessions.hold(pmo, sessions.found_body(pmo, project))


def test_every_governed_model_has_a_history() -> None:
    governed = {model.__name__ for model in our_models() if hasattr(model, "history")}
    assert governed == {model.__name__ for model in GOVERNED}
    told = {model.__name__ for model in our_models() if not hasattr(model, "history")}
    assert told - {model.__name__ for model in history_models()} == WITHOUT


@pytest.mark.parametrize("model", GOVERNED, ids=lambda model: model.__name__)
def test_the_cast_left_a_version_of_every_row_with_its_actor(model: Any) -> None:
    rows = set(model.objects.values_list("pk", flat=True))
    assert rows
    key = model._meta.pk.attname
    assert set(model.history.values_list(key, flat=True)) >= rows
    assert not model.history.filter(history_user=None).exists()


@pytest.mark.parametrize("model", GOVERNED, ids=lambda model: model.__name__)
def test_a_queryset_writes_no_governed_row_past_its_history(model: Any) -> None:
    kept = model.objects.filter(pk=model.objects.earliest("pk").pk)  # also refused on a queryset in a variable
    writes: tuple[Callable[[], Any], ...] = (
        lambda: kept.update(pk=0),
        lambda: kept.delete(),
        lambda: kept._raw_delete("default"),
        lambda: model.objects.update(pk=0),
        lambda: model.objects.bulk_create([model()]),
        lambda: model.objects.bulk_update(kept, [model._meta.pk.name]),
        lambda: thread.submit(asyncio.run, kept.aupdate(pk=0)).result(),  # browsers keep a loop in the main thread
    )
    with ThreadPoolExecutor(1) as thread:
        for write in writes:
            with pytest.raises(UnversionedWrite, match=model.__name__):
                write()


def test_the_rows_of_another_one_are_not_written_past_their_history_either(project_one: Project) -> None:
    with pytest.raises(UnversionedWrite):
        project_one.requirements.update(title="X")
    with pytest.raises(UnversionedWrite):
        project_one.proposals.all().delete()


def test_a_bulk_update_is_allowed_when_versions_are_written_too() -> None:
    with bypassing_history():
        assert User.objects.update(title="Dr")
    with pytest.raises(UnversionedWrite):
        User.objects.update(title="")


def versions_since(marks: dict[Any, int]) -> list[Any]:
    """List the history rows written since `marks`."""
    return [row for model, mark in marks.items() for row in model.objects.filter(history_id__gt=mark)]


def marks() -> dict[Any, int]:
    """Return the newest row of each history."""
    return {model: model.objects.aggregate(last=models.Max("history_id"))["last"] or 0 for model in history_models()}


def end_pmo_mandate(actor: User, file: Proposal) -> None:
    """End the PMO's mandate."""
    end_mandate(actor=actor, mandate=Mandate.objects.get(project=file.project, role__code="PMO"))


def give_role(actor: User, file: Proposal) -> None:
    """Give a role to a new person."""
    appoint(
        actor=actor,
        project=file.project,
        role=RoleTemplate.objects.get(code="DEST"),
        holder=User.objects.get(email="outsider@example.org"),
    )


def revoked(actor: User, file: Proposal) -> None:
    """End the delegation."""
    revoke(actor=actor, delegation=Delegation.objects.get(mandate__project=file.project))


def tied(actor: User, file: Proposal) -> Interest:
    """Declare a tie with an organisation that is not known yet."""
    return declare_interest(actor=actor, project=file.project, organisation="New Cranes", tie="A cousin.")


def written(actor: User, file: Proposal) -> None:
    """Write a requirement."""
    write_requirement(actor=actor, project=file.project, fields={"kind": "need", "title": "Crews hear the tide"})


def changed(actor: User, file: Proposal) -> None:
    """Change the requirements of the cast that are still editable."""
    numbers = list(file.project.requirements.order_by("pk").values_list("pk", flat=True))
    change_many(actor=actor, project=file.project, numbers=numbers, fields={"lot": "Lot 9"})


def settle_tie(actor: User, file: Proposal) -> None:
    """Rule on the tie of the cast: its holder leaves."""
    interest = Interest.objects.get(project=file.project)
    settle_interest(actor=actor, interest=interest, ruling=Ruling.LEAVES, because="Too close.")


ACTS: dict[str, tuple[Callable[..., Any], str, str, set[str]]] = {
    "draft": (lambda actor, file: acts.draft(actor, file.project), "amoa", "draft", {"Proposal", "ProposalDraft"}),
    "edit": (acts.edit, "amoa", "draft", {"ProposalDraft"}),
    "submit": (acts.submit, "amoa", "draft", {"Proposal", "ProposalRevision"}),
    "take_up": (acts.take_up, "pmo", "submitted", {"Proposal"}),
    "advise": (acts.advise, "pmo", "submitted", {"Proposal", "Opinion"}),
    "withdraw": (acts.withdraw, "amoa", "submitted", {"Proposal"}),
    "decide": (
        lambda actor, file: acts.decide(actor, file, Outcome.APPROVED_WITH_CONDITIONS),
        "owner",
        "ready_for_decision",
        {"Proposal", "Decision", "Condition"},
    ),
    "decide by delegation": (acts.decide, "delegate", "ready_minor", {"Proposal", "Decision"}),
    "lift": (acts.lift, "owner", "conditions_open", {"Proposal", "Condition"}),
    "end_mandate": (end_pmo_mandate, "owner", "draft", {"Mandate"}),
    "appoint": (give_role, "owner", "draft", {"Mandate"}),
    "declare_interest": (tied, "pmo", "draft", {"Interest", "Organisation"}),
    "settle_interest": (settle_tie, "owner", "draft", {"Interest", "Mandate"}),
    "revoke": (revoked, "owner", "draft", {"Delegation"}),
    "write_requirement": (written, "amoa", "draft", {"Requirement"}),
    "change_many": (changed, "amoa", "draft", {"Requirement"}),
}


@pytest.mark.parametrize("name", ACTS)
def test_every_act_leaves_versions_that_name_its_actor(name: str, cast: dict[str, Any], proposal: Any) -> None:
    perform, member, key, changed = ACTS[name]
    before, start = marks(), timezone.now()
    perform(cast[member], proposal(key))
    rows = versions_since(before)
    assert {type(row).__name__.removeprefix("Historical") for row in rows} == changed
    assert {row.history_user for row in rows} == {cast[member]}
    assert all(start - timedelta(minutes=1) < row.history_date <= timezone.now() for row in rows)


def test_no_actor_stays_behind_after_an_act(amoa: Any, proposal: Any) -> None:
    acts.edit(amoa, proposal("draft"))
    assert current_actor() is None
    with acting_as(amoa), pytest.raises(ZeroDivisionError):
        _ = 1 // 0
    assert current_actor() is None


def test_a_change_without_an_actor_is_refused(project_one: Any) -> None:
    before = Project.history.count()
    project_one.title_en = "Nobody's title"
    with pytest.raises(IntegrityError, match="A history row must name its actor"), transaction.atomic():
        project_one.save()
    project_one.refresh_from_db()
    assert project_one.title_en == "Harbour renewal"
    assert Project.history.count() == before


def test_an_account_changed_outside_an_act_is_changed_by_its_holder(outsider: Any) -> None:
    outsider.title = "Dr"
    outsider.save()
    assert outsider.history.latest("history_id").history_user == outsider


def test_passwords_are_in_no_history(outsider: Any) -> None:
    assert "password" not in [field.name for field in User.history.model._meta.get_fields()]


def test_the_history_lists_the_changes_in_order(amoa: Any, proposal: Any) -> None:
    file = proposal("draft")
    acts.edit(amoa, file, title="First")
    acts.edit(amoa, file, title="Second")
    titles = list(file.draft.history.order_by("-history_id").values_list("title", flat=True))
    assert titles[:3] == ["Second", "First", "Weekly notice on noisy works"]


def test_a_history_row_is_dated_by_the_database_whatever_it_says(owner: Any) -> None:
    """The runtime role cannot back-date (architecture §4)."""
    model = Project.history.model
    row = model.objects.order_by("history_id").first()
    row.pk, row.history_date, row.history_user = None, timezone.now() - timedelta(days=900), owner
    row.save(force_insert=True)
    acts.leave_event(row.instance)
    row.refresh_from_db()
    assert timezone.now() - row.history_date < timedelta(minutes=1)
