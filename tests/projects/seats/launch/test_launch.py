"""Test the launch: the items of gate G0, later vacancies, and a reverted launch (R3, R4, R6)."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused, can
from core.acts import acting_as, back_entry
from core.record.sealing import term_of
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.supersede import NotCarried, item_key, list_dependents
from governance.desk.inbox.queries import list_tasks
from governance.desk.responsibilities.services import adapt_roles, newest, without_duty
from governance.enums import Fate, Outcome
from governance.models import Decision
from projects.models import Mandate, Project
from projects.people.accounts.employers import change_employer
from projects.people.replacements.services import take_seat
from projects.seats.launch.checklist import checklist, missing_checks
from projects.seats.mandates.holders import proposers
from projects.seats.mandates.services import accept, appoint, end_mandate, found_project, name_owner, role_on
from projects.seats.mandates.vacancies import list_role_statuses
from tests import acts
from tests.database import fire_deferred_triggers, owning
from tests.projects.people.replacements.factories import seconded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


DAY = timedelta(days=1)
#: Roles of the method that a project may leave vacant.
OPTIONAL = ("CDP", "RSSI", "DPD")
ADVISERS = {"PMO", "AMOA"}


class Place:
    """Project two before its launch: owner, PMO and AMOA are in office, everything else is missing."""

    def __init__(self, cast: dict[str, Any], project: Project) -> None:
        self.cast, self.project, self.owner = cast, project, cast["other_owner"]

    @property
    def now(self) -> Project:
        """Read the project from the database."""
        return Project.objects.select_related("matrix").get(pk=self.project.pk)

    def give(self, code: str, holder: str, *, accepted: bool = True, **more: Any) -> Mandate:
        """Give a role, which its holder accepts at once."""
        role = role_on(self.project, code)
        given = appoint(actor=self.owner, project=self.project, role=role, holder=self.cast[holder], **more)
        return accept(actor=given.holder, mandate=given) if accepted else given

    def end(self, code: str, **more: Any) -> Mandate:
        """End the mandate of a role."""
        mandate = self.project.mandates.active().get(role__code=code)
        return end_mandate(actor=self.owner, mandate=mandate, **more)

    def give_anew(self, code: str, holder: str = "") -> Mandate:
        """Give a held role to somebody else, who has not accepted it. A provider is of no owner's side."""
        holder = holder or ("former_owner" if code == "MOE" else "outsider")
        if code == "MOA":
            self.owner, before = self.cast[holder], self.owner
            return name_owner(actor=before, project=self.project, holder=self.owner)
        for seat in self.project.mandates.active().filter(role__code=code):
            end_mandate(actor=self.owner, mandate=seat)
        return self.give(code, holder, accepted=False, group="Crews" if code == "DEST" else "")

    def approve_roles(self) -> Decision:
        """Approve the newest version of the roles as the owner."""
        latest = newest(self.project)
        terms = {"matrix": term_of(latest.number, latest.hash)}
        return acts.decide(self.owner, acts.submit_to_owner(self.project, "appointment", terms=terms))

    def approve_gate_of_provider(self) -> Decision:
        """Expect the provider by gate G2 only."""
        return acts.decide(self.owner, acts.submit_to_owner(self.project, "appointment", terms={"provider_gate": "G2"}))

    def settle(self) -> None:
        """Provide every missing item."""
        self.give("MOE", "moe")
        self.give("DEST", "recipient", group="Passengers")
        self.approve_roles()

    def drop_duty(self, role: str, code: str) -> None:
        """Approve roles without one responsibility of `role`."""
        latest = newest(self.project)
        content = without_duty(latest.read(), role, code, "Done by the port.")
        author = proposers(self.project, "appointment")[0].holder
        adapt_roles(actor=author, project=self.now, base=latest.number, content=content, reason="Ours.")
        self.approve_roles()

    def launch(self) -> Decision:
        """Approve gate G0 as the owner."""
        file = acts.submit_to_owner(self.project, "gate", terms={"gate": "G0"})
        return acts.decide(self.owner, file, waived=acts.missing_opinion_reasons(file))

    def lacks(self, instant: datetime | None = None) -> list[tuple[str, str]]:
        """List the missing items as (item, role)."""
        return [(str(check.item), check.role) for check in missing_checks(self.now, instant)]


