"""Test the guarantees of every table: the shared triggers, and the rights of the runtime role."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from amoa.models import (
    AdoptionReading,
    BaselineEntry,
    ChangePlan,
    Estimate,
    RequirementBaseline,
    RequirementVersion,
    TestRun,
)
from core.acts import acting_as, back_entry, erasing
from core.files.checks import Upload
from core.history import history_models, version_of
from core.models import AccountSession, FormDraft, SavedView, SearchText
from governance.decide.disputes.services import dispute
from governance.decide.independence.services import judge_project
from governance.enums import Act
from governance.life.decision_reviews.enums import ReviewAnswer
from governance.life.decision_reviews.services import review_decision
from governance.life.moves.services import ask_move
from governance.life.second_look.enums import LookAnswer
from governance.life.second_look.services import look_back
from governance.models import (
    Acknowledgement,
    BindingOpinion,
    CalendarFeed,
    CarryOver,
    Checkpoint,
    Condition,
    Decision,
    DecisionList,
    DecisionReview,
    Dispute,
    Effect,
    Erasure,
    IndependenceMark,
    Opinion,
    ProposalRevision,
    RecordFile,
    SealBreak,
    SecondLook,
    Share,
    Snooze,
    Timestamp,
    Verification,
)
from governance.record.records.services import store_record
from pmo.models import (
    BudgetReading,
    ConformityCheck,
    CriterionMeasure,
    IndicatorReading,
    MilestoneForecast,
    Reminder,
    Review,
    RiskAcceptance,
    RiskRating,
    RiskReview,
    RiskScale,
    Snapshot,
    StandardCheckpoint,
    SuccessCriteriaSet,
    Waiver,
    WaiverEnd,
    WeatherReport,
)
from pmo.registers.escalations.services import escalate_risk
from pmo.standards.waivers.services import revoke_waiver
from pmo.steering.reminders.services import remind
from projects.ledger.services import record
from projects.models import (
    Bidder,
    Competence,
    Document,
    DocumentVersion,
    Employment,
    LedgerEvent,
    Matrix,
    Notification,
    OrganisationSettings,
    Project,
    Vouch,
    WordMeaning,
)
from projects.organisation_settings.services import edit_settings
from projects.people.accounts.employers import change_employer
from projects.people.addresses.services import ask_address
from projects.people.administrators.services import end_administrator
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import give_credential
from projects.people.provisioning.services import make_token
from projects.people.replacements.services import ask_closing
from projects.people.vouching.services import ask_vouch, vouch
from projects.seats.mandates.services import found_project
from roles.models import Responsibility, User
from tests import acts
from tests.amoa.imports.factories import receive_file
from tests.database import OWNER, RUNTIME, our_models, owning, refusal, run, triggers, undone
from tests.generic_attacks import GENERIC, attacks_on
from tests.governance.place.nodes import found, resolve, share
from tests.governance.sessions import factories as sessions
from tests.pmo.registers.risks import factories as risks
from tests.pmo.standards.conformity import checked_standards
from tests.projects.imports import factories as lists
from tests.projects.ledger.tampering import as_notary, sign_checkpoint

pytestmark = pytest.mark.django_db

EVIDENCE = {
    Acknowledgement,
    AdoptionReading,
    ChangePlan,
    Decision,
    Effect,
    Erasure,
    Opinion,
    BindingOpinion,
    ProposalRevision,
    RecordFile,
    LedgerEvent,
    DecisionList,
    DecisionReview,
    SecondLook,
    Dispute,
    Vouch,
    SealBreak,
    Bidder,
    Employment,
    IndependenceMark,
    Competence,
    Document,
    DocumentVersion,
    Matrix,
    Verification,
    RequirementVersion,
    RequirementBaseline,
    BaselineEntry,
    Estimate,
    TestRun,
    IndicatorReading,
    WeatherReport,
    MilestoneForecast,
    Reminder,
    BudgetReading,
    SuccessCriteriaSet,
    CriterionMeasure,
    RiskScale,
    RiskRating,
    RiskReview,
    RiskAcceptance,
    ConformityCheck,
    Share,
    Waiver,
    WaiverEnd,
    Snapshot,
    Review,
}
PARTS_OF_DRAFTS = {Responsibility._meta.label_lower, StandardCheckpoint._meta.label_lower}
#: Rows that are no record: sessions, addresses of calendars, saved views, the search index, tasks put off, what was
#: typed and not sent, words of imported files.
NO_RECORD = {
    model._meta.label_lower
    for model in (AccountSession, CalendarFeed, FormDraft, SavedView, SearchText, Snooze, WordMeaning)
}
SHARING = [model for model in our_models() if attacks_on(model)]
INSERT_ONLY = [*EVIDENCE, *history_models()]


@pytest.fixture(scope="module", autouse=True)
def _a_row_of_what_the_cast_does_not_leave(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Write a checkpoint with a time stamp, a stored record, a verification, an import, an erasure, a risk, a review,
    an ended waiver, a logo.

    They are written once for all tests of this file; each test rolls back only its own changes.
    """
    with django_db_blocker.unblock(), undone():
        risks.create_accepted_risk_on_scale()
        waiver = Waiver.objects.get(pk=checked_standards.of_the_cast()["waiver"])
        revoke_waiver(actor=User.objects.get(email="owner@example.org"), waiver=waiver, because="The lamps are lit.")
        change = SealBreak.objects.latest("pk")
        review_decision(
            actor=User.objects.get(email="owner@example.org"),
            decision=Decision.objects.select_related("project", "proposal").get(pk=change.decision_id),
            change=change.pk,
            answer=ReviewAnswer.HOLDS,
            reasons="Only the lettering changed.",
        )
        look_back(
            actor=User.objects.get(email="owner@example.org"),
            decision=Decision.objects.select_related("project", "proposal").get(second_look_on__isnull=False),
            answer=LookAnswer.KEPT,
            reasons="It has served every day.",
        )
        receive_file(User.objects.get(email="amoa@example.org"), Project.objects.get(code="ONE"))
        lists.receive(User.objects.get(email="pmo@example.org"), Project.objects.get(code="ONE"))
        condition = Condition.objects.filter(state="open", decision__project__code="ONE").earliest("pk")
        remind(
            actor=User.objects.get(email="owner@example.org"),
            project=Project.objects.get(code="ONE"),
            key=f"conditions-{condition.pk}",
        )
        ask_address(actor=User.objects.get(email="pmo@example.org"), email="another@example.org")
        portfolio = found_project(
            actor=User.objects.get(email="staff.admin@example.org"),
            owner=User.objects.get(email="outsider@example.org"),
            fields={
                "code": "PORTS",
                "prefix": "PO",
                "title_fr": "Ports",
                "title_en": "Ports",
                "level": "portfolio",
                "starts_on": "2026-01-05",
                "ends_on": "2030-01-05",
            },
        )
        ask_move(
            actor=User.objects.get(email="owner@example.org"),
            project=Project.objects.get(code="ONE"),
            target=portfolio,
        )
        signed = sign_checkpoint(tmp_path_factory.mktemp("keys") / "notary.pem")
        with as_notary():
            Timestamp.objects.create(checkpoint=signed, token=b"A token of " + bytes(signed.hash))
        store_record(actor=User.objects.installation(), decision=Decision.objects.earliest("pk"), language="fr")
        first = Decision.objects.select_related("decided_by").earliest("pk")
        dispute(actor=first.decided_by, decision=first)
        held = User.objects.get(email="moe@example.org")
        give_credential(actor=held, person=held, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
        [waiting] = ask_vouch(actor=held)
        vouch(actor=User.objects.get(email="staff.admin@example.org"), waiting=waiting, words="I spoke with them.")
        Verification.objects.create(events=0, result=3, fault_count=1, seconds=0)
        end_administrator(
            actor=User.objects.get(email="staff.admin@example.org"),
            person=User.objects.get(email="superuser@example.org"),
        )
        make_token(actor=User.objects.get(email="staff.admin@example.org"), name="directory")
        _join_the_providers_company()
        ask_closing(actor=User.objects.installation(), person=User.objects.get(email="owner@example.org"))
        edit_settings(
            actor=User.objects.get(email="staff.admin@example.org"),
            fields={},
            seen=version_of(OrganisationSettings.objects.get()),
            logo=Upload("logo.png", "image/png", b"A picture."),
        )
        with owning(), erasing("[erased 2026-11-24]"):
            Erasure.objects.create(
                subject="governance.opinion",
                subject_id="0",
                fields=["reasons"],
                because="A test.",
                acted_at=timezone.now(),
                erased_by=User.objects.earliest("pk"),
            )
        pmo = User.objects.get(email="pmo@example.org")
        sessions.settle(User.objects.get(email="owner@example.org"), pmo, Project.objects.get(code="ONE"))
        _carry_over()
        _give_a_share()
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET CONSTRAINTS ALL DEFERRED")
        yield


def _give_a_share() -> None:
    """Decide the share of a programme in its own budget, and escalate a risk of a project below it."""
    members = ("staff_admin", "other_owner", "other_pmo", "other_amoa")
    cast = {member: User.objects.get(email=f"{member.replace('_', '.')}@example.org") for member in members}
    programme = found(cast, "PRG")
    resolve(programme, "budget", budget="100.00")
    share(programme, "PRG=100.00")
    risk = risks.create_risk(cast["other_pmo"], found(cast, "LOW", "project", parent=programme))
    escalate_risk(actor=cast["other_pmo"], risk=risk, above=programme, because="The port alone can close the quay.")


def _carry_over() -> None:
    """Write an item carried over past the services: no project of the cast has closed."""
    project, target = Project.objects.get(code="ONE"), Project.objects.get(code="TWO")
    holder, now = User.objects.get(email="other.owner@example.org"), timezone.now()
    [guard] = [one for one in CarryOver._meta.triggers if one.name == "is_named_by_the_decision_that_closes"]
    switch = f'ALTER TABLE governance_carryover {{}} TRIGGER "{guard.get_pgid(CarryOver)}"'
    with owning():
        run(switch.format("DISABLE"))
    with acting_as(holder):
        row = CarryOver.objects.create(
            project=project,
            decision=Decision.objects.filter(project=project).earliest("pk"),
            item="action-1",
            group="risks",
            label="Action",
            text="Look at the lamps.",
            target=target,
            holder=holder,
            due_on=now.date(),
            asked_at=now,
        )
        record(act=Act.CARRY_OVER, actor=holder, project=project, subject=row)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with owning():
        run(switch.format("ENABLE"))
    run("SET CONSTRAINTS ALL DEFERRED")


def _join_the_providers_company() -> None:
    """Let the AMOA work for the provider's company, which marks their seat."""
    adviser, provider = (User.objects.get(email=f"{name}@example.org") for name in ("amoa", "moe"))
    company = provider.organisation
    assert company
    today = timezone.localdate(timezone=UTC)  # employments are judged by days in UTC
    change_employer(actor=adviser, person=adviser, organisation=company.name, starts_on=today)
    judge_project(actor=User.objects.installation(), project=Project.objects.get(code="ONE"))


@pytest.mark.parametrize("model", SHARING, ids=lambda model: model.__name__)
def test_each_shared_trigger_refuses_even_the_owner_of_the_table_and_nothing_does_without_it(
    model: type[models.Model],
) -> None:
    assert model._default_manager.exists(), "an attack on an empty table proves nothing"
    faults = []
    for attack in attacks_on(model):
        try:
            attack.prove()
        except AssertionError as fault:
            faults.append(f"{attack}: {fault}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("family", GENERIC)
def test_the_runtime_role_is_refused_too(family: str) -> None:
    """One table of each family; a later test checks that no right gives another one."""
    tried = [attack for model in SHARING for attack in attacks_on(model) if attack.guard.endswith(f".{family}")]
    for attack in tried[: len(GENERIC[family])]:
        answer = refusal(attack.attempt, role=RUNTIME)
        assert "permission denied" in answer or attack.message in answer, attack


# — which table carries which trigger —


def test_evidence_is_only_added_to() -> None:
    wanted = {"is_never_changed_or_deleted", "is_never_emptied"}
    lacking = [
        f"{model._meta.label_lower}.{name}"
        for model in [*INSERT_ONLY, Checkpoint, Timestamp]
        for name in wanted
        if f"{model._meta.label_lower}.{name}" not in triggers()
    ]
    assert not lacking


def test_every_table_that_a_decision_may_refer_to_refuses_delete() -> None:
    """Every table refuses DELETE, except parts of drafts (catalogue, standard), notices and what is no record."""
    deletable = {
        label
        for label in (model._meta.label_lower for model in our_models())
        if not {f"{label}.is_never_changed_or_deleted", f"{label}.is_never_deleted"} & set(triggers())
    }
    assert deletable == {*PARTS_OF_DRAFTS, Notification._meta.label_lower, *NO_RECORD}


def test_the_triggers_of_the_code_are_those_of_the_database() -> None:
    declared = {trigger.get_pgid(model) for model, trigger in triggers().values()}
    found = run(
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgname LIKE 'pgtrigger_%'"
    )
    assert {name for (name,) in found} == declared


# — the runtime role —


def rights(table: str) -> set[str]:
    """List the privileges of the runtime role on a table."""
    wanted = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
    return {
        right
        for right in wanted
        if run("SELECT has_table_privilege(%s, %s, %s)", [settings.RUNTIME_ROLE, f"public.{table}", right])[0][0]
    }


@pytest.mark.parametrize("model", INSERT_ONLY, ids=lambda model: model.__name__)
def test_the_runtime_role_reads_and_adds_evidence_and_is_denied_the_rest_before_any_trigger(
    model: type[models.Model],
) -> None:
    table, key = model._meta.db_table, model._meta.pk.column
    assert rights(table) == {"SELECT", "INSERT"}
    for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        assert f"permission denied for table {table}" in refusal(lambda statement=statement: run(statement)), statement


@pytest.mark.parametrize("table", ["governance_checkpoint", "governance_timestamp"])
def test_the_runtime_role_only_reads_checkpoints_and_their_time_stamps(table: str) -> None:
    assert rights(table) == {"SELECT"}


def test_the_runtime_role_deletes_and_empties_no_table_of_ours() -> None:
    deletable = {m._meta.label_lower for m in our_models() if rights(m._meta.db_table) & {"DELETE", "TRUNCATE"}}
    many_to_many = {"roles.user_groups", "roles.user_user_permissions"}
    assert deletable - many_to_many == {*PARTS_OF_DRAFTS, *NO_RECORD}


def test_the_runtime_role_owns_nothing_and_creates_nothing() -> None:
    role = settings.RUNTIME_ROLE
    assert run("SELECT current_user") == [(role,)]
    assert run("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = %s", [role]) == []
    assert run("SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) = %s", [role]) == []
    assert run("SELECT rolsuper OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role]) == [
        (False,)
    ]
    owner = "(SELECT relowner FROM pg_class WHERE relname = 'governance_decision')"
    assert run(f"SELECT pg_has_role(%s, {owner}, 'MEMBER')", [role]) == [(False,)]
    name = connection.settings_dict["NAME"]
    assert run("SELECT has_database_privilege(%s, %s, 'TEMP')", [role, name]) == [(False,)]
    assert run("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [role]) == [(False,)]
    assert "permission denied" in refusal(lambda: run("CREATE TEMPORARY TABLE governance_decision (id int)"))
    assert "permission denied" in refusal(lambda: run("CREATE TABLE shadow (id int)"))
    assert "must be owner" in refusal(lambda: run("ALTER TABLE governance_decision DISABLE TRIGGER ALL"))
    assert "permission denied" in refusal(lambda: run("SET session_replication_role = replica"))


# — the past —


def test_the_runtime_role_enters_nothing_afterwards(amoa: Any, project_one: Project) -> None:
    def attack() -> None:
        with back_entry(timezone.now() - timedelta(days=3)):
            acts.submit(amoa, acts.draft(amoa, project_one))

    assert "Only the role that owns the tables enters past acts" in refusal(attack)


def test_a_back_entry_of_the_owner_role_says_so_and_keeps_both_dates(amoa: Any, project_one: Project) -> None:
    moment = timezone.now() - timedelta(days=3)
    with owning(), back_entry(moment):
        revision = acts.submit(amoa, acts.draft(amoa, project_one))
    revision.refresh_from_db()
    assert (revision.acted_at, revision.entered_afterwards) == (moment, True)
    assert revision.recorded_at > moment
    event = LedgerEvent.objects.latest("pk")
    assert (event.acted_at, event.entered_afterwards) == (moment, True)
    assert revision.history.get().history_date == moment


def test_a_back_entry_lies_in_the_past_and_is_dated_as_announced(amoa: Any, project_one: Project) -> None:
    ahead = timezone.now() + timedelta(days=1)
    past = timezone.now() - timedelta(days=3)

    def in_the_future() -> None:
        with back_entry(ahead):
            acts.submit(amoa, acts.draft(amoa, project_one))

    def otherwise() -> None:
        with back_entry(past):
            run("SELECT set_config('ouvrage.back_entry', %s, true)", [ahead.replace(year=2020).isoformat()])
            acts.submit(amoa, acts.draft(amoa, project_one))

    assert "A back-entry lies in the past" in refusal(in_the_future, role=OWNER)
    assert "A back-entry is dated as announced" in refusal(otherwise, role=OWNER)


def test_an_act_of_today_is_not_entered_afterwards(amoa: Any, project_one: Project) -> None:
    revision = acts.submit(amoa, acts.draft(amoa, project_one))
    revision.refresh_from_db()
    assert revision.entered_afterwards is False
