"""The life of decision files under random acts of several people: whatever they try, the promises hold."""

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from governance import workflow
from governance.decisions.services import AlreadyDecided
from governance.enums import ConditionState, Outcome, Position, ProposalState
from governance.models import Condition, Proposal
from governance.opinions.services import AlreadyAdvised, advise
from governance.proposals.services import Incomplete, Outdated
from projects.models import Project
from roles.access import Refused
from roles.models import User
from tests import acts
from tests.governance.test_ledger import broken_links

PEOPLE = ("owner", "delegate", "pmo", "amoa", "moe", "outsider")
people = st.sampled_from(PEOPLE)
kinds = st.sampled_from(["minor_change", "change"])
places = st.integers(0, 2)


class LifeCycle(RuleBasedStateMachine):
    """Up to three files on project one, touched by anyone in any order; refusals are fine, broken promises are not."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint_create()
        self.people = {key: User.objects.get(email=f"{key}@example.org") for key in PEOPLE}
        self.project = Project.objects.get(code="ONE")
        self.files: list[Proposal] = []
        self.before: dict[int, str] = {}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def attempt(self, perform: Any, who: str, *args: Any, **options: Any) -> Any:
        """Perform an act; a refusal is an answer, and leaves nothing behind."""
        kept = acts.recorded()
        try:
            with transaction.atomic():
                done = perform(self.people[who], *args, **options)
                connection.check_constraints()
                return done
        except (Refused, workflow.WrongState, AlreadyAdvised, AlreadyDecided, Outdated, Incomplete):
            assert acts.recorded() == kept
            return None

    def file(self, place: int) -> Proposal:
        """One of the files, read afresh."""
        return acts.fresh(self.files[place % len(self.files)])

    @initialize(kind=kinds)
    def first(self, kind: str) -> None:
        self.files.append(acts.drafted(self.people["moe"], self.project, kind))

    @rule(who=people, kind=kinds)
    def draft(self, who: str, kind: str) -> None:
        if len(self.files) < 3 and (file := self.attempt(acts.drafted, who, self.project, kind)):
            assert who in {"pmo", "amoa", "moe"}
            self.files.append(file)

    @rule(who=people, place=places, title=st.sampled_from(["One", "Two"]))
    def edit(self, who: str, place: int, title: str) -> None:
        frozen = list(self.file(place).revisions.order_by("number").values_list("hash", flat=True))
        self.attempt(acts.edited, who, self.file(place), title=title)
        assert list(self.file(place).revisions.order_by("number").values_list("hash", flat=True)) == frozen

    @rule(who=people, place=places)
    def submit(self, who: str, place: int) -> None:
        self.attempt(acts.submitted, who, self.file(place))

    @rule(who=people, place=places)
    def take_up(self, who: str, place: int) -> None:
        self.attempt(acts.taken_up, who, self.file(place))

    @rule(
        who=st.sampled_from(["pmo", "amoa", "pmo", "amoa", "owner"]), place=places, position=st.sampled_from(Position)
    )
    def advise(self, who: str, place: int, position: Position) -> None:
        file = self.file(place)
        if self.attempt(acts.advised, who, file, position):
            assert who in {"pmo", "amoa"}
            assert file.author_role != who.upper()

    @rule(who=people, place=places)
    def advise_on_what_was_read_before(self, who: str, place: int) -> None:
        file = self.file(place)

        def outdated(actor: User) -> Any:
            return advise(
                actor=actor, proposal=file, fingerprint="0" * 64, position=Position.FAVOURABLE, reasons="Unread."
            )

        assert self.attempt(outdated, who) is None

    @rule(who=people, place=places)
    def withdraw(self, who: str, place: int) -> None:
        self.attempt(acts.withdrawn, who, self.file(place))

    @rule(who=st.sampled_from(["owner", "owner", *PEOPLE]), place=places, outcome=st.sampled_from(Outcome))
    def decide(self, who: str, place: int, outcome: Outcome) -> None:
        file = self.file(place)
        if decision := self.attempt(acts.decided, who, file, outcome):
            assert who == "owner" or (who == "delegate" and file.kind == "minor_change")
            assert self.file(place).state == workflow.AFTER_OUTCOME[outcome]
            assert decision.revision == file.current

    @rule(who=st.sampled_from(["owner", "owner", *PEOPLE]), place=places)
    def lift(self, who: str, place: int) -> None:
        file = self.file(place)
        if Condition.objects.filter(decision__proposal=file).exists() and self.attempt(acts.lifted, who, file):
            assert who == "owner"

    # — the promises —

    def ours(self) -> list[Proposal]:
        """All files of this run, with what the promises look at."""
        ids = [file.pk for file in self.files]
        return list(Proposal.objects.filter(pk__in=ids).select_related("project", "current"))

    @invariant()
    def a_state_follows_from_the_one_before(self) -> None:
        for file in self.ours():
            before = self.before.get(file.pk, ProposalState.DRAFT)
            assert file.state == before or (before, file.state) in workflow.moves()
            self.before[file.pk] = file.state

    @invariant()
    def a_revision_has_at_most_one_decision_and_one_opinion_per_role(self) -> None:
        for file in self.ours():
            for revision in file.revisions.prefetch_related("opinions"):
                roles = [opinion.role for opinion in revision.opinions.all()]
                assert len(roles) == len(set(roles))
                assert set(roles) <= set(revision.asked_roles)
                assert revision.hash == revision.content_hash(file.kind)
            assert file.decisions.count() == len({decision.revision_id for decision in file.decisions.all()})

    @invariant()
    def what_is_ready_awaits_nobody_and_was_never_answered(self) -> None:
        for file in self.ours():
            if file.state == ProposalState.READY_FOR_DECISION:
                assert file.current is not None
                given = set(file.current.opinions.values_list("role", flat=True))
                assert (file.awaited_roles, given) == ([], set(file.current.asked_roles))
                assert not file.decisions.filter(revision=file.current).exists()

    @invariant()
    def what_is_decided_has_its_decision(self) -> None:
        for file in self.ours():
            answered = file.decisions.filter(revision=file.current).exists()
            assert answered == (file.state in workflow.AFTER_DECISION)
            still_open = Condition.objects.filter(decision__proposal=file, state=ConditionState.OPEN).exists()
            assert still_open == (file.state == ProposalState.CONDITIONS_OPEN)

    @invariant()
    def the_chain_is_whole(self) -> None:
        assert broken_links(self.project) == []


@pytest.mark.django_db
def test_whatever_people_try_the_promises_hold() -> None:
    run_state_machine_as_test(
        LifeCycle,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