@pytest.fixture
def two(cast: dict[str, Any], project_two: Project) -> Place:
    """Build project two before its launch."""
    return Place(cast, project_two)


@pytest.fixture(scope="module")
def kept_ready(kept_cast: dict[str, Any]) -> None:
    """Provide every missing item of project two, once for the file."""
    with override("en"):
        Place(kept_cast, Project.objects.get(code="TWO")).settle()
    fire_deferred_triggers()


@pytest.fixture
def ready(kept_ready: None, cast: dict[str, Any], project_two: Project) -> Place:
    """Return project two before its launch, with every item."""
    return Place(cast, project_two)


# — what is missing —


def test_everything_that_is_not_there_is_said_with_who_puts_it_right(two: Place) -> None:
    missing = {check.role or str(check.item): check for check in missing_checks(two.now)}
    assert set(missing) == {"roles_approved", "MOE", "DEST"}
    assert missing["DEST"].by == ("MOA",)
    assert "MOA" in missing["MOE"].by
    assert "MOA" not in missing["roles_approved"].by
    assert set(missing["roles_approved"].by) == {seat.role.code for seat in proposers(two.project, "appointment")}
    assert all(check.sentence.endswith(".") for check in missing.values())


@pytest.mark.parametrize(("member", "role"), [("other_pmo", "PMO"), ("other_amoa", "AMOA"), ("moe", "MOE")])
def test_an_unknown_organisation_on_either_side_is_missing_and_stops_the_launch(
    member: str, role: str, ready: Place, client_of: Any
) -> None:
    person = ready.cast[member]
    with acting_as(ready.cast["staff_admin"]):
        person.organisation = None
        person.save()
    assert ready.lacks() == [("employer", role)]
    path, read = "/projects/TWO/launch/", {"accept-language": "en"}
    assert '"/account/organisation/"' in client_of(person).get(path, headers=read).text
    with pytest.raises(CannotTakeEffect):
        ready.launch()
    change_employer(actor=person, person=person, organisation="Own Ltd", starts_on=timezone.localdate())
    assert ready.lacks() == []
    ready.launch()
    fire_deferred_triggers()
    assert ready.now.state == "active"


def test_nothing_is_missing_once_each_item_is_there(ready: Place) -> None:
    assert ready.lacks() == []
    assert {(check.done, check.sentence, check.by) for check in checklist(ready.now)} == {(True, "", ())}


def waiting(place: Place, kind: str) -> set[str]:
    """Return the roles of the people who have a task of this kind on the project."""
    seats = place.project.mandates.active().select_related("role", "holder")
    tasks = {seat.role.code: list_tasks(seat.holder) for seat in seats}
    return {
        code
        for code, found in tasks.items()
        if (kind, place.project.pk) in {(t.kind.name, t.project_id) for t in found}
    }


def test_each_step_of_the_launch_is_a_task_of_who_can_do_it(two: Place) -> None:
    proposing = {kind: {seat.role.code for seat in proposers(two.project, kind)} for kind in ("appointment", "gate")}
    two.give("MOE", "moe")
    assert (waiting(two, "launches"), waiting(two, "launch_proposals")) == ({"MOA"}, set())
    two.give("DEST", "recipient", group="Passengers")
    assert (waiting(two, "launches"), waiting(two, "launch_proposals")) == (set(), proposing["appointment"] & ADVISERS)
    latest = newest(two.project)
    file = acts.submit_to_owner(two.project, "appointment", terms={"matrix": term_of(latest.number, latest.hash)})
    assert waiting(two, "launch_proposals") == set()
    acts.decide(two.owner, file, outcome=Outcome.REJECTED)
    assert waiting(two, "launch_proposals") == proposing["appointment"] & ADVISERS
    two.approve_roles()
    assert waiting(two, "launch_proposals") == proposing["gate"] & ADVISERS
    two.launch()
    assert waiting(two, "launch_proposals") == set()


@pytest.mark.parametrize("code", ["PMO", "AMOA", "DEST"])
def test_each_mandatory_role_is_missing_alone_and_stops_the_launch(code: str, ready: Place) -> None:
    gate = acts.submit_to_owner(ready.project, "gate", terms={"gate": "G0"})
    ready.end(code)
    assert ready.lacks() == [("held", code)]
    kept = acts.count_evidence()
    with pytest.raises(CannotTakeEffect) as error:
        acts.decide(ready.owner, gate)
    assert [code in message for message in error.value.messages] == [True]
    assert (acts.count_evidence(), ready.now.state) == (kept, "draft")
    assert acts.decide(ready.owner, gate, Outcome.REJECTED).outcome == Outcome.REJECTED


