"""Race the services, many rounds each, on the database of a running instance; test_rounds.py starts it.

Each contender is a thread with its own connection, outside the pool, which is sized for a web process. Every race has
its own project. A refusal is one of the exceptions that its service documents; anything else ends the run. Each race
plays as many rounds as EFFORT asks for, then more until every possible outcome has occurred.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from core.access import Refused
from core.acts import NotRecorded, cached_reads
from core.files.checks import Upload
from governance.decide.decisions.condition_services import AlreadyLifted, lift, prove, waive
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.services import AlreadyDecided, NewCondition, OpinionMissing, Terms, decide
from governance.decide.decisions.supersede import NotCarried, item_key, list_dependents
from governance.decide.evidence.services import add_document, replace_document
from governance.decide.opinions.services import AlreadyAdvised, advise
from governance.decide.proposals.services import Outdated, draft, edit, submit
from governance.enums import Act, ConditionState, EffectiveFrom, Fate, Outcome, Position, ProposalState
from governance.models import Condition, Decision, Effect, Opinion, Proposal, SealBreak
from governance.record.verification.verifier import verify
from governance.workflow import WrongState
from projects.ledger.services import START
from projects.models import Delegation, LedgerEvent, Project
from projects.people.replacements.services import propose_owner, second, take_seat
from projects.seats.mandates.holders import owners
from projects.seats.mandates.services import accept, appoint, delegate, end_mandate, found_project, name_owner, revoke
from roles.models import RoleTemplate, User
from tests.acts import CONTENT, FUTURE, fingerprint, reread
from tests.effort import EFFORT

ROUNDS = 4 * EFFORT  # of each of the four main races; fewer of the others
MOST = 200  # rounds of a race that waits for a rare outcome
CROWDS = {8: ROUNDS, 50: EFFORT}  # concurrent deciders → rounds
HEAD_START = 0.02  # maximum head start of one or the other in seconds; an act takes less
CONDITIONS = 10

#: Expected refusals: the act came too late, or the project was locked for too long.
TOO_LATE = (
    AlreadyAdvised,
    AlreadyDecided,
    AlreadyLifted,
    NotCarried,
    NotRecorded,
    OpinionMissing,
    Outdated,
    Refused,
    ValidationError,
    WrongState,
)
BOTH = ("recorded", "recorded")
ANSWERS = (Outcome.APPROVED, Outcome.REJECTED, Outcome.REWORK, Outcome.DEFERRED)

contenders = ThreadPoolExecutor(max(CROWDS))
chance = random.Random(11)  # noqa: S311 the same rounds each time


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs within one head start, and return each result or refusal."""
    gate = Barrier(len(jobs))

    def run(job: Callable[[], Any], late: float) -> Any:
        gate.wait(30)
        time.sleep(late)
        try:
            with cached_reads():  # as in a request, so that a stale cache of the seats would show
                return job()
        except TOO_LATE as refusal:
            return refusal

    started = [contenders.submit(run, job, chance.uniform(0, HEAD_START)) for job in jobs]
    return [future.result(60) for future in started]


def won(answer: Any) -> bool:
    """Return whether this contender's act was recorded."""
    return not isinstance(answer, TOO_LATE)


def heard(answer: Any) -> str:
    """Name a contender's result, for the count of outcomes."""
    return "recorded" if won(answer) else type(answer).__name__


#: A kind that the AMOA may also propose before a launch, and whose approval changes nothing else.
KIND = "arbitration"
RECIPIENTS = {"impact_recipients": "They are told."}


