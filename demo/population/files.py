"""Generate proposals by the hundred: draw their life cycles, then write them step by step per project.

The steps write what the services write in the same acts (governance/decide/proposals, opinions, decisions): the same
rows, states, seals and events, in an order that the workflow allows. The guards of the database check every one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.acts import database_time
from core.record.sealing import content_hash
from demo.population.bulk import Bulk, Written
from demo.population.projects import Place
from governance import workflow
from governance.enums import APPROVALS, Act, ConditionState, Outcome, Position, ProposalState
from governance.models import Condition, Decision, Opinion, Proposal, ProposalDraft, ProposalRevision
from projects.ledger.enums import LedgerAct
from projects.ledger.services import START, read_head, set_body
from projects.models import LedgerEvent, Mandate
from roles.enums import DecisionKind
from roles.models import User

#: The two advisers: one proposes, the other advises; kinds whose approval has no effect outside the proposal.
ADVISERS = ("AMOA", "PMO")
KINDS = ("change", "minor_change", "arbitration", "communication")
#: Life cycles of proposals, and their share in per cent.
LIVES = {
    "draft": 6,
    "submitted": 5,
    "under_review": 4,
    "ready": 8,
    "approved": 34,
    "rejected": 7,
    "conditions": 8,
    "proved": 3,
    "met": 9,
    "waived": 2,
    "deferred": 4,
    "returned": 4,
    "reworked": 4,
    "withdrawn": 2,
}
#: Life cycles that are open, or end recently; the others end before this.
UNDER_WAY = frozenset({"draft", "submitted", "under_review", "ready", "returned"})
#: One approval in so many takes another option than the recommended one.
ONE_IN = 9

OUTCOMES = {
    "approved": Outcome.APPROVED,
    "rejected": Outcome.REJECTED,
    "deferred": Outcome.DEFERRED,
    "returned": Outcome.REWORK,
    "reworked": Outcome.APPROVED,
    **dict.fromkeys(("conditions", "proved", "met", "waived"), Outcome.APPROVED_WITH_CONDITIONS),
}
WHAT = {
    "fr": (
        ("Remplacer", "Reporter", "Étendre", "Sécuriser", "Simplifier", "Mutualiser", "Abandonner"),
        (
            "la reprise des données",
            "le lot 2",
            "la formation des équipes",
            "l’hébergement",
            "les habilitations",
            "la recette du portail",
            "les interfaces avec la paie",
        ),
        "Le calendrier du projet dépend de cette réponse. {what} touche le budget et les équipes au quai {n}.",
        "Faut-il {what} avant la fin du trimestre ?",
        "Ne rien changer",
    ),
    "en": (
        ("Replace", "Postpone", "Extend", "Secure", "Simplify", "Share", "Give up"),
        (
            "the data migration",
            "lot 2",
            "the training of crews",
            "the hosting",
            "the access rights",
            "the acceptance of the portal",
            "the interfaces with payroll",
        ),
        "The schedule of the project rests on this answer. {what} concerns budget and crews at quay {n}.",
        "Shall we {what} before the end of the quarter?",
        "Change nothing",
    ),
}
POSITIONS = [Position.FAVOURABLE] * 6 + [Position.WITH_RESERVATIONS] * 3 + [Position.UNFAVOURABLE]


@dataclass
class File:
    """A proposal in the course of its life. `rounds` counts its revisions to come; the last one ends as `life`."""

    life: str
    proposal: Proposal
    text: ProposalDraft
    role: str
    adviser: str
    clock: datetime
    pace: timedelta
    rounds: int
    revision: ProposalRevision | None = None
    opinion: Opinion | None = None
    decision: Decision | None = None
    conditions: list[Condition] = field(default_factory=list)

    def tick(self) -> datetime:
        """Return the time of its next act."""
        self.clock += self.pace
        return self.clock


@dataclass(frozen=True)
class PlannedEvent:
    """An act to write to the ledger."""

    at: datetime
    act: LedgerAct
    actor: User
    role: str
    subject: Any
    proposal_id: int | None
    detail: str
    facts: dict[str, Any]


class Writer:
    """Writer of the proposals of one project, in one transaction."""

    def __init__(self, place: Place, bulk: Bulk, now: datetime) -> None:
        self.place, self.bulk, self.now, self.rng = place, bulk, now, place.rng
        self.events: list[PlannedEvent] = []
        self.files: list[File] = []
        self.numbers = place.project.decisions.count()
        self.before: dict[int, Decision] = {}
        assert place.project.matrix is not None  # noqa: S101 — it was founded with its roles
        powers = place.project.matrix.powers
        #: (kind, role that may propose it, other adviser, whose opinion the matrix asks for), by the letters.
        self.letters = [
            (kind, role, other)
            for kind in KINDS
            for role, other in (ADVISERS, ADVISERS[::-1])
            if kind in powers[role].get("propose", ()) and kind in powers[other].get("advise", ())
        ]

    def draw(self, count: int, life: str = "", rounds: int = 0) -> None:
        """Draw `count` proposals by lot, or all with this life and this number of revisions."""
        first, lives = self.place.project.proposals.count(), list(LIVES)
        weights = list(LIVES.values())
        for number, key in enumerate(self.bulk.keys(Proposal, count), start=first + 1):
            drawn = life or self.rng.choices(lives, weights)[0]
            self.files.append(self._file(number, key, drawn, rounds or (2 if drawn == "reworked" else 1)))

    def write(self) -> None:
        """Write every proposal up to its state, then the ledger, in the order of the acts."""
        self._drafts()
        for number in range(max((file.rounds for file in self.files), default=0)):
            going = [file for file in self.files if file.rounds > number and file.life != "draft"]
            self._edits([file for file in going if number])
            self._submissions(going)
            last = [file for file in going if file.rounds == number + 1]
            self._moves([f for f in last if f.life == "under_review"], Act.TAKE_UP, ProposalState.UNDER_REVIEW)
            self._moves([f for f in last if f.life == "withdrawn"], Act.WITHDRAW, ProposalState.WITHDRAWN)
            stops = ("submitted", "under_review", "withdrawn")
            advised = [file for file in going if file not in last or file.life not in stops]
            self._opinions(advised)
            self._decisions([file for file in advised if file not in last or file.life != "ready"], number)
        self._conditions()
        self._chain()
        self.bulk.end()

    def add_event(
        self, at: datetime, act: LedgerAct, actor: User, role: str, subject: Any, detail: str = "", **facts: Any
    ) -> None:
        """Record another act; the ledger sorts all events by time."""
        self.events.append(PlannedEvent(at, act, actor, role, subject, None, detail, facts))

    def _file(self, number: int, key: int, life: str, rounds: int) -> File:
        rng, project = self.rng, self.place.project
        kind, role, adviser = rng.choice(self.letters)
        acts = 2 + 6 * rounds
        room = self.now - self.place.since
        latest = timedelta(days=25) if life in UNDER_WAY else room
        began = self.now - max(min(room, latest) * rng.uniform(0.15, 1), timedelta(hours=acts))
        pace = min(timedelta(days=rng.uniform(0.5, 4)), (self.now - began) / acts)
        author = self.place.seats[role].holder
        proposal = Proposal(
            pk=key,
            project=project,
            number=number,
            kind=kind,
            state_since=began,
            author=author,
            writers=[author.pk],
            author_role=role,
        )
        text = ProposalDraft(proposal=proposal, saved_at=began, **self._content(began))
        if kind == DecisionKind.COMMUNICATION:
            text.terms = {"message": f"{text.title}."}
        return File(life, proposal, text, role, adviser, began, pace, rounds)

    def _content(self, began: datetime) -> dict[str, Any]:
        rng = self.rng
        verbs, things, context, question, nothing = WHAT[self.place.project.language]
        verb, thing, n = rng.choice(verbs), rng.choice(things), rng.randint(1, 99)
        what = f"{verb} {thing}"
        cost = Decimal(rng.randint(1, 400) * 500) if rng.random() < 0.6 else None
        return {
            "title": f"{what} ({n})",
            "question": question.format(what=what.lower()),
            "context": context.format(what=what, n=n),
            "options": [
                {"title": what, "description": f"{what}, {n}."},
                {"title": nothing, "description": f"{n} / {n}."},
            ],
            "recommended": "A",
            "recommendation": f"{what}: {rng.randint(2, 9)} / 10.",
            "impact_scope": f"{thing}.",
            "impact_cost": f"{cost or 0} EUR.",
            "impact_recipients": f"{n} %.",
            "risks": f"{rng.randint(1, 25)} / 25.",
            "evidence": f"Note {n}.",
            "amount": cost,
            "decide_by": (began + timedelta(days=rng.randint(20, 60))).date(),
        }

    # Steps, each for all proposals that take it.

    def _drafts(self) -> None:
        files = self.files
        self.bulk.insert(Proposal, [Written(f.proposal, f.clock, f.proposal.author_id) for f in files])
        self.bulk.insert(ProposalDraft, [Written(f.text, f.clock, f.proposal.author_id) for f in files])
        for file in files:
            self._add_event(file, Act.DRAFT, file.proposal.author, file.role, file.proposal)

    def _edits(self, files: list[File]) -> None:
        for file in files:
            file.text.saved_at, file.text.version = file.tick(), file.text.version + 1
            file.text.title = f"{file.text.title.partition(' v')[0]} v{file.text.version}"
            self._add_event(file, Act.EDIT, file.proposal.author, file.role, file.text, version=file.text.version)
        self.bulk.update(ProposalDraft, self._by_author(files), "title", "saved_at", "version")

    def _submissions(self, files: list[File]) -> None:
        rows = []
        for file, key in zip(files, self.bulk.keys(ProposalRevision, len(files)), strict=True):
            number = file.revision.number + 1 if file.revision else 1
            file.revision = ProposalRevision(
                pk=key,
                proposal=file.proposal,
                number=number,
                submitted_by=file.proposal.author,
                asked_roles=[file.adviser],
                acted_at=file.tick(),
                salt=self._salt(),
                **file.text.content(),
            )
            file.revision.hash = file.revision.seal()
            rows.append(Written(file.revision, file.clock, file.proposal.author_id))
            file.proposal.current, file.proposal.awaited_roles = file.revision, [file.adviser]
            self._move(file, ProposalState.SUBMITTED)
            self._add_event(
                file,
                Act.SUBMIT,
                file.proposal.author,
                file.role,
                file.revision,
                str(number),
                content=file.revision.hash,
            )
        self.bulk.insert(ProposalRevision, rows)
        self._save(files, lambda file: file.proposal.author)

    def _moves(self, files: list[File], act: LedgerAct, state: ProposalState) -> None:
        """Move proposals: taken up by the adviser, or withdrawn by the author."""
        taken = act == Act.TAKE_UP
        for file in files:
            file.tick()
            self._move(file, state)
            if not taken:
                file.proposal.awaited_roles, file.proposal.withdrawn_because = [], "Sans objet."
            seat = self._seat(file.adviser if taken else file.role)
            self._add_event(file, act, seat.holder, seat.role.code, file.proposal)
        self._save(files, lambda file: self._seat(file.adviser if taken else file.role).holder)

    def _opinions(self, files: list[File]) -> None:
        rows = []
        for file, key in zip(files, self.bulk.keys(Opinion, len(files)), strict=True):
            seat, revision = self._seat(file.adviser), file.revision
            assert revision is not None  # noqa: S101 — it was submitted
            opinion = Opinion(
                pk=key,
                revision=revision,
                role=file.adviser,
                mandate=seat,
                adviser=seat.holder,
                signature=str(seat.holder),
                position=self.rng.choice(POSITIONS),
                reasons=f"Vu, {file.text.evidence}",
                acted_at=file.tick(),
                salt=self._salt(),
            )
            file.opinion = opinion
            rows.append(Written(opinion, file.clock, seat.holder_id))
            file.proposal.awaited_roles = []
            self._move(file, ProposalState.READY_FOR_DECISION)
            self._add_event(
                file,
                Act.ADVISE,
                seat.holder,
                file.adviser,
                opinion,
                str(opinion.position),
                content=opinion.seal(),
                revision=revision.hash,
            )
        self.bulk.insert(Opinion, rows)
        self._save(files, lambda file: self._seat(file.adviser).holder)

    def _decisions(self, files: list[File], number: int) -> None:
        owner, rows, set_with = self._seat("MOA"), [], []
        for file in files:
            file.tick()
        files = sorted(files, key=lambda file: file.clock)
        for file, key in zip(files, self.bulk.keys(Decision, len(files)), strict=True):
            ends = file.rounds == number + 1
            decision = self._decision(file, key, owner, OUTCOMES[file.life] if ends else Outcome.REWORK)
            rows.append(Written(decision, file.clock, owner.holder_id))
            set_with += [Written(condition, file.clock, owner.holder_id) for condition in file.conditions]
            self._move(file, workflow.AFTER_OUTCOME[Outcome(decision.outcome)])
            self._add_event(
                file,
                Act.DECIDE,
                owner.holder,
                "MOA",
                decision,
                str(decision.outcome),
                content=decision.seal(),
                revision=decision.revision_hash,
                mandate=owner.pk,
                delegation="",
                effects="",
                seen=content_hash(decision.seen),
                **decision.option_told,
                **decision.factors_told,
            )
            self.before[file.proposal.pk] = decision
        self.bulk.insert(Decision, rows)
        self.bulk.insert(Condition, set_with)
        self._save(files, lambda _file: owner.holder)

    def _decision(self, file: File, key: int, owner: Mandate, outcome: Outcome) -> Decision:
        revision, rng = file.revision, self.rng
        given = file.opinion
        assert revision is not None  # noqa: S101 — it was advised
        assert given is not None  # noqa: S101 — the same
        self.numbers += 1
        earlier = self.before.get(file.proposal.pk)
        sealed = {"revision": revision.hash, f"opinion:{given.role}": given.seal()}
        takes_another = outcome in APPROVALS and self.numbers % ONE_IN == 0
        file.decision = Decision(
            pk=key,
            project=self.place.project,
            number=self.numbers,
            proposal=file.proposal,
            revision=revision,
            revision_hash=revision.hash,
            outcome=outcome,
            option="B" if takes_another else revision.recommended if outcome in APPROVALS else "",
            why_not=f"Rien ne presse, {file.text.evidence}" if takes_another else "",
            changes_nothing=takes_another,
            reasons=f"Au vu de l’avis {given.role}, {file.text.evidence}",
            return_on=self.now.date() + timedelta(days=rng.randint(5, 60)) if outcome == Outcome.DEFERRED else None,
            file=[{"item": item, "hash": sealed[item]} for item in sorted(sealed)],
            seen=sealed,
            decided_by=owner.holder,
            mandate=owner,
            signature=str(owner.holder),
            supersedes_id=earlier.pk if earlier else None,
            acted_at=file.clock,
            salt=self._salt(),
        )
        count = rng.choice((1, 1, 2)) if outcome == Outcome.APPROVED_WITH_CONDITIONS else 0
        file.conditions = [
            Condition(
                pk=pk,
                decision=file.decision,
                number=n,
                text=f"Condition {n} : {file.text.evidence}",
                role=file.role,
                due_on=max(self._due(), file.clock.date() + timedelta(days=3)),
                salt=self._salt(),
            )
            for n, pk in enumerate(self.bulk.keys(Condition, count) if count else (), start=1)
        ]
        return file.decision.with_conditions(file.conditions)

    def _due(self) -> date:
        """Return a due date; four open conditions in ten are overdue."""
        days = self.rng.randint(-40, -1) if self.rng.random() < 0.4 else self.rng.randint(3, 90)
        return self.now.date() + timedelta(days=days)

    def _conditions(self) -> None:
        proved, settled, closing = [], [], []
        owner = self._seat("MOA").holder
        for file in (file for file in self.files if file.life in {"proved", "met", "waived"} and file.conditions):
            seat, waived = self._seat(file.role), file.life == "waived"
            for condition in [] if waived else file.conditions:
                condition.proof, condition.proved_by, condition.proved_at = (
                    f"PV {condition.number}",
                    seat.holder,
                    file.tick(),
                )
                proved.append(Written(condition, file.clock, seat.holder_id))
                self._add_event(file, Act.PROVE, seat.holder, file.role, condition, content=condition.seal())
            if file.life == "proved":
                continue
            closing.append(file)
        self.bulk.update(Condition, proved, "proof", "proved_by", "proved_at")
        for file in closing:
            waived = file.life == "waived"
            for condition in file.conditions:
                condition.state = ConditionState.WAIVED if waived else ConditionState.MET
                condition.waived_because = "Sans objet." if waived else ""
                condition.lifted_by, condition.lifted_at = owner, file.tick()
                settled.append(Written(condition, file.clock, owner.pk))
                act = Act.WAIVE if waived else Act.LIFT
                self._add_event(file, act, owner, "MOA", condition, content=condition.seal(), effects="")
            self._move(file, ProposalState.CLOSED)
        self.bulk.update(Condition, settled, "state", "waived_because", "lifted_by", "lifted_at")
        self._save(closing, lambda _file: owner)

    # Helpers of every step.

    def _seat(self, role: str) -> Mandate:
        return self.place.seats[role]

    def _salt(self) -> str:
        return self.rng.randbytes(16).hex()

    def _by_author(self, files: Iterable[File]) -> list[Written]:
        return [Written(file.text, file.clock, file.proposal.author_id) for file in files]

    def _move(self, file: File, state: ProposalState) -> None:
        file.proposal.state, file.proposal.state_since = state, file.clock

    def _save(self, files: Iterable[File], actor: Callable[[File], User]) -> None:
        written = [Written(file.proposal, file.clock, actor(file).pk) for file in files]
        self.bulk.update(Proposal, written, "current", "awaited_roles", "state", "state_since", "withdrawn_because")

    def _add_event(
        self, file: File, act: LedgerAct, actor: User, role: str, subject: Any, detail: str = "", **facts: Any
    ) -> None:
        self.events.append(PlannedEvent(file.clock, act, actor, role, subject, file.proposal.pk, detail, facts))

    def _chain(self) -> None:
        """Write the events in the order of their acts, each chained to the one before."""
        project = self.place.project
        last = project.events.order_by("-seq").values_list("seq", "hash").first()
        seq, prev = (last[0], bytes(last[1])) if last else (0, START)
        entered, sealed, events = database_time(), read_head(project).sealed, []
        first = seq + 1
        for seq, entry in enumerate(sorted(self.events, key=lambda entry: entry.at), start=first):
            event = LedgerEvent(
                project=project,
                seq=seq,
                act=entry.act,
                actor=entry.actor,
                role=entry.role,
                proposal_id=entry.proposal_id,
                detail=entry.detail,
                subject=entry.subject._meta.label_lower,
                subject_id=entry.subject.pk,
                acted_at=entry.at,
                prev=prev,
            )
            set_body(event, key=str(entry.actor.key), facts=entry.facts | sealed, entered=entered)
            prev = bytes(event.hash)
            events.append(Written(event, entry.at, entry.actor.pk))
        self.bulk.insert(LedgerEvent, events)