def test_a_project_without_owner_lacks_one_and_nobody_launches_it(ready: Place, staff_admin: Any) -> None:
    gate = acts.submit_to_owner(ready.project, "gate", terms={"gate": "G0"})
    with owning(), back_entry(timezone.now() - timedelta(days=1)):
        ready.end("MOA")
    assert ready.lacks() == [("held", "MOA")]
    assert missing_checks(ready.now)[0].by == ("admin",)
    with pytest.raises(Refused):
        acts.decide(ready.owner, gate)
    replacement = seconded(ready.project, staff_admin, ready.cast["outsider"], ready.cast["superuser"])
    take_seat(actor=ready.cast["outsider"], replacement=replacement)
    assert ready.lacks() == []


def test_the_provider_is_held_or_comes_by_a_gate_that_a_decision_approved(ready: Place) -> None:
    ready.end("MOE")
    assert ready.lacks() == [("provider", "MOE")]
    ready.approve_gate_of_provider()
    assert (ready.lacks(), ready.now.provider_gate) == ([], "G2")
    ready.launch()
    assert ready.now.state == "active"


def test_recipients_are_there_once_a_group_is_represented(ready: Place) -> None:
    ready.end("DEST")
    ready.give("DEST", "outsider")
    assert ready.lacks() == [("held", "DEST")]
    ready.give("DEST", "delegate", group="Crews")
    assert ready.lacks() == []


@pytest.mark.parametrize("code", ["MOA", "PMO", "AMOA", "MOE", "DEST"])
def test_a_role_that_its_holder_has_not_accepted_is_missing_alone_and_stops_the_launch(code: str, ready: Place) -> None:
    gate = acts.submit_to_owner(ready.project, "gate", terms={"gate": "G0"})
    given = ready.give_anew(code)
    assert ready.lacks() == [("accepted", code)]
    assert missing_checks(ready.now)[0].by == (code,)
    if code == "MOA":  # a decision rests on a seat that was given in an earlier transaction
        accept(actor=given.holder, mandate=given)
        assert ready.lacks() == []
        return
    kept = acts.count_evidence()
    with pytest.raises(CannotTakeEffect) as error:
        acts.decide(ready.owner, gate)
    assert error.value.messages == [f"Accept the mandate of the role {code}."]
    assert (acts.count_evidence(), ready.now.state) == (kept, "draft")
    accept(actor=given.holder, mandate=given)
    assert ready.lacks() == []
    acts.decide(ready.owner, gate)
    assert ready.now.state == "active"


def test_one_acceptance_is_enough_for_a_role_that_several_hold(ready: Place) -> None:
    ready.give("DEST", "outsider", accepted=False, group="Crews")
    assert ready.lacks() == []
    ready.give_anew("DEST", "delegate")
    assert ready.lacks() == [("accepted", "DEST")]


def test_a_provider_expected_by_its_gate_need_not_have_accepted(ready: Place) -> None:
    ready.give_anew("MOE")
    assert ready.lacks() == [("accepted", "MOE")]
    ready.approve_gate_of_provider()
    assert ready.lacks() == []


def test_a_person_who_follows_after_the_launch_may_accept_later(ready: Place, other_amoa: Any) -> None:
    ready.launch()
    ready.give_anew("PMO")
    assert ready.lacks() == []
    file = acts.prepare(other_amoa, ready.cast["outsider"], project=ready.project)
    assert acts.decide(ready.owner, file).outcome == Outcome.APPROVED


def test_a_holder_accepts_again_once_the_responsibilities_have_changed(ready: Place) -> None:
    held = ready.project.mandates.active().get(role__code="PMO")
    with pytest.raises(ValidationError):
        accept(actor=held.holder, mandate=held)
    ready.drop_duty("PMO", "PMO-13")
    assert ready.lacks() == [("accepted", "PMO")]
    gate = acts.submit_to_owner(ready.project, "gate", terms={"gate": "G0"})
    with pytest.raises(CannotTakeEffect) as error:
        acts.decide(ready.owner, gate)
    assert error.value.messages == ["Accept the mandate of the role PMO."]
    accept(actor=held.holder, mandate=held)
    assert ready.lacks() == []
    acts.decide(ready.owner, gate)
    fire_deferred_triggers()
    assert ready.now.state == "active"
    with pytest.raises(ValidationError):
        accept(actor=held.holder, mandate=Mandate.objects.get(pk=held.pk))