@dataclass
class Place:
    """The project of one race, with its people and the checked length of its chain."""

    code: str
    expected: set[tuple[str, ...]] = field(default_factory=set)
    advised: bool = False
    seen: Counter[tuple[str, ...]] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)
    seq: int = 0
    head: bytes = START

    def __post_init__(self) -> None:
        self.owner, self.amoa, self.pmo, self.admin, self.delegate, self.second = (
            User.objects.get(email=f"{name}@example.org")
            for name in ("owner", "amoa", "pmo", "staff.admin", "delegate", "superuser")
        )
        number = Project.objects.count()  # so that it may be run again
        prefix, self.code = f"{self.code[0]}{number}", f"{self.code}-{number}"
        fields = {"code": self.code, "prefix": prefix, "title_fr": self.code, "title_en": self.code}
        span = {"starts_on": timezone.localdate(), "ends_on": FUTURE, "budget": 1000}
        self.project = found_project(actor=self.admin, owner=self.owner, fields=fields | span)
        for holder, role in ((self.amoa, "AMOA"), *([(self.pmo, "PMO")] if self.advised else [])):
            template = RoleTemplate.objects.get(pack="fr", code=role, state="published")
            appoint(actor=self.owner, project=self.project, role=template, holder=holder)

    def rounds(self, least: int) -> Iterator[int]:
        """Yield the number of each round: `least` of them, then more until each expected outcome occurred."""
        number = 0
        while number < least or (number < MOST and not self.expected <= self.seen.keys()):
            yield number
            number += 1

    def submitted(self, kind: str = KIND, replaces_id: int | None = None, **content: Any) -> Proposal:
        """Put a proposal of the AMOA to the PMO where there is one, else to the owner."""
        if kind == "communication":
            content = {"terms": {"message": "The quay opens in May."}} | content
        made = draft(
            actor=self.amoa,
            project=self.project,
            kind=kind,
            content=CONTENT | RECIPIENTS | content,
            replaces_id=replaces_id,
        )
        submit(actor=self.amoa, proposal=made, version=made.draft.version)
        return reread(made)

    def again(self, proposal: Proposal | None, kind: str = KIND) -> Proposal:
        """Put the same proposal again if it was not decided or came back, else another one."""
        proposal = proposal and reread(proposal)
        if proposal is None or proposal.state == ProposalState.DECIDED:
            return self.submitted(kind)
        if proposal.state in {ProposalState.RETURNED, ProposalState.DEFERRED}:
            submit(actor=self.amoa, proposal=proposal, version=proposal.draft.version)
        return reread(proposal)

    def advise(self, proposal: Proposal) -> Opinion:
        """Give the PMO's opinion on the current revision."""
        return advise(
            actor=self.pmo,
            proposal=proposal,
            fingerprint=fingerprint(proposal),
            position=Position.FAVOURABLE,
            reasons="It fits.",
        )

    def judge(self, proposal: Proposal, *answers: Any) -> list[Decision]:
        """Check the invariants that hold in any order against `proposal`.

        Returns the decisions on that revision: none, or one.
        """
        self.seen[tuple(heard(answer) for answer in answers)] += 1
        recorded = [answer for answer in answers if isinstance(answer, Decision)]
        of_revision = Decision.objects.filter(revision=proposal.current)
        decisions = list(of_revision.select_related("revision", "mandate", "delegation"))
        assert decisions == recorded, (decisions, answers)
        for decision in decisions:
            assert decision.revision_hash == decision.revision.hash == decision.revision.seal(), decision
            assert decision.acted_at in decision.mandate.period, decision
            assert decision.delegation is None or decision.acted_at in decision.delegation.period, decision
        told = LedgerEvent.objects.filter(proposal_id=proposal.pk, act=Act.DECIDE).order_by("seq")
        all_ = Decision.objects.filter(proposal=proposal).order_by("number")
        assert list(told.values_list("subject_id", flat=True)) == list(all_.values_list("pk", flat=True))
        self.follow_the_chain()
        return decisions

    def follow_the_chain(self) -> None:
        """Assert that every new event continues the chain."""
        later = LedgerEvent.objects.filter(project=self.project, seq__gt=self.seq).order_by("seq")
        for seq, prev, digest in later.values_list("seq", "prev", "hash"):
            assert (seq, bytes(prev)) == (self.seq + 1, self.head), f"the chain of {self.code} breaks at {seq}"
            self.seq, self.head = seq, bytes(digest)

    def end(self) -> None:
        """Verify the whole chain with every row, and that exactly the expected outcomes occurred."""
        report = verify(self.project)
        assert report.result == 0, report.as_text()
        assert {end for end in self.seen if "NotRecorded" not in end} == self.expected, self.seen
        ends = ", ".join(f"{count}× {'/'.join(_groups(end))}" for end, count in self.seen.most_common())
        say(f"{self.code}: {self.seen.total()} rounds in {time.monotonic() - self.began:.1f} s: {ends}")


