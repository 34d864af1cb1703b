"""Try twelve ways to a decision without the right to it: each is refused, records nothing, and is logged."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from celery.exceptions import NotRegistered
from django.core.exceptions import ValidationError
from django.core.management import call_command, get_commands
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from config.celery import app
from core.access import Refused
from core.acts import acting_as, back_entry
from demo.scenarios import loader
from governance.decide.decisions.fingerprint import build_file, read_parts
from governance.decide.decisions.services import decide
from governance.enums import Outcome
from governance.models import Condition, Decision, Proposal
from projects.models import Delegation, LedgerEvent, Mandate, Project
from projects.notices.tasks import relay
from projects.seats.mandates.services import accept, name_owner
from tests import acts
from tests.database import OURS, RUNTIME, copy_of, refusal, run
from tests.pages.visits import act

pytestmark = pytest.mark.django_db

#: Roles of the cast whose holders decide nothing on project one.
NOBODY = (
    "former_owner",
    "future_owner",
    "delegate",
    "pmo",
    "amoa",
    "moe",
    "recipient",
    "other_owner",
    "outsider",
    "staff_admin",
    "superuser",
)


@contextmanager
def nothing_recorded() -> Iterator[None]:
    """Assert that the block leaves every governed row, event and version unchanged."""

    def kept() -> Any:
        states = Proposal.objects.order_by("pk").values_list("pk", "state", "current_id")
        terms = Project.objects.order_by("pk").values_list("scope", "ends_on", "budget")
        seats = [list(model.objects.order_by("pk").values()) for model in (Mandate, Delegation, Condition)]
        return acts.count_evidence(), Decision.history.count(), list(states), list(terms), seats

    before = kept()
    yield
    assert kept() == before


def traces(caplog: pytest.LogCaptureFixture) -> list[str]:
    """List the log lines of refusals."""
    return [record.getMessage() for record in caplog.records if record.name == "ouvrage.refusals"]


def says_nothing_personal(lines: list[str], *people: Any) -> bool:
    """Assert that no line names a person or writes to one."""
    return not [line for line in lines for person in people if person.name in line or person.email in line]


def seal(proposal: Proposal, **changes: Any) -> tuple[str, dict[str, Any]]:
    """Post the request that records a decision."""
    return act("decide", proposal, step="seal", **changes)


# 1


@pytest.mark.parametrize("member", ["delegate", "pmo", "amoa", "moe", "recipient", "future_owner"])
def test_the_page_of_the_dossier(member: str, cast: Any, proposal: Any, client_of: Any, caplog: Any) -> None:
    file = proposal("ready_for_decision")
    path, fields = seal(file)
    with nothing_recorded():
        assert client_of(cast[member]).post(path, fields).status_code == 403
    assert traces(caplog) == [f"governance.decide refused to {cast[member].key} on governance.proposal {file.pk}: R1"]
    assert says_nothing_personal(traces(caplog), *(p for p in cast.values() if p.is_authenticated))


@pytest.mark.parametrize("member", ["former_owner", "outsider", "other_owner", "superuser", "staff_admin", "anonymous"])
def test_an_account_that_may_not_read_the_project_cannot_seal_a_decision(
    member: str, cast: Any, proposal: Any, client_of: Any
) -> None:
    path, fields = seal(proposal("ready_for_decision"))
    with nothing_recorded():
        assert client_of(cast[member]).post(path, fields).status_code in {302, 404}


# 2


def test_the_page_with_forged_fields(owner: Any, pmo: Any, proposal: Any, client_of: Any, caplog: Any) -> None:
    """The actor and the seat are never read from the request."""
    file = proposal("ready_for_decision")
    seat = owner.mandates.get(project=file.project, authority="decides")
    forged = {"actor": owner.pk, "decided_by": owner.pk, "user": owner.pk, "mandate": seat.pk, "signature": str(owner)}
    path, fields = seal(file, **forged)
    with nothing_recorded():
        assert client_of(pmo).post(path, fields).status_code == 403
    assert traces(caplog)


def test_the_page_with_the_fingerprint_of_something_else(
    owner: Any, pmo: Any, proposal: Any, client_of: Any, caplog: Any
) -> None:
    file = proposal("ready_for_decision")
    for fingerprint in ("0" * 64, proposal("ready_by_pmo").current.hash):
        path, fields = seal(file, fingerprint=fingerprint, reasons="My private words.")
        with nothing_recorded():
            assert client_of(owner).post(path, fields).status_code == 409
            assert client_of(pmo).post(path, fields).status_code == 403
    told = [line for line in traces(caplog) if line.endswith(f"refused to {owner.key} on {path}: conflict")]
    assert len(told) == 2
    assert not [line for line in traces(caplog) if "private" in line]


# 3, 4, 5


@pytest.mark.parametrize("model", [Decision, Proposal, Condition, Mandate, Delegation], ids=lambda m: m.__name__)
def test_the_admin_site(model: Any, superuser: Any, owner: Any, client_of: Any, caplog: Any) -> None:
    client, row = client_of(superuser), model.objects.order_by("pk").first()
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    fields = {"state": "decided", "outcome": "approved", "decided_by": owner.pk, "_save": "1"}
    with nothing_recorded():
        for path in (reverse(f"{base}_add"), reverse(f"{base}_change", args=[row.pk])):
            assert client.post(path, fields).status_code == 403
            assert traces(caplog)[-1] == f"page refused to {superuser.key} on {path}: -"
        client.post(reverse(f"{base}_history", args=[row.pk]), {"_save": "1", **fields})


@pytest.mark.parametrize("member", NOBODY)
def test_the_service_itself_whoever_asks(member: str, cast: Any, proposal: Any, caplog: Any) -> None:
    file = proposal("ready_for_decision")
    with nothing_recorded(), pytest.raises(Refused):
        acts.decide(cast[member], file)
    assert traces(caplog) == [f"governance.decide refused to {cast[member].key} on governance.proposal {file.pk}: R1"]


@pytest.mark.parametrize("action", ["delete_selected", "decide", "approve", "change_state"])
def test_an_action_on_many_rows_at_once(action: str, superuser: Any, client_of: Any) -> None:
    client = client_of(superuser)
    with nothing_recorded():
        for name in ("decision", "proposal", "condition"):
            rows = {"action": action, "_selected_action": list(range(99)), "select_across": "1", "post": "yes"}
            client.post(reverse(f"admin:governance_{name}_changelist"), rows)


# 6, 7, 8


def logs_its_errors() -> bool:
    """Return whether PostgreSQL logs refused statements."""
    quieter = {"log", "fatal", "panic"}
    ((messages,),), ((statements,),) = run("SHOW log_min_messages"), run("SHOW log_min_error_statement")
    return not {messages, statements} & quieter


UPDATES: dict[str, Callable[[Any], Any]] = {
    "the state of a proposal": lambda file: Proposal.objects.filter(pk=file.pk).update(state="decided"),
    "the answer of a decision": lambda file: Decision.objects.update(outcome="rejected"),
    "who decided": lambda file: Decision.objects.update(decided_by=file.author),
    "the text decided on": lambda file: file.revisions.update(question="Another one?"),
    "what was recorded": lambda file: LedgerEvent.objects.update(actor=file.author),
    "who holds the seat": lambda file: Mandate.objects.filter(authority="decides").update(holder=file.author),
    "the budget": lambda file: Project.objects.update(budget=1),
    "a decision, away": lambda file: Decision.objects.all().delete(),
}


@pytest.mark.parametrize("name", UPDATES)
def test_a_change_of_many_rows_past_the_services(name: str, proposal: Any) -> None:
    file = proposal("ready_for_decision")
    with nothing_recorded():
        assert refusal(lambda: UPDATES[name](file), role=RUNTIME)
    assert logs_its_errors()


def written(file: Proposal, **changes: Any) -> list[Decision]:
    """Write a decision past the services, by default as its owner would."""
    seat = Mandate.objects.active().deciding().get(project=file.project)
    assert file.current is not None
    fields = {
        "project": file.project,
        "number": 900,
        "proposal": file,
        "revision": file.current,
        "outcome": "approved",
        "option": file.current.recommended,
        "revision_hash": file.current.hash,
        "file": build_file(file.current, read_parts(file)),
        "seen": read_parts(file),
        "reasons": "Yes.",
        "decided_by": seat.holder,
        "mandate": seat,
        "signature": "X",
        "acted_at": timezone.now(),
    }
    with acting_as(fields["decided_by"]):
        return Decision.objects.bulk_create([Decision(**fields | changes)])


def test_rows_written_past_the_services(cast: Any, proposal: Any) -> None:
    file = proposal("ready_for_decision")
    with nothing_recorded():
        for member in NOBODY:
            assert "(R1)" in refusal(lambda who=cast[member]: written(file, decided_by=who)), member
        assert "leaves an event" in refusal(lambda: written(file))  # even in the owner's name
    assert logs_its_errors()


STATEMENTS = (
    "UPDATE governance_proposal SET state = 'decided'",
    "ALTER TABLE governance_decision DISABLE TRIGGER ALL",
    "SET session_replication_role = 'replica'",
    "DROP TRIGGER pgtrigger_only_the_owner_decides_0 ON governance_decision",
    "CREATE OR REPLACE FUNCTION public.ouvrage_back_entry() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
    "TRUNCATE governance_decision CASCADE",
    "DELETE FROM projects_ledgerevent",
    "ALTER TABLE governance_decision OWNER TO CURRENT_USER",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_of_the_role_that_serves(statement: str) -> None:
    with nothing_recorded():
        assert refusal(lambda: run(statement), role=RUNTIME)
    assert logs_its_errors()


def test_a_copy_of_a_decision_under_another_name(pmo: Any) -> None:
    with nothing_recorded():
        assert refusal(lambda: copy_of(Decision, decided_by_id=pmo.pk, number=900, acted_at=timezone.now()))


# 9, 10, 11


def test_an_act_entered_afterwards(owner: Any, pmo: Any, proposal: Any, caplog: Any) -> None:
    """Past acts are entered by the owner role of the tables, and only for the person with the seat at that time."""
    file, past = proposal("ready_for_decision"), timezone.now() - timedelta(days=1)
    for actor in (owner, pmo):
        with nothing_recorded(), pytest.raises((DatabaseError, Refused)), transaction.atomic(), back_entry(past):
            acts.decide(actor, file)
    entered, refused = traces(caplog)
    assert entered.startswith(f"decide refused to {owner.key} on governance.proposal {file.pk}: 42501 Only the role")
    assert refused == f"governance.decide refused to {pmo.key} on governance.proposal {file.pk}: R1"


def test_the_loader_and_the_commands(caplog: Any) -> None:
    ours = {name for name, where in get_commands().items() if str(where).partition(".")[0] in {*OURS, "config"}}
    with nothing_recorded():
        for name in sorted(ours - {"load_scenario"}):
            command = import_module(f"{get_commands()[name]}.management.commands.{name}")
            assert not {"decide", "lift", "waive", "loader"} & set(vars(command)), name
        with pytest.raises(DatabaseError), transaction.atomic():
            call_command("load_scenario", "vigie", stdout=StringIO())
        with pytest.raises(DatabaseError), transaction.atomic():
            deque(loader.load("vigie"), maxlen=0)
    assert not Project.objects.filter(code="VIGIE").exists()


def test_a_task_of_the_worker(owner: Any, proposal: Any) -> None:
    """No task decides, and none takes the actor from its arguments."""
    file = proposal("ready_for_decision")
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours == {
        "config.heartbeat",
        "core.erase_drafts",
        "projects.announce_ends",
        "projects.cancel_abandoned_imports",
        "projects.clear_sessions",
        "projects.close_departed",
        "projects.relay",
        "projects.settle_addresses",
        "projects.settle_rights",
        "projects.settle_replacements",
        "projects.follow_vouches",
        "governance.apply_lapses",
        "governance.announce_late_conditions",
        "governance.announce_second_looks",
        "governance.judge_independence",
        "projects.apply_employments",
        "governance.delete_past_snoozes",
        "governance.remind_of_tasks",
        "governance.store_records",
        "governance.write_register",
        "governance.write_packet",
        "governance.verify_ledger",
        "amoa.import_requirements",
        "amoa.resume_imports",
        "amoa.write_specification",
        "pmo.announce_waivers",
        "pmo.take_snapshots",
    }
    with nothing_recorded():
        for forged in ("governance.decide", "governance.decide.decisions.services.decide"):
            with pytest.raises(NotRegistered):
                _ = app.tasks[forged]
        with pytest.raises(TypeError):
            relay(actor=owner, proposal=file)


# 12


def test_a_seat_given_in_the_very_act(owner: Any, outsider: Any, cast: Any, proposal: Any, caplog: Any) -> None:
    """The owner cannot give a seat and decide with it together: the seat must exist before."""
    file = proposal("ready_for_decision")

    def both() -> None:
        with transaction.atomic():
            accept(actor=outsider, mandate=name_owner(actor=owner, project=file.project, holder=outsider))
            acts.decide(outsider, file)

    with nothing_recorded(), pytest.raises(DatabaseError):
        both()
    (line,) = traces(caplog)
    assert line.startswith(f"decide refused to {outsider.key} on governance.proposal {file.pk}: 23514 A decision rests")


def test_a_seat_edited_for_the_purpose(pmo: Any, owner: Any, proposal: Any, caplog: Any) -> None:
    file = proposal("ready_for_decision")
    seat = owner.mandates.get(project=file.project, authority="decides")

    def given() -> None:
        period = (timezone.now(), None)
        about = {"project": file.project, "role": seat.role, "authority": "decides", "appointed_by": owner}
        with acting_as(owner):
            Mandate.objects.create(**about, holder=pmo, acted_at=period[0], period=period)

    def edited() -> None:
        Mandate.objects.filter(pk=seat.pk).update(holder=pmo)

    def promoted() -> None:
        pmo.mandates.filter(project=file.project).update(authority="decides")

    with nothing_recorded():
        for trick in (given, edited, promoted):
            assert refusal(trick, role=RUNTIME), trick.__name__
            with pytest.raises(Refused):
                acts.decide(pmo, file)
        with pytest.raises(ValidationError):
            name_owner(actor=owner, project=file.project, holder=pmo)
    assert len(traces(caplog)) == 3
    assert logs_its_errors()


def test_the_trace_tells_the_state_of_the_act_and_no_data(owner: Any, proposal: Any, caplog: Any) -> None:
    """A refusal may name its constraint, but not quote the row."""
    file = proposal("ready_for_decision")
    assert file.current is not None
    with nothing_recorded(), pytest.raises(DatabaseError), transaction.atomic():
        decide(
            actor=owner,
            proposal=file,
            fingerprint=file.current.hash,
            seen=read_parts(file),
            outcome=Outcome.MERGED,
            reasons="My words.",
        )
    (line,) = traces(caplog)
    assert "a_merger_and_only_a_merger_says_into_what" in line
    assert "My words." not in line
    assert says_nothing_personal([line], owner)