def test_after_the_launch_too_and_of_those_alone_who_accepted_something_else(ready: Place) -> None:
    ready.launch()
    ready.give_anew("AMOA")
    ready.drop_duty("AMOA", "AMOA-12")
    assert ready.lacks() == []
    ready.drop_duty("PMO", "PMO-13")
    assert ready.lacks() == [("accepted", "PMO")]
    ready.give_anew("PMO", "delegate")
    assert ready.lacks() == []


def test_roles_that_are_not_approved_are_missing_alone(two: Place) -> None:
    two.give("MOE", "moe")
    two.give("DEST", "recipient", group="Passengers")
    assert two.lacks() == [("roles_approved", "")]
    with pytest.raises(CannotTakeEffect):
        two.launch()


def test_a_mandate_counts_from_its_first_day_to_its_last(ready: Place) -> None:
    today, end = timezone.now(), timezone.now() + 10 * DAY
    ready.end("AMOA", ends_at=end)
    assert ready.lacks(end - timedelta(seconds=1)) == []
    assert ready.lacks(end) == [("held", "AMOA")]
    ready.give("AMOA", "outsider", starts_at=end + DAY)
    assert ready.lacks(end + DAY - timedelta(seconds=1)) == [("held", "AMOA")]
    assert (ready.lacks(end + DAY), ready.lacks(today)) == ([], [])


def test_a_mandate_to_come_holds_nothing_yet(ready: Place) -> None:
    ready.end("PMO")
    ready.give("PMO", "outsider", starts_at=timezone.now() + DAY)
    assert ready.lacks() == [("held", "PMO")]
    with pytest.raises(CannotTakeEffect):
        ready.launch()


def test_a_closed_account_holds_no_role(ready: Place, superuser: Any) -> None:
    gate = acts.submit_to_owner(ready.project, "gate", terms={"gate": "G0"})
    with acting_as(superuser):
        ready.cast["recipient"].is_active = False
        ready.cast["recipient"].save()
    assert ready.lacks() == [("held", "DEST")]
    with pytest.raises(CannotTakeEffect):
        acts.decide(ready.owner, gate)


def test_an_activity_without_its_accountable_role_is_missing(ready: Place) -> None:
    content = newest(ready.project).read()
    owner = next(role for role in content.roles if role.decides)
    for duty in owner.duties:
        content = without_duty(content, owner.code, duty.code, "Never mind.")
    ready.project.matrix = adapt_roles(
        actor=proposers(ready.project, "appointment")[0].holder,
        project=ready.project,
        base=1,
        content=content,
        reason="Never mind.",
    )
    missing = [check for check in missing_checks(ready.project) if check.line]
    assert {str(check.item) for check in missing} == {"matrix"}
    assert {check.line for check in missing} == {line.code for line in content.lines}


def test_a_programme_needs_neither_provider_nor_recipients(cast: dict[str, Any]) -> None:
    programme = founded(cast, "PRG", level="programme")
    assert [check.role for check in checklist(programme) if check.role] == ["MOA", "PMO", "AMOA"]
    assert {check.role for check in missing_checks(programme)} == {"", "MOA", "PMO", "AMOA"}


# — the launch and what follows —


def test_the_owner_launches_when_nothing_is_missing_and_the_decision_says_so(ready: Place) -> None:
    decision = ready.launch()
    assert ready.now.state == "active"
    told = [(e.field, e.before, e.after) for e in decision.effects.order_by("pk")]
    assert told == [("gate", "", "G0"), ("state", "draft", "active")]
    assert ready.now.history.latest().history_user == ready.owner


def test_an_approval_with_conditions_launches_when_the_last_is_lifted_if_nothing_is_missing_then(ready: Place) -> None:
    gate = acts.submit_to_owner(ready.project, "gate", terms={"gate": "G0"})
    acts.decide(ready.owner, gate, Outcome.APPROVED_WITH_CONDITIONS, effective="when_met")
    assert ready.now.state == "draft"
    ready.end("DEST")
    with pytest.raises(CannotTakeEffect):
        acts.lift(ready.owner, gate)
    assert ready.now.state == "draft"
    ready.give("DEST", "outsider", group="Passengers")
    acts.lift(ready.owner, gate)
    assert ready.now.state == "active"