def _groups(end: tuple[str, ...]) -> list[str]:
    return list(end) if len(end) < 4 else [f"{count} {what}" for what, count in Counter(end).most_common()]


def answer(who: User, proposal: Proposal, outcome: Outcome = Outcome.APPROVED, **terms: Any) -> Decision:
    """Decide on the revision that was read, without the opinions that nobody has given."""
    terms = {"waived": dict.fromkeys(proposal.awaited_roles, "Nobody holds this role.")} | terms
    terms |= {"return_on": FUTURE} if outcome == Outcome.DEFERRED else {}
    return decide(
        actor=who,
        proposal=proposal,
        fingerprint=fingerprint(proposal),
        seen=read_parts(proposal),
        outcome=outcome,
        reasons="Because.",
        terms=Terms(**terms),
    )


# — the races —


def crowd() -> None:
    """Many deciders on one revision: one decision, everyone else is refused."""
    place, proposal = Place("CROWD"), None
    for deciders, rounds in CROWDS.items():
        place.began, place.seen = time.monotonic(), Counter()
        place.expected = {("AlreadyDecided",) * (deciders - 1) + ("recorded",)}
        for _ in range(rounds):
            proposal = place.again(proposal)
            deciding = partial(answer, place.owner, proposal, Outcome.REWORK)
            assert len(place.judge(proposal, *sorted(together(*[deciding] * deciders), key=heard))) == 1
        place.end()


def another_revision() -> None:
    """The author submits other words while the owner decides: the decision is on the version read, or refused."""
    back_then_other_words = BOTH
    expected = {("recorded", "Outdated"), ("WrongState", "recorded"), back_then_other_words}
    place, proposal = Place("REVISION", expected), None

    def other_words(proposal: Proposal) -> None:
        version = proposal.draft.version
        edit(actor=place.amoa, proposal=proposal, version=version, content={"title": f"Words {version}"})
        submit(actor=place.amoa, proposal=proposal, version=version + 1)

    def later(proposal: Proposal, outcome: Outcome) -> Decision:
        time.sleep(chance.choice((0, 3 * HEAD_START)))  # the other contender has two acts to perform
        return answer(place.owner, proposal, outcome)

    for number in place.rounds(ROUNDS):
        proposal, outcome = place.again(proposal), ANSWERS[number % len(ANSWERS)]
        place.judge(proposal, *together(partial(other_words, proposal), partial(later, proposal, outcome)))
    place.end()


def revoked() -> None:
    """The owner ends a delegation while the delegate decides: nothing is signed after the end."""
    place, proposal = Place("DELEGATE", {BOTH, ("recorded", "Refused")}), None
    for _ in place.rounds(ROUNDS):
        given = delegate(
            actor=place.owner,
            project=place.project,
            to=place.delegate,
            kinds=["communication"],
            cap=None,
            document="Act 1",
            ends_at=timezone.now() + timedelta(days=1),
        )
        proposal = place.again(proposal, "communication")
        ended, decision = together(
            partial(revoke, actor=place.owner, delegation=given),
            partial(answer, place.delegate, proposal, Outcome.REWORK),
        )
        assert won(ended), ended
        for found in place.judge(proposal, ended, decision):
            assert found.delegation_id == given.pk
            assert found.acted_at < Delegation.objects.get(pk=given.pk).period.upper
    place.end()


