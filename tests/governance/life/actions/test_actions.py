"""Test the actions of a project: given to a person of it, done or dropped by them, inherited when they leave."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused, can
from core.history import version_of
from core.pages.grid.rows import RowChange
from core.pages.refusals.exceptions import MovedOn
from core.tables.writer import as_csv
from governance.decide.evidence.services import add_document
from governance.desk.inbox.queries import list_tasks, read_tasks, sort_by_weight
from governance.life.actions.enums import ActionState
from governance.life.actions.models import Action
from governance.life.actions.services import edit_actions, settle_action, write_action
from governance.life.actions.sources import SOURCES, find_origin
from governance.life.closure.queries import list_open_items
from governance.models import Condition
from governance.record.verification.verifier import verify
from pmo.standards.conformity.enums import Result
from pmo.standards.conformity.services import record_check
from projects.models import LedgerEvent, Notification, Project
from projects.seats.mandates.services import appoint, end_mandate, role_on
from roles.models import User
from tests.attacks import Attacks, leaves
from tests.database import fire_deferred_triggers
from tests.files import upload
from tests.governance.sessions.factories import found_body, prepare
from tests.pmo.registers.risks.factories import create_risk
from tests.pmo.standards.conformity.checked_standards import adopted, checkpoint
from tests.projects.imports.factories import bring_in

pytestmark = pytest.mark.django_db
DUE = timezone.localdate() + timedelta(days=20)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def action(amoa: User, moe: User, project_one: Project) -> Action:
    """Return an action that the AMOA gave to the MOE."""
    return give(amoa, project_one, moe)


def give(actor: User, project: Project, person: User, role: str = "MOE", **given: Any) -> Action:
    """Give an action to a person in a role."""
    fields = {"text": "Count the lamps.", "seat": f"{role}-{person.pk}", "due_on": DUE}
    return write_action(actor=actor, project=project, fields=fields, **given)


def settle(actor: User, action: Action, state: ActionState = ActionState.DONE, outcome: str = "Forty.") -> Action:
    """Say what became of an action."""
    return settle_action(actor=actor, action=action, state=state, outcome=outcome, document=None)


def _tasks(person: User) -> set[int]:
    return {int(task.row) for task in read_tasks(person).tasks if task.kind.name == "actions"}


def _leave(owner: User, project: Project, person: User) -> None:
    """End the seats of a person."""
    for seat in project.mandates.active().filter(holder=person):
        end_mandate(actor=owner, mandate=seat)


def test_an_action_is_a_task_of_its_person_who_is_told(action: Action, amoa: User, moe: User, pmo: User) -> None:
    assert (_tasks(moe), _tasks(amoa), _tasks(pmo)) == ({action.pk}, set(), set())
    [task] = [task for task in sort_by_weight(list_tasks(moe)) if task.kind.name == "actions"]
    assert (task.due, task.weight.number) == (DUE, 50)
    assert list(Notification.objects.filter(reason="action_given").values_list("recipient", flat=True)) == [moe.pk]


@pytest.mark.parametrize(("member", "may"), [("owner", True), ("pmo", True), ("amoa", True), ("moe", False)])
def test_the_owner_and_the_keepers_of_risks_give_actions(
    member: str, may: bool, cast: dict[str, Any], project_one: Project
) -> None:
    if may:
        assert give(cast[member], project_one, cast["recipient"], "DEST").given_by == cast[member]
        return
    with pytest.raises(Refused):
        give(cast[member], project_one, cast["recipient"], "DEST")


@pytest.mark.parametrize(
    ("member", "may"), [("moe", True), ("amoa", True), ("owner", False), ("pmo", False), ("recipient", False)]
)
def test_its_person_or_who_gave_it_alone_says_that_it_is_done(
    member: str, may: bool, cast: dict[str, Any], action: Action
) -> None:
    if not may:
        with pytest.raises(Refused):
            settle(cast[member], action)
        return
    settled = settle(cast[member], action)
    fire_deferred_triggers()
    assert (settled.state, settled.settled_by, settled.outcome) == ("done", cast[member], "Forty.")
    assert not _tasks(cast["moe"])
    told = set(Notification.objects.filter(reason="action_settled").values_list("recipient", flat=True))
    assert told == {cast["moe"].pk, cast["amoa"].pk} - {cast[member].pk}
    assert verify(action.project).faults == []


def test_it_is_dropped_with_a_word_and_taken_up_again(action: Action, moe: User, amoa: User) -> None:
    with pytest.raises(ValidationError, match="three letters"):
        settle(moe, action, ActionState.DROPPED, ".")
    dropped = settle(moe, action, ActionState.DROPPED, "The quay is closed.")
    with pytest.raises(MovedOn):
        settle(moe, dropped)
    with pytest.raises(MovedOn):
        give(amoa, action.project, moe, row=dropped, seen=version_of(dropped))
    again = settle(amoa, dropped, ActionState.OPEN)
    assert (again.outcome, again.settled_by, _tasks(moe)) == ("", None, {action.pk})
    assert [row.state for row in again.history.order_by("history_id")] == ["open", "dropped", "open"]


def test_who_holds_the_role_now_inherits_it_then_the_owner(
    owner: User, pmo: User, amoa: User, recipient: User, outsider: User, project_one: Project
) -> None:
    action = give(amoa, project_one, recipient, "DEST")
    _leave(owner, project_one, recipient)
    assert (_tasks(recipient), _tasks(owner)) == (set(), {action.pk})
    left = Action.objects.get(pk=action.pk)
    may = {person: can(person, "governance.settle_action", left) for person in (recipient, pmo, amoa, owner)}
    assert may == {recipient: False, pmo: False, amoa: True, owner: True}
    appoint(actor=owner, project=project_one, role=role_on(project_one, "DEST"), holder=outsider, group="crews")
    assert (_tasks(outsider), _tasks(owner)) == ({action.pk}, set())
    settle(outsider, Action.objects.get(pk=action.pk))
    fire_deferred_triggers()


def test_nobody_gets_an_action_in_a_role_they_do_not_hold(amoa: User, moe: User, project_one: Project) -> None:
    with pytest.raises(ValidationError, match="no such role"):
        give(amoa, project_one, moe, "DEST")


def test_the_pages_list_add_change_and_settle_it(amoa: User, moe: User, project_one: Project, client_of: Any) -> None:
    client, listed = client_of(amoa), reverse("governance:actions:action_list", args=["ONE"])
    fields = {"text": "Count the lamps.", "seat": f"MOE-{moe.pk}", "due_on": str(DUE)}
    risk = create_risk(amoa, project_one)
    made = client.post(f"{listed}new/?from=pmo.risk-{risk.pk}", fields)
    action = project_one.actions.latest("pk")
    assert made["Location"] == action.get_absolute_url()
    assert (action.source, action.source_id, action.source_code) == ("pmo.risk", risk.pk, risk.code)
    assert risk.get_absolute_url() in client.get(action.get_absolute_url()).text
    page = client.get(listed, {"state": "open", "q": f"lamps {risk.code}"})
    assert [row.pk for row in page.context["page"].rows] == [action.pk]
    assert "Count the lamps." in client.get(listed, {"export": "csv"}).text
    edit = f"{action.get_absolute_url()}edit/"
    assert action.get_absolute_url() in client.get(risk.get_absolute_url()).text
    client.post(edit, fields | {"text": "Count them twice.", "seen": version_of(action)})
    assert "Count them twice." in client_of(moe).get(listed).text
    assert client_of(moe).get(edit).status_code == 403
    done = client_of(moe).post(f"{action.get_absolute_url()}settle/", {"state": "done", "outcome": "Forty lamps."})
    assert done.status_code == 302
    assert "Forty lamps." in client.get(action.get_absolute_url()).text


def test_an_action_comes_from_each_kind_of_row_of_its_project_and_of_no_other(
    owner: User, pmo: User, moe: User, project_one: Project, project_two: Project, proposal: Any
) -> None:
    file = proposal("conditions_open")
    condition = Condition.objects.get(decision__proposal=file)
    session = prepare(pmo, found_body(pmo, project_one))
    found = {
        "governance.session": (session.pk, session.reference),
        "governance.proposal": (file.pk, file.reference),
        "governance.condition": (condition.pk, condition.decision.reference),
        "amoa.defect": (project_one.defects.earliest("pk").pk, "DEF-01"),
        "pmo.risk": (project_one.risks.earliest("pk").pk, project_one.risks.earliest("pk").code),
    }
    assert {*found, "pmo.conformitycheck"} == {*SOURCES}
    for label, (key, code) in found.items():
        origin = find_origin(project_one, f"{label}-{key}", owner)
        assert origin
        assert origin == (label, key, code)
        give(owner, project_one, moe, origin=origin)
        assert find_origin(project_two, f"{label}-{key}", owner) is None
    assert find_origin(project_one, "projects.project-1", owner) is None
    assert find_origin(project_one, "pmo.risk-x", owner) is None
    fire_deferred_triggers()


def test_each_page_that_an_action_may_come_from_leads_to_its_form(
    pmo: User, recipient: User, project_one: Project, proposal: Any, client_of: Any
) -> None:
    file = proposal("conditions_open")
    condition = Condition.objects.get(decision__proposal=file)
    risk, defect = project_one.risks.get(code="OR-1"), project_one.defects.earliest("pk")
    for page, label, key in (
        (risk.get_absolute_url(), "pmo.risk", risk.pk),
        (defect.get_absolute_url(), "amoa.defect", defect.pk),
        (file.get_absolute_url(), "governance.proposal", file.pk),
        (file.get_absolute_url(), "governance.condition", condition.pk),
    ):
        form = reverse("governance:actions:action_new", args=["ONE"], query={"from": f"{label}-{key}"})
        assert f'href="{form}"' in client_of(pmo).get(page).text
        assert client_of(pmo).get(form).status_code == 200
        assert f'href="{form}"' not in client_of(recipient).get(page).text


def test_a_dossier_and_a_checkpoint_list_the_actions_given_from_them(
    owner: User, pmo: User, moe: User, project_one: Project, proposal: Any, client_of: Any
) -> None:
    file = proposal("conditions_open")
    condition = Condition.objects.get(decision__proposal=file)
    check = record_check(
        actor=pmo,
        project=project_one,
        checkpoint=checkpoint(adopted(project_one, "CHK-9", "Read")),
        result=Result.NOT_CONFORM,
        finding="Seen.",
    )
    point = reverse("pmo:conformity:conformity_checkpoint", args=["ONE", check.checkpoint_id])
    for page, label, key in (
        (file.get_absolute_url(), "governance.proposal", file.pk),
        (file.get_absolute_url(), "governance.condition", condition.pk),
        (point, "pmo.conformitycheck", check.pk),
    ):
        given = give(pmo, project_one, moe, origin=find_origin(project_one, f"{label}-{key}", owner))
        assert given.get_absolute_url() in client_of(pmo).get(page).text, label
    other = give(pmo, project_one, moe)
    for page in (file.get_absolute_url(), point):
        assert other.get_absolute_url() not in client_of(pmo).get(page).text


def test_a_draft_that_the_reader_does_not_see_is_no_origin(
    pmo: User, amoa: User, project_one: Project, proposal: Any
) -> None:
    draft = proposal("draft")
    seen = [bool(find_origin(project_one, f"governance.proposal-{draft.pk}", person)) for person in (pmo, amoa)]
    assert seen == [type(draft).objects.visible_to(person).filter(pk=draft.pk).exists() for person in (pmo, amoa)]
    assert False in seen


def test_many_are_changed_at_once_and_one_that_is_done_is_refused_alone(
    action: Action, amoa: User, moe: User, pmo: User
) -> None:
    done = settle(moe, give(amoa, action.project, moe))
    changes = {
        row.pk: RowChange({"seat": f"PMO-{pmo.pk}"}, version_of(Action.objects.get(pk=row.pk)))
        for row in (action, done)
    }
    written = edit_actions(actor=amoa, project=action.project, changes=changes)
    assert ([row.pk for row in written.saved], [*written.refused]) == ([action.pk], [done.pk])
    assert _tasks(pmo) == {action.pk}
    assert Notification.objects.filter(reason="action_given", recipient=pmo).count() == 1


def test_a_file_gives_actions_to_people_by_name_address_or_role(
    pmo: User, moe: User, amoa: User, project_one: Project
) -> None:
    rows = [
        ("Count", moe.name, "2031-03-01"),
        ("Weigh", amoa.email, "2031-03-02"),
        ("Measure", "MOE", "2031-03-03"),
    ]
    bring_in(pmo, project_one, as_csv(("Action", "Qui", "Échéance"), rows), "project-actions")
    fire_deferred_triggers()
    given = {row.text: row.holder for row in project_one.actions.filter(due_on__year=2031)}
    assert given == {"Count": moe, "Weigh": amoa, "Measure": moe}
    assert Notification.objects.filter(reason="action_given", recipient=moe).count() == 1
    assert LedgerEvent.objects.latest("pk").act == "import_list"


def test_a_spreadsheet_gives_actions(pmo: User, moe: User, project_one: Project, client_of: Any) -> None:
    page = reverse("governance:actions:actions_paste", args=["ONE"])
    shown = client_of(pmo).post(page, {"pasted": f"Action\tPerson\tDue\nCount\t{moe.name}\t2031-03-01"})
    assert shown.status_code == 200
    cells = {"n0-text": "Count", "n0-seat": f"MOE-{moe.pk}", "n0-due_on": "2031-03-01"}
    assert client_of(pmo).post(page, cells).status_code == 302
    assert project_one.actions.get(text="Count").holder == moe


def test_what_is_open_needs_a_word_at_the_closing(action: Action) -> None:
    items = {item.key: item for item in list_open_items(action.project)}
    assert items[f"todo-{action.pk}"].group.code == "risks"
    assert action.reference in items[f"todo-{action.pk}"].text


def test_only_readers_of_its_project_see_an_action(action: Action, cast: dict[str, Any], client_of: Any) -> None:
    for member in ("owner", "pmo", "amoa", "moe", "recipient", "outsider", "other_owner"):
        sees = Project.objects.visible_to(cast[member]).filter(pk=action.project_id).exists()
        assert Action.objects.visible_to(cast[member]).filter(pk=action.pk).exists() is sees
        assert client_of(cast[member]).get(action.get_absolute_url()).status_code == (200 if sees else 404)
    assert not Action.objects.visible_to(cast["outsider"]).exists()


# — the database —


class World:
    """Project one with an action of the MOE that is open, and one that is done."""

    def __init__(self, cast: dict[str, Any], project: Project) -> None:
        self.cast, self.project = cast, project
        self.open = give(cast["amoa"], project, cast["moe"])
        self.done = settle(cast["moe"], give(cast["amoa"], project, cast["moe"]))

    def add(self, **changes: Any) -> None:
        """Insert an action past the services."""
        fields = {field.attname: getattr(self.open, field.attname) for field in Action._meta.concrete_fields}
        Action.objects.bulk_create([Action(**{**fields, "id": None, "number": 99} | changes)])

    def add_elsewhere(self) -> None:
        """Insert an action of another project, which has no event of this transaction."""
        project, owner = Project.objects.get(code="TWO"), self.cast["other_owner"]
        self.add(project_id=project.pk, number=1, role="MOA", holder_id=owner.pk, given_by_id=owner.pk)

    def change(self, row: Action, **changes: Any) -> None:
        """Change an action past the services."""
        assert Action.objects.filter(pk=row.pk).update(**changes)

    def settle(self, member: str, **changes: Any) -> None:
        """Settle the open action past the services."""
        given = {"state": "done", "settled_by_id": self.cast[member].pk, "settled_at": timezone.now()}
        self.change(self.open, **given | changes)


@pytest.fixture
def world(cast: dict[str, Any], project_one: Project) -> World:
    """Return the world of the attacks."""
    return World(cast, project_one)


GIVEN, SETTLED = "action.is_given_to_somebody_there", "action.is_settled_by_its_person"
OPEN = "An action is open when a holder of a role gives it"
HELD = "An action is given to a person who holds that role on the project"
DOCUMENT = "The evidence of an action is a document of its project"
STAYS = "What was done or dropped stays as it is until it is taken up again"
PERSON = "Only its person, or who gave it, says that an action is done or dropped"
WORD = "An action is dropped with a word"
KEEPS = "A row keeps its project and what names it"
ATTACKS = Attacks(
    triggers=[
        (GIVEN, "done at once", lambda w: w.add(state="done", settled_by_id=w.cast["moe"].pk), OPEN),
        (GIVEN, "by nobody of the project", lambda w: w.add(given_by_id=w.cast["outsider"].pk), OPEN),
        (GIVEN, "to nobody of the project", lambda w: w.add(holder_id=w.cast["outsider"].pk), HELD),
        (GIVEN, "in another role", lambda w: w.change(w.open, role="PMO"), HELD),
        (
            GIVEN,
            "with a document of another project",
            lambda w: w.settle("moe", document_id=foreign_document(w)),
            DOCUMENT,
        ),
        (SETTLED, "other words after it is done", lambda w: w.change(w.done, outcome="Fifty."), STAYS),
        (SETTLED, "another day as it is taken up", lambda w: reopen(w, due_on=DUE + timedelta(days=9)), STAYS),
        (SETTLED, "done by the PMO", lambda w: w.settle("pmo"), PERSON),
        (SETTLED, "done by the owner", lambda w: w.settle("owner"), PERSON),
        (SETTLED, "dropped without a word", lambda w: w.settle("moe", state="dropped", outcome="."), WORD),
        (
            "action.stays_on_its_project",
            "another giver",
            lambda w: w.change(w.open, given_by_id=w.cast["pmo"].pk),
            KEEPS,
        ),
        (
            "action.comes_from_its_project",
            "from a risk of another project",
            lambda w: w.add(source="pmo.risk", source_id=0, source_code="X"),
            "An action comes from a row of its project",
        ),
        ("action.leaves_an_event", "without an event", lambda w: w.add_elsewhere(), leaves(Action)),
    ],
    constraints={
        "one_action_per_number": lambda w: w.add(number=w.open.number),
        "an_action_says_what_and_in_which_role": lambda w: w.add(text=""),
        "an_action_is_done_or_dropped_by_somebody": lambda w: w.settle("moe", settled_at=None),
        "an_action_names_what_it_came_from": lambda w: w.add(source_code="R-01"),
    },
    behind={"action.leaves_an_event": "rowseal.is_covered_by_an_event"},
)


def foreign_document(world: World) -> int:
    """Return the key of a document of another project."""
    project = Project.objects.get(code="TWO")
    return add_document(actor=world.cast["other_owner"], project=project, name="Chart", upload=upload("chart.txt")).pk


def reopen(world: World, **changes: Any) -> None:
    """Take the action that is done up again past the services."""
    given = {"state": "open", "settled_by_id": None, "settled_at": None, "outcome": ""}
    world.change(world.done, **given | changes)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