@pytest.mark.parametrize("code", ["PMO", "DEST"])
def test_a_later_vacancy_stops_only_the_acts_of_its_role(code: str, ready: Place, other_amoa: Any) -> None:
    ready.launch()
    leaver = ready.end(code).holder
    assert ready.now.state == "active"
    assert not can(leaver, "governance.propose", ready.project)
    file = acts.draft(other_amoa, ready.project)
    acts.submit(other_amoa, file)
    assert "PMO" in acts.reread(file).awaited_roles
    if code != "PMO":
        acts.advise(ready.cast["other_pmo"], file)
    file = acts.reread(file)
    decision = acts.decide(ready.owner, file, waived=acts.missing_opinion_reasons(file))
    assert decision.outcome == Outcome.APPROVED
    assert set(decision.impossible) == ({"PMO"} if code == "PMO" else set())


@pytest.fixture
def other_amoa(cast: dict[str, Any]) -> Any:
    """Return the AMOA of project two."""
    return cast["other_amoa"]


def test_without_owner_proposals_and_opinions_go_on_and_nothing_is_decided(ready: Place, other_amoa: Any) -> None:
    ready.launch()
    ready.end("MOA")
    file = acts.submit_to_owner(ready.project)
    assert file.state == "ready_for_decision"
    for member in ("other_owner", "other_pmo", "other_amoa", "staff_admin", "superuser"):
        assert not can(ready.cast[member], "governance.decide", file)
        with pytest.raises(Refused):
            acts.decide(ready.cast[member], file)


# — vacancies —


def test_a_role_is_vacant_since_its_last_mandate_ended(two: Place) -> None:
    first = two.end("PMO")
    found = {line.role.code: line for line in list_role_statuses(two.now, timezone.now())}
    assert {code for code, line in found.items() if line.is_vacant} == {"PMO", "MOE", "DEST", *OPTIONAL}
    assert (found["PMO"].since, found["MOE"].since, found["AMOA"].since) == (first.ends_at, None, None)


def test_a_vacancy_to_come_is_told_sixty_days_ahead_unless_somebody_follows(two: Place) -> None:
    now = timezone.now()
    two.end("PMO", ends_at=now + 59 * DAY)
    two.end("AMOA", ends_at=now + 61 * DAY)
    told = {line.role.code: line.until for line in list_role_statuses(two.now, now) if line.until}
    assert told == {"PMO": now + 59 * DAY}
    two.give("PMO", "outsider", starts_at=now + 59 * DAY, ends_at=now + 59 * DAY + DAY / 2)
    assert [line.until for line in list_role_statuses(two.now, now) if line.until] == [now + 59 * DAY + DAY / 2]
    two.give("PMO", "delegate", starts_at=now + 59 * DAY + DAY / 2)
    assert [line.until for line in list_role_statuses(two.now, now) if line.until] == []


def test_a_gap_between_two_mandates_is_a_vacancy_to_come(two: Place) -> None:
    now = timezone.now()
    two.end("PMO", ends_at=now + 10 * DAY)
    two.give("PMO", "outsider", starts_at=now + 12 * DAY)
    assert [line.until for line in list_role_statuses(two.now, now) if line.until] == [now + 10 * DAY]


def test_a_closed_account_leaves_its_role_vacant(two: Place, superuser: Any) -> None:
    with acting_as(superuser):
        two.cast["other_pmo"].is_active = False
        two.cast["other_pmo"].save()
    line = next(line for line in list_role_statuses(two.now, timezone.now()) if line.role.code == "PMO")
    assert (line.is_vacant, line.closed, line.until) == (True, True, None)


# — a launch led back —


def dropping(two: Place, before: Decision) -> Decision:
    """Approve a decision that replaces `before` and drops everything that depends on it."""
    file = acts.submit_to_owner(two.project, "communication", before, impact_recipients="None.")
    fates = {item_key(item): Fate.DROPPED for item in list_dependents(before)}
    return acts.decide(two.owner, file, fates=fates)