def succeeded() -> None:
    """The owner leaves, with a successor or without, while deciding: nothing is signed after the end."""
    place, proposal = Place("OWNER", {BOTH, ("recorded", "Refused")}), None
    present, next_ = place.owner, User.objects.get(email="future.owner@example.org")
    for number in place.rounds(ROUNDS // 4):
        proposal, [mandate] = place.again(proposal), owners(place.project)
        leaves = (
            partial(name_owner, actor=present, project=place.project, holder=next_)
            if number % 2
            else partial(end_mandate, actor=present, mandate=mandate, because="Moved away.")
        )
        left, decision = together(leaves, partial(answer, present, proposal, Outcome.REWORK))
        assert won(left), left
        mandate.refresh_from_db()
        for found in place.judge(proposal, left, decision):
            assert found.mandate_id == mandate.pk
            assert mandate.ends_at
            assert found.acted_at < mandate.ends_at
        if owners(place.project):
            accept(actor=next_, mandate=owners(place.project)[0])
        else:
            about = {"project": place.project, "successor": next_, "because": "The last owner moved away."}
            proposed = propose_owner(actor=place.admin, **about)
            take_seat(actor=next_, replacement=second(actor=place.second, replacement=proposed, because="I saw it."))
        present, next_ = next_, present
    place.end()


def settled() -> None:
    """One condition is lifted, waived and proved at once, then the two last ones: each settled once, effective once."""
    late, proof_not_read = "AlreadyLifted", ("Outdated", "recorded", "recorded")
    expected = {
        ("recorded", late, late),
        (late, "recorded", late),
        (late, "recorded", "recorded"),
        proof_not_read,
        BOTH,
    }
    place, budget = Place("CONDITION", expected), 1000
    for _ in place.rounds(-(-ROUNDS // (CONDITIONS - 1))):
        budget += 10
        proposal = place.submitted("budget", terms={"budget": f"{budget}.00"})
        conditions = [NewCondition(f"Condition {number}", "AMOA", FUTURE) for number in range(CONDITIONS)]
        decision = answer(
            place.owner,
            proposal,
            Outcome.APPROVED_WITH_CONDITIONS,
            conditions=conditions,
            effective=EffectiveFrom.WHEN_MET,
        )
        *alone, ninth, last = decision.conditions.order_by("number")
        for condition in alone:
            lifted, waived, proved = together(
                lifting(place, condition), waiving(place, condition), proving(place, condition)
            )
            assert won(lifted) + won(waived) == 1, (lifted, waived)
            settled_once(place, condition, ConditionState.MET if won(lifted) else ConditionState.WAIVED)
            place.seen[heard(lifted), heard(waived), heard(proved)] += 1
        answers = together(lifting(place, ninth), waiving(place, last))
        assert all(map(won, answers)), answers
        place.seen[tuple(map(heard, answers))] += 1
        proposal.refresh_from_db()
        assert proposal.state == ProposalState.CLOSED
        assert Effect.objects.filter(decision=decision).values_list("after").get() == (f"{budget}.00",)
        place.project.refresh_from_db()
        assert place.project.budget == budget
        place.follow_the_chain()
    place.end()


def lifting(place: Place, condition: Condition) -> Callable[[], Condition]:
    return partial(lift, actor=place.owner, condition=condition, proof="Seen.")


def waiving(place: Place, condition: Condition) -> Callable[[], Condition]:
    return partial(waive, actor=place.owner, condition=condition, because="Not needed.")


def proving(place: Place, condition: Condition) -> Callable[[], Condition]:
    return partial(prove, actor=place.amoa, condition=condition, proof="Letter 4.")


def settled_once(place: Place, condition: Condition, state: ConditionState) -> None:
    """Assert that the condition is in the state of its only event."""
    condition.refresh_from_db()
    events = LedgerEvent.objects.filter(subject=Condition._meta.label_lower, subject_id=condition.pk)
    told = list(events.filter(project=place.project, act__in=[Act.LIFT, Act.WAIVE]).values_list("act", flat=True))
    assert (condition.state, told) == (state, [Act.LIFT if state == ConditionState.MET else Act.WAIVE])


def over(first: Decision, rival: Proposal) -> dict[str, Fate]:
    """Change what a decision has changed, and keep the other proposal that would replace it."""
    items = list_dependents(first, rival)
    return {item_key(item): Fate.KEPT if isinstance(item, Proposal) else Fate.CHANGED for item in items}


def replaced() -> None:
    """Two proposals that replace the same decision are approved at once: one succeeds, the other is refused."""
    place = Place("REPLACED", {("recorded",), ("NotCarried",)})
    for number in place.rounds(-(-ROUNDS // 20)):
        first = answer(place.owner, place.submitted("budget", terms={"budget": f"{2000 + number}.00"}))
        rivals = [
            place.submitted("budget", replaces_id=first.pk, terms={"budget": f"{budget}.00"}) for budget in (5000, 6000)
        ]
        answers = together(*(partial(answer, place.owner, rival, fates=over(first, rival)) for rival in rivals))
        assert sum(map(won, answers)) == 1, answers
        for rival, given in zip(rivals, answers, strict=True):
            place.judge(rival, given)
        assert Decision.objects.filter(supersedes=first).count() == 1
        assert Proposal.objects.get(pk=first.proposal_id).state == ProposalState.SUPERSEDED
    place.end()


def unheard() -> None:
    """The owner decides while a missing opinion is given: it is waived, or the owner reads it first."""
    expected = {("recorded", "Outdated"), ("WrongState", "recorded")}
    place, proposal = Place("OPINION", expected, advised=True), None
    for _ in place.rounds(ROUNDS // 8):
        proposal = place.again(proposal)
        given, decision = together(
            partial(place.advise, proposal),
            partial(answer, place.owner, proposal, Outcome.REWORK, waived={"PMO": "No time."}),
        )
        found = place.judge(proposal, given, decision)
        assert len(found) == (not won(given))
        read = found[0] if found else answer(place.owner, reread(proposal), Outcome.REWORK)
        assert ("opinion:PMO" in [entry["item"] for entry in read.file]) == won(given)
        assert list(read.waived) == ([] if won(given) else ["PMO"])
    place.end()


def another_version() -> None:
    """A document is replaced while a decision seals it: the owner reads of it first, and either way it is marked."""
    place = Place("DOCUMENT", {BOTH, ("recorded", "Outdated"), ("replaced", "first"), ("replaced", "later")})
    version = add_document(actor=place.amoa, project=place.project, name="Quotation", upload=quotation(0))
    for number in place.rounds(ROUNDS // 8):
        proposal = place.submitted(attachments=[version.attachment()])
        new, decision = together(
            partial(
                replace_document,
                actor=place.amoa,
                document=version.document,
                upload=quotation(number + 1),
                why="Corrected.",
            ),
            partial(answer, place.owner, proposal),
        )
        recorded = place.judge(proposal, new, decision)
        found = recorded[0] if recorded else answer(place.owner, reread(proposal))
        assert {"item": version.document.item, "hash": version.sha256} in found.file
        told = [(change.before, change.after) for change in SealBreak.objects.filter(decision=found)]
        assert told == [(version.sha256, new.sha256)]
        place.seen["replaced", "first" if found.acted_at > new.acted_at else "later"] += 1
        version = new
    place.end()


def quotation(number: int) -> Upload:
    return Upload("quotation.txt", "text/plain", f"EUR {number}".encode())


RACES = (crowd, another_revision, revoked, succeeded, settled, replaced, unheard, another_version)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run every race; the first failure ends it with a traceback."""
    connection.settings_dict["OPTIONS"].pop("pool", None)
    connection.close()
    for race in RACES:
        race()
