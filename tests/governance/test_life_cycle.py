"""Test the life cycle of decision files with random acts of several people: every invariant holds."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any, ClassVar

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.access import Refused
from core.acts import acting_as
from core.record.sealing import term_of
from governance import workflow
from governance.decide.decisions.condition_services import AlreadyLifted
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.services import AlreadyDecided, NewCondition, NothingToMergeInto, OpinionMissing
from governance.decide.decisions.settlement import Unanswered
from governance.decide.decisions.supersede import NotCarried, find_gaps, item_key, list_dependents
from governance.decide.lapses.tasks import apply_lapses
from governance.decide.obligations.queries import load_obligations
from governance.decide.opinions.services import AlreadyAdvised, advise
from governance.decide.proposals.services import Incomplete, Outdated
from governance.desk.responsibilities.services import adapt_roles, newest, without_duty
from governance.enums import (
    APPROVALS,
    ConditionState,
    EffectiveFrom,
    Fate,
    OnLapse,
    Outcome,
    Position,
    ProposalState,
)
from governance.life.closure.queries import list_open_items
from governance.models import Condition, Decision, Effect, Proposal
from projects.models import Delegation, Mandate, Project
from projects.seats.mandates.services import appoint, delegate, end_mandate, revoke, role_on
from roles.enums import REOPENING, Gate, Nature
from roles.models import User
from tests import acts
from tests.database import close_account
from tests.days import today
from tests.effort import EFFORT
from tests.projects.ledger.test_ledger import broken_links

PEOPLE = ("owner", "delegate", "pmo", "amoa", "moe", "outsider")
MOST = 10
#: Random runs, and how many of them meet everything that may happen.
RUNS, ENOUGH = 2 if EFFORT == 1 else 3 * EFFORT, 9
PLACES = range(MOST)
YES = sorted(APPROVALS & set(acts.ANSWERS))
OUTCOMES = [*YES * 4, *acts.ANSWERS]
#: Possible acts, weighted towards progress, and the arguments of each.
STEPS = [
    *["prepare"] * 3,
    *["answer"] * 4,
    *["replace"] * 2,
    *["settle"] * 4,
    *["anyone_tries_anything"] * 2,
    *["answer_without_an_adviser"] * 2,
    *["pass_the_next_gate"] * 2,
    "take_away_an_advice",
    "answer_while_the_account_is_closed",
    "the_owner_leaves",
    *["a_night_passes"] * 2,
]
WANTED: dict[str, dict[str, Any]] = {
    "prepare": {
        "who": ["amoa", "amoa", "moe", "owner"],
        "kind": ["minor_change", "change", "budget", "budget"],
        "amount": ["4300000.00", "4400000.00", "4500000.00"],
        "replaces": [True, True, False],
        "asked": [True, True, False],
    },
    "answer": {
        "who": [*["owner"] * 6, "delegate", "pmo"],
        "place": PLACES,
        "outcome": OUTCOMES,
        "waives": [True, True, False],
        "later": [True, False],
        "prefers": [Fate.KEPT, Fate.DROPPED],
    },
    "replace": {
        "kind": ["minor_change", "change", "budget"],
        "amount": ["4300000.00", "4400000.00", "4500000.00"],
        "outcome": YES,
        "later": [True, False],
        "prefers": [Fate.KEPT, Fate.DROPPED],
    },
    "settle": {"who": ["owner", "owner", "delegate", "amoa"], "place": PLACES},
    "anyone_tries_anything": {"who": PEOPLE, "place": PLACES},
    "answer_while_the_account_is_closed": {"who": ["owner", "delegate"], "place": PLACES, "outcome": OUTCOMES},
    "answer_without_an_adviser": {
        "adviser": ["pmo", "amoa"],
        "leaves": [True, False],
        "comes_back": [True, True, False],
        "place": PLACES,
        "outcome": OUTCOMES,
        "waives": [True, True, True, False],
    },
    "pass_the_next_gate": {
        "outcome": [*YES, *YES, Outcome.REJECTED],
        "later": [True, False],
        "until": [Gate.G4, Gate.G5],
    },
    "take_away_an_advice": {"adviser": ["PMO", "AMOA"], "letters": [True, True, False], "outcome": YES},
    "the_owner_leaves": {"place": PLACES},
    "a_night_passes": {},
}

REFUSALS = (
    Refused,
    workflow.WrongState,
    AlreadyAdvised,
    AlreadyDecided,
    AlreadyLifted,
    Outdated,
    Incomplete,
    OpinionMissing,
    NotCarried,
    Unanswered,
    CannotTakeEffect,
    NothingToMergeInto,
    ValidationError,
)
#: A seat given in the transaction of these tests carries no decision: the database refuses to name one.
TOO_NEW = "A decision rests on a seat that was given before it"


def everything() -> tuple[Any, ...]:
    """Return the state that a refused act must leave unchanged."""
    terms = Project.objects.order_by("pk").values_list("scope", "ends_on", "budget", "gate", "state")
    return acts.count_evidence(), Effect.objects.count(), Mandate.objects.count(), Delegation.objects.count(), [*terms]


def has_letter(role: dict[str, Any], nature: str, activity: str) -> bool:
    """Return whether a role, in plain form, has this nature in an activity."""
    return any(duty["nature"] == nature and activity in duty["activities"] for duty in role["duties"])


def outdated_advice(actor: User, file: Proposal) -> Any:
    """Give an opinion on another text than the submitted one."""
    return advise(actor=actor, proposal=file, fingerprint="0" * 64, position=Position.FAVOURABLE, reasons="Unread.")


def lend(actor: User, file: Proposal) -> Delegation:
    """Delegate the signature to the outsider, for a moment."""
    return delegate(
        actor=actor,
        project=file.project,
        to=User.objects.get(email="outsider@example.org"),
        kinds=["minor_change"],
        cap=None,
        document="Act 2",
        ends_at=timezone.now() + timedelta(milliseconds=300),
    )


def take_back(actor: User, file: Proposal) -> Delegation:
    """End the oldest delegation in force."""
    lent = Delegation.objects.active().filter(mandate__project=file.project).order_by("pk")[0]
    return revoke(actor=actor, delegation=lent)


def leave(actor: User, file: Proposal) -> Mandate:
    """End the mandate of the provider."""
    held = Mandate.objects.active().filter(project=file.project, role__code="MOE")[0]
    return end_mandate(actor=actor, mandate=held)


#: act → the people for whom it may succeed.
ANYTHING: dict[Callable[[Any, Proposal], Any], set[str]] = {
    acts.edit: {"pmo", "amoa", "moe"},
    acts.submit: {"pmo", "amoa", "moe"},
    acts.withdraw: {"pmo", "amoa", "moe"},
    acts.take_up: {"pmo", "amoa"},
    acts.advise: {"pmo", "amoa"},
    acts.note_binding: set(),  # no file here asks for a binding opinion
    outdated_advice: set(),
    acts.prove: {"amoa"},
    acts.lift: {"owner"},
    acts.waive: {"owner"},
    lend: {"owner"},
    take_back: {"owner"},
    leave: {"owner"},
}
NEED_A_CONDITION = (acts.prove, acts.lift, acts.waive)
WANTED["settle"]["settle"] = NEED_A_CONDITION
WANTED["anyone_tries_anything"]["act"] = [*ANYTHING]


class LifeCycle(RuleBasedStateMachine):
    """Some files on project one, changed by anyone in any order; refusals are allowed, broken invariants are not."""

    #: Acts that succeeded in all runs together, so that the invariants do not hold for want of events.
    took_place: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint_create()
        self.people = {key: User.objects.get(email=f"{key}@example.org") for key in PEOPLE}
        self.project = Project.objects.get(code="ONE")
        self.files: list[Proposal] = []
        self.before: dict[int, str] = {}

    def teardown(self) -> None:
        """Check at the end of each run that the chain is whole and every revision still has its hash."""
        assert broken_links(self.project) == []
        for file in self.ours():
            assert all(revision.hash == revision.seal() for revision in file.revisions.all())
        transaction.savepoint_rollback(self.savepoint)

    def attempt(self, perform: Any, who: str, *args: Any, **options: Any) -> Any:
        """Perform an act; a refusal is an answer, and leaves nothing behind."""
        kept = everything()
        try:
            with transaction.atomic():
                done = perform(self.people[who], *args, **options)
                connection.check_constraints()
        except REFUSALS:
            assert everything() == kept
        except IntegrityError as error:
            if TOO_NEW not in str(error):
                raise
            assert everything() == kept
        else:
            self.took_place[perform.__name__] += 1
            return done
        return None

    def file(self, place: int, states: frozenset[ProposalState] | None = None) -> Proposal:
        """Read a file afresh: in these states if possible, and first one that would replace a decision."""
        wanted = [file for file in self.ours() if states and file.state in states]
        found = sorted(wanted, key=lambda file: file.replaces_id is None) or self.files
        return acts.reread(found[place % len(found)])

    @initialize(chance=st.randoms(use_true_random=True))
    def begin(self, chance: Random) -> None:
        """Derive everything from one seed: acts drawn one by one would often be the same few."""
        self.chance = chance
        self.prepare("amoa", "budget", "4300000.00", replaces=False, asked=True)

    def replace(self, outcome: Outcome, later: bool, prefers: Fate, **about: Any) -> None:
        """Replace the newest decision as the owner, as far as allowed."""
        before = len(self.files)
        self.prepare("amoa", replaces=True, asked=True, **about)
        if len(self.files) > before:
            self.answer("owner", 0, outcome, waives=True, later=later, prefers=prefers)

    @rule()
    def step(self) -> None:
        """Perform one attempt of one person."""
        what = self.chance.choice(STEPS)
        drawn = {name: self.chance.choice(values) for name, values in WANTED[what].items()}
        note(f"{what} {drawn}")
        getattr(self, what)(**drawn)

    def prepare(self, who: str, kind: str, amount: str, replaces: bool, asked: bool) -> None:
        """Write and submit a file; with its opinions, when `asked`."""
        approvals = Decision.objects.in_force().filter(proposal__in=self.files, outcome__in=APPROVALS)
        replaced = approvals.order_by("-pk").first() if replaces else None
        if len(self.files) == MOST:
            return
        file = self.attempt(acts.draft, who, self.project, kind, replaced, terms={"budget": amount})
        if file is None:
            assert who != "amoa" or self.absent("AMOA")
            return
        self.files.append(file)
        self.attempt(acts.submit, who, file)
        for adviser in ("pmo", "amoa") if asked else ():
            self.attempt(acts.advise, adviser, file, Position.UNFAVOURABLE)

    def anyone_tries_anything(self, who: str, place: int, act: Any) -> None:
        file = self.file(place)
        if act in NEED_A_CONDITION and not Condition.objects.filter(decision__proposal=file).exists():
            return
        if act is take_back and not Delegation.objects.active().filter(mandate__project=self.project).exists():
            return
        if act is leave and not Mandate.objects.active().filter(project=self.project, role__code="MOE").exists():
            return
        frozen = list(file.revisions.order_by("number").values_list("hash", flat=True))
        if self.attempt(act, who, file):
            assert who in ANYTHING[act]
            assert act is not acts.advise or who.upper() != file.author_role
        assert list(file.revisions.order_by("number").values_list("hash", flat=True))[: len(frozen)] == frozen

    def answer(
        self,
        who: str,
        place: int,
        outcome: Outcome,
        waives: bool,
        later: bool,
        prefers: Fate,
        file: Proposal | None = None,
    ) -> None:
        file = acts.reread(file) if file else self.file(place, workflow.BEFORE_THE_OWNER)
        was_closed = self.is_closed()
        terms: dict[str, Any] = {"waived": acts.missing_opinion_reasons(file)} if waives else {}
        if later and outcome == Outcome.APPROVED_WITH_CONDITIONS:
            terms["effective"] = EffectiveFrom.WHEN_MET
        if outcome == Outcome.APPROVED_WITH_CONDITIONS:
            on_lapse = self.chance.choice([*OnLapse])
            if later and on_lapse == OnLapse.UNDONE:
                on_lapse = OnLapse.LAPSES
            due_on = timezone.localdate() + timedelta(days=self.chance.choice([-1, 30]))
            terms["conditions"] = [NewCondition("The crews are told.", "AMOA", due_on, on_lapse=on_lapse)]
        items = list_dependents(file.replaces, file) if file.replaces and outcome in APPROVALS else []
        if items and file.current:
            chosen = {item_key(item): prefers for item in items}
            terms["fates"] = chosen | dict.fromkeys(find_gaps(items, chosen, file.current, False), Fate.CHANGED)
        decision = self.attempt(acts.decide, who, file, outcome, **terms)
        if decision is None:
            return
        assert who == "owner" or (who == "delegate" and file.kind == "minor_change" and not file.replaces)
        assert self.has_seat(decision)
        assert file.kind == REOPENING or not was_closed
        self.took_place["closed"] += self.is_closed() and not was_closed
        self.took_place["reopened"] += was_closed and not self.is_closed()
        assert self.file(self.files.index(file)).state == workflow.AFTER_OUTCOME[outcome]
        assert decision.revision == file.current
        assert set(decision.waived) == set(file.awaited_roles)
        assert {role: facts["reason"] for role, facts in decision.impossible.items()} == {
            role: reason for role in file.awaited_roles if (reason := self.absent(role))
        }
        assert set(decision.carried) == {item_key(item) for item in items}
        told = [f"signed by the {who}", str(outcome), str(decision.effective), *decision.carried.values()]
        self.took_place.update(told)
        self.took_place["an opinion waived"] += len(decision.waived) > len(decision.impossible)
        self.took_place.update(f"an opinion impossible: {facts['reason']}" for facts in decision.impossible.values())

    def answer_without_an_adviser(
        self, adviser: str, leaves: bool, comes_back: bool, place: int, outcome: Outcome, waives: bool
    ) -> None:
        """End the seat of an adviser or close the account, decide, and often undo it at once."""
        role = adviser.upper()
        if not self.absent(role) and leaves:
            held = Mandate.objects.active().get(project=self.project, role__code=role)
            self.attempt(lambda actor: end_mandate(actor=actor, mandate=held), "owner")
        elif not self.absent(role):
            self.open_account(adviser, active=False)
        self.prepare("moe", "change", "4300000.00", replaces=False, asked=False)
        self.answer("owner", place, outcome, waives, later=False, prefers=Fate.KEPT)
        if comes_back:
            self.open_account(adviser, active=True)
        if comes_back and self.absent(role):
            self.attempt(self.appoint_again, "owner", role, self.people[adviser])

    def appoint_again(self, actor: User, role: str, holder: User) -> Mandate:
        """Give an adviser the seat back, as the owner."""
        return appoint(actor=actor, project=self.project, role=role_on(self.project, role), holder=holder)

    def open_account(self, who: str, *, active: bool) -> None:
        """Open or close an account."""
        administrator = User.objects.get(email="superuser@example.org")
        if not active:
            close_account(self.people[who], administrator)
            return
        with acting_as(administrator):
            self.people[who].is_active = True
            self.people[who].save(update_fields=["is_active"])

    def absent(self, role: str) -> str:
        """Return why nobody holds the role now, read from the rows without any predicate; empty when somebody does."""
        now = timezone.now()
        seats = [
            mandate
            for mandate in Mandate.objects.filter(project=self.project, role__code=role).select_related("holder")
            if mandate.period.lower <= now and (mandate.period.upper is None or now < mandate.period.upper)
        ]
        if any(mandate.holder.is_active for mandate in seats):
            return ""
        return "closed" if seats else "vacant"

    def pass_the_next_gate(self, outcome: Outcome, later: bool, until: Gate) -> None:
        """Pass gates up to one of the last two as the owner; of a closed project try its reopening."""
        while (gate := self.now().next_gate) and gate <= until and self.decide_on("gate", outcome, later, gate=gate):
            if outcome == Outcome.REJECTED or later:
                return
        if self.is_closed():
            self.decide_on(REOPENING, outcome, later)

    def decide_on(self, kind: str, outcome: Outcome, later: bool, **terms: str) -> bool:
        """Propose, advise and decide one file; return whether it was decided."""
        file = self.attempt(acts.draft, "amoa", self.project, kind, None, terms=terms)
        if file is None:
            return False
        self.files.append(file)
        self.attempt(acts.submit, "amoa", file)
        self.attempt(acts.advise, "pmo", file)
        place = self.files.index(file)
        decided = Decision.objects.filter(proposal=file)
        self.answer("owner", place, outcome, waives=True, later=later, prefers=Fate.KEPT, file=file)
        return decided.exists()

    def take_away_an_advice(self, adviser: str, letters: bool, outcome: Outcome) -> None:
        """Put roles to the owner in which `adviser` is not heard, or supports less; try the first past the services."""
        version = newest(self.project)
        content, gone = version.read(), Nature.ADVISE if letters else Nature.SUPPORT
        for duty in next(role.duties for role in content.roles if role.code == adviser):
            if duty.nature == gone:
                content = without_duty(content, adviser, duty.code, "Never mind.")
        adapted = self.attempt(
            lambda actor: adapt_roles(
                actor=actor, project=self.now(), base=version.number, content=content, reason="Fewer."
            ),
            adviser.lower(),
        )
        if adapted is None:
            return
        decided = self.decide_on("appointment", outcome, False, matrix=term_of(adapted.number, adapted.hash))
        if letters:
            assert not decided
            assert self.now().matrix_id != adapted.pk
            in_force = self.now()
            in_force.matrix, in_force.matrix_approved = adapted, True
            with pytest.raises(IntegrityError, match="two advising roles are heard"), transaction.atomic():
                in_force.save()
            self.took_place["roles without an advice refused"] += 1
        elif decided and self.now().matrix_id == adapted.pk:
            self.took_place["other roles in force"] += 1

    def now(self) -> Project:
        """Read the project afresh."""
        return Project.objects.get(pk=self.project.pk)

    def is_closed(self) -> bool:
        """Return whether the project is closed now."""
        return self.now().state == "closed"

    def settle(self, who: str, place: int, settle: Any) -> None:
        file = self.file(place, frozenset({ProposalState.CONDITIONS_OPEN}))
        self.anyone_tries_anything(who, self.files.index(file), settle)

    def answer_while_the_account_is_closed(self, who: str, place: int, outcome: Outcome) -> None:
        file = self.file(place, workflow.BEFORE_THE_OWNER)
        for active in (False, True):
            self.open_account(who, active=active)
            if not active:
                assert self.attempt(acts.decide, who, file, outcome, waived=acts.missing_opinion_reasons(file)) is None

    def the_owner_leaves(self, place: int) -> None:
        """End the owner's mandate, late in the run only: no decision is possible afterwards."""
        held = Mandate.objects.active().deciding().filter(project=self.project).first()
        if held is None or Decision.objects.filter(proposal__in=self.files).count() < 5:
            return
        self.attempt(lambda actor: end_mandate(actor=actor, mandate=held), "owner")
        file = self.file(place, workflow.BEFORE_THE_OWNER)
        assert (
            self.attempt(acts.decide, "owner", file, Outcome.REJECTED, waived=acts.missing_opinion_reasons(file))
            is None
        )

    def a_night_passes(self) -> None:
        """Apply what lapses: only decisions that were due to, and those with their effects."""
        due = [
            condition.decision
            for condition in Condition.objects.filter(decision__proposal__in=self.files, proof="", due_on__lt=today())
            if condition.state == ConditionState.OPEN and condition.on_lapse != OnLapse.STAYS
            if condition.decision.successor is None
        ]
        before = Proposal.objects.filter(state=ProposalState.LAPSED, pk__in=[file.pk for file in self.files]).count()
        lapsed = apply_lapses()
        connection.check_constraints()
        now = Proposal.objects.filter(state=ProposalState.LAPSED, pk__in=[file.pk for file in self.files]).count()
        assert now - before == lapsed <= len({decision.pk for decision in due})
        self.took_place["a lapse"] += lapsed
        kept = everything()
        assert (apply_lapses(), everything()) == (0, kept)

    def has_seat(self, decision: Decision) -> bool:
        """Return whether the signer held the seat at that instant, read from the rows without any predicate."""
        mandate, lent = decision.mandate, decision.delegation
        seats = [mandate.period, lent.period] if lent else [mandate.period]
        signs = lent.delegate if lent else mandate.holder
        closed = User.objects.filter(pk__in=[decision.decided_by_id, mandate.holder_id], is_active=False)
        return (
            mandate.authority == "decides"
            and signs == decision.decided_by
            and all(p.lower <= decision.acted_at and (p.upper is None or decision.acted_at < p.upper) for p in seats)
            and not closed.exists()
        )

    # — the promises —

    def ours(self, *related: str) -> QuerySet[Proposal]:
        """Return the files of this run, with the related rows that an invariant reads."""
        rows = Proposal.objects.filter(pk__in=[file.pk for file in self.files]).select_related("project", "current")
        return rows.prefetch_related(*related).order_by("pk")

    @invariant()
    def a_state_follows_from_the_one_before(self) -> None:
        for file in self.ours():
            before = self.before.get(file.pk)
            assert before in {None, file.state} or (before, file.state) in workflow.moves()
            self.before[file.pk] = file.state

    @invariant()
    def a_revision_has_at_most_one_decision_and_one_opinion_per_role(self) -> None:
        for file in self.ours("revisions__opinions", "decisions"):
            for revision in file.revisions.all():
                roles = [opinion.role for opinion in revision.opinions.all()]
                assert len(roles) == len(set(roles))
                assert set(roles) <= set(revision.asked_roles)
            assert len(file.decisions.all()) == len({decision.revision_id for decision in file.decisions.all()})

    @invariant()
    def each_opinion_asked_is_given_waived_or_impossible(self) -> None:
        for decision in Decision.objects.filter(proposal__in=self.files).select_related("revision", "proposal"):
            given = set(decision.revision.opinions.values_list("role", flat=True))
            asked = set(decision.revision.asked_roles)
            assert asked == {"PMO", "AMOA"} - {decision.proposal.author_role}
            assert set(decision.waived) == asked - given
            assert set(decision.impossible) <= set(decision.waived)
            assert all(words.strip() for words in decision.waived.values())

    @invariant()
    def two_advising_roles_are_heard_at_each_kind_of_decision(self) -> None:
        matrix = self.now().matrix
        assert matrix is not None
        roles = [role for role in matrix.content["roles"] if role["mandatory"] == "true"]
        advising = [role for role in roles if role["authority"] == "advises"]
        for line in matrix.content["lines"] if self.now().matrix_approved else ():
            heard = {role["code"] for role in advising if has_letter(role, "advise", line["code"])}
            authors = {role["code"] for role in roles if has_letter(role, "propose", line["code"])} or {""}
            for author in authors if line["kinds"] else ():
                own = {role["code"] for role in advising if role["code"] == author}
                assert len(heard | own) >= 2, (line["code"], author)

    @invariant()
    def a_ready_file_awaits_nobody_and_was_never_answered(self) -> None:
        for file in self.ours():
            if file.state == ProposalState.READY_FOR_DECISION:
                assert file.current is not None
                given = set(file.current.opinions.values_list("role", flat=True))
                assert (file.awaited_roles, given) == ([], set(file.current.asked_roles))
                assert not file.decisions.filter(revision=file.current).exists()

    @invariant()
    def a_closed_project_has_passed_its_last_gate_and_leaves_nothing_unanswered(self) -> None:
        project = self.now()
        assert (project.state == "closed") == (project.gate == Gate.G5)
        if project.state == "closed":
            closing = Effect.objects.filter(field="state", after="closed").latest("pk").decision
            answered = {word["item"] for word in closing.settled}
            assert {item.key for item in list_open_items(project)} <= answered
            assert {row.key for row in load_obligations(project) if row.is_open} <= self.read_afterwards(closing)

    def read_afterwards(self, closing: Decision) -> set[str]:
        """Return the keys of what may arise after a closing: it is read, and so is a file that waited."""
        later = self.project.proposals.filter(number__gte=closing.proposal.number)
        return {f"P-{number}" for number in later.values_list("number", flat=True)}

    @invariant()
    def a_decided_file_has_its_decision(self) -> None:
        over = {ProposalState.CLOSED, ProposalState.SUPERSEDED, ProposalState.LAPSED}
        for file in self.ours("decisions__conditions"):
            answered = file.current_id in {decision.revision_id for decision in file.decisions.all()}
            assert answered == (file.state in workflow.AFTER_DECISION | over)
            conditions = [condition for decision in file.decisions.all() for condition in decision.conditions.all()]
            still_open = ConditionState.OPEN in {condition.state for condition in conditions}
            if file.state != ProposalState.SUPERSEDED:  # the newer decision may have taken over its conditions
                assert still_open == (file.state == ProposalState.CONDITIONS_OPEN)

    @invariant()
    def a_superseded_decision_has_one_newer_decision_that_settles_every_item(self) -> None:
        decisions = Decision.objects.filter(proposal__in=self.files).select_related("supersedes").order_by("pk")
        earlier = [(d, d.supersedes) for d in decisions if d.supersedes]
        assert all(old.number < new.number for new, old in earlier)
        replaced = [(new, old) for new, old in earlier if new.proposal_id != old.proposal_id]
        superseded = [file.pk for file in self.ours() if file.state == ProposalState.SUPERSEDED]
        assert sorted(old.proposal_id for _new, old in replaced) == sorted(superseded)
        for new, old in replaced:
            for condition in old.conditions.open():
                assert new.carried[item_key(condition)] == Fate.KEPT
            for effect in old.effects.all():
                assert new.carried[item_key(effect)] in set(Fate)

    @invariant()
    def the_project_is_as_the_last_effects_left_it(self) -> None:
        effects = Effect.objects.filter(subject="projects.project", subject_id=self.project.pk, field="budget")
        told = list(effects.order_by("pk"))
        assert f"{Project.objects.get(pk=self.project.pk).budget:.2f}" == told[-1].after
        assert all(later.before == earlier.after for earlier, later in pairwise(told))

    @invariant()
    def an_approval_that_waits_for_its_conditions_has_no_effect_yet(self) -> None:
        for decision in Decision.objects.filter(proposal__in=self.files, effective=EffectiveFrom.WHEN_MET):
            assert not (decision.waits and decision.effects.exists())


@pytest.mark.django_db
def test_every_invariant_holds_under_random_acts() -> None:
    LifeCycle.took_place.clear()
    run_state_machine_as_test(
        LifeCycle,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=25,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),  # shrinking a failure takes minutes: add Phase.shrink when there is one
        ),
    )
    if RUNS < ENOUGH:
        return
    wanted = {*YES, *EffectiveFrom.values, *Fate.values, "an opinion waived", "lift", "waive", "a lapse"}
    wanted |= {"roles without an advice refused", "other roles in force"}
    wanted |= {"an opinion impossible: vacant", "an opinion impossible: closed", "closed", "reopened"}
    assert wanted <= set(+LifeCycle.took_place), LifeCycle.took_place