def test_a_launch_that_is_dropped_leads_the_project_back(ready: Place) -> None:
    after = dropping(ready, ready.launch())
    assert ready.now.state == "draft"
    assert ("state", "active", "draft") in [(e.field, e.before, e.after) for e in after.effects.all()]
    ready.launch()
    assert ready.now.state == "active"


def test_roles_approved_first_are_not_approved_any_more_once_dropped(two: Place) -> None:
    approval = two.approve_roles()
    after = dropping(two, approval)
    assert (two.now.matrix_approved, two.now.matrix) == (False, newest(two.project))
    assert ("matrix", "1", "") in [(e.field, e.before, e.after) for e in after.effects.all()]


def test_the_roles_before_come_into_force_again_when_their_successor_is_dropped(two: Place) -> None:
    two.approve_roles()
    content = newest(two.project).read()
    author = proposers(two.project, "appointment")[0].holder
    adapt_roles(actor=author, project=two.project, base=1, content=content, reason="Ours.")
    approval = two.approve_roles()
    assert two.now.matrix.number == 2
    dropping(two, approval)
    assert (two.now.matrix.number, two.now.matrix_approved) == (1, True)


def test_the_gate_of_the_provider_goes_when_it_is_dropped(two: Place) -> None:
    approval = two.approve_gate_of_provider()
    dropping(two, approval)
    assert two.now.provider_gate == ""


def test_a_launch_changed_since_is_not_undone(ready: Place) -> None:
    launched = ready.launch()
    acts.pass_gates(ready.owner, ready.project, "G1")
    with pytest.raises(NotCarried):
        dropping(ready, launched)
    assert (ready.now.state, ready.now.gate) == ("active", "G1")


# — levels —


def founded(cast: dict[str, Any], code: str, **fields: Any) -> Project:
    """Create a project, programme or portfolio of `other_owner`."""
    words = {"code": code, "prefix": code, "title_fr": code, "title_en": code, "starts_on": timezone.localdate()}
    dates = {"ends_on": date(2060, 1, 1)}
    return found_project(actor=cast["staff_admin"], owner=cast["other_owner"], fields=words | dates | fields)


def test_a_project_is_part_of_a_programme_or_a_portfolio_and_a_programme_of_a_portfolio(cast: dict[str, Any]) -> None:
    portfolio = founded(cast, "PF", level="portfolio")
    programme = founded(cast, "PRG", level="programme", parent=portfolio)
    parts = [founded(cast, "P1", parent=programme, pack="fr"), founded(cast, "P2", parent=portfolio)]
    assert [part.parent for part in parts] == [programme, portfolio]
    assert {part.level for part in parts} == {"project"}


@pytest.mark.parametrize(
    ("level", "above"),
    [
        ("project", "project"),
        ("programme", "project"),
        ("programme", "programme"),
        ("portfolio", "programme"),
        ("portfolio", "portfolio"),
        ("organisation", None),
        ("galaxy", None),
    ],
)
def test_any_other_order_is_refused_with_a_sentence(level: str, above: str | None, cast: dict[str, Any]) -> None:
    parent = founded(cast, "UP", level=above) if above else None
    kept = Project.objects.count()
    with pytest.raises(ValidationError) as error:
        founded(cast, "LOW", level=level, parent=parent)
    assert error.value.messages[0].endswith(".")
    assert Project.objects.count() == kept


def test_a_pack_that_is_not_there_is_refused_with_a_sentence(cast: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="no method XX"):
        founded(cast, "LOW", pack="XX")


def test_the_decisions_of_a_programme_are_its_own(cast: dict[str, Any], two: Place) -> None:
    programme = founded(cast, "PRG", level="programme")
    part = founded(cast, "P1", parent=programme)
    for code, holder in (("PMO", "other_pmo"), ("AMOA", "other_amoa")):
        appoint(actor=two.owner, project=programme, role=role_on(programme, code), holder=cast[holder])
    latest = newest(programme)
    file = acts.submit_to_owner(programme, "appointment", terms={"matrix": term_of(latest.number, latest.hash)})
    assert not can(cast["outsider"], "governance.decide", file)
    approve: Callable[[Any], Any] = lambda actor: acts.decide(actor, file)  # noqa: E731
    with pytest.raises(Refused):
        approve(cast["owner"])
    assert Project.objects.get(pk=part.pk).matrix_approved is False
