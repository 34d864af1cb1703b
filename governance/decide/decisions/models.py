"""Decisions of the owner with their conditions, effects and seal breaks. Insert-only (R6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.lookups import Exact, IsNull
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.history import GovernedQuerySet, History, insert_only, never_deleted, protect_history, version_at
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from core.record.sealing import SealedModel
from core.sql.array_lookup import in_array
from core.sql.compiled_sql import Day, Instant, Reader
from core.words.addresses import address
from core.words.labels import label_of
from governance.decide.decisions.condition_guards import (
    ANSWERED_WITH_ITS_CONDITIONS,
    LAPSES_AS_A_WHOLE,
    LIFTED_BY_THE_OWNER,
    SET_WITH_ITS_DECISION,
)
from governance.decide.decisions.confirmation import describe_confirmation
from governance.decide.decisions.dependents import CarriedItem, list_carried
from governance.decide.decisions.effect_guards import (
    ADVANCES_GATE_BY_GATE,
    CARRIES_EVERYTHING_OVER,
    CHANGES_BY_DECISION,
    FOLLOWS_FROM_AN_APPROVAL,
    SAYS_WHAT_BECOMES_OF_THE_REST,
    WAIVED_BY_DECISION,
)
from governance.decide.decisions.guards import (
    ANSWERS_ITS_QUESTION,
    HAS_HEARD_EVERYONE_OR_SAYS_WHY,
    IS_SIGNED_AS_REQUIRED,
    LEAVES_AN_EVENT_OF_ITS_DECISION,
    LOOKS_BACK_IN_TIME,
    NAMES_ITS_OPTION,
    ONLY_THE_OWNER_DECIDES,
    SAYS_A_WORD_ON_WHAT_IS_OPEN,
    TELLS_HOW_IT_WAS_CONFIRMED,
    TELLS_IT_IN_ITS_EVENT,
    TELLS_WHAT_WAS_IMPOSSIBLE,
    WAS_READ_AS_IT_IS,
)
from governance.decide.decisions.seal_guards import FOLLOWS_FROM_A_NEW_VERSION, MARKED_WHEN_A_DOCUMENT_WAS_REPLACED
from governance.decide.decisions.watches import ChangedItem, watch_of, watches
from governance.decide.decisions.words import Said, gather_words
from governance.decide.independence.queries import with_mark
from governance.decide.kinds.guards import ANSWERED_IN_THE_WORDS_OF_ITS_KIND, DECIDED_WHILE_IT_GOES_ON, ON_A_KNOWN_PART
from governance.decide.kinds.registry import describe, part_of
from governance.decide.opinions.models import Opinion
from governance.decide.proposals.models import Proposal, ProposalRevision
from governance.decide.signing.guards import signed_by_a_passkey_of, tells_its_signature_in_its_event
from governance.decide.signing.models import SignableModel
from governance.enums import (
    APPROVALS,
    WITH_CONDITIONS,
    Act,
    ConditionState,
    EffectiveFrom,
    OnLapse,
    Outcome,
    Position,
    ProposalState,
    Settled,
)
from projects.enums import OVER, ProjectState
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.ledger.models import LedgerEvent
from projects.ledger.services import instant
from projects.models import Delegation, Mandate, Project
from projects.people.credentials.guards import by_a_proven_hand
from projects.people.replacements.words import describe_new_owner
from projects.project.rows import FixedProjectRow
from projects.seats.mandates.availability import Unavailable
from roles.enums import REOPENING
from roles.models import User


def decision_reference(prefix: str, number: int) -> str:
    """Return the readable reference of decision `number` on a project with this prefix, such as VD-05."""
    return f"{prefix}D-{number:02d}"


@dataclass(frozen=True)
class Unheard:
    """A role that was asked and not heard: the owner's words, and what made its opinion impossible, if anything."""

    role: str
    words: str
    unavailable: Unavailable | None
    decided_at: datetime

    @property
    def is_short(self) -> bool:
        """Return whether the role had been vacant for less than seven days."""
        return self.unavailable is not None and self.unavailable.is_short(self.decided_at)


#: Who put the owner in the place of another one. No query where nobody did.
NEW_OWNER = tuple(f"mandate__replacement__{name}" for name in ("former", "proposed_by", "seconded_by"))


#: Prefix of the parts of `Decision.seen` that are other open files on its question.
RIVAL = "rival:"


class DecisionQuerySet(GovernedQuerySet["Decision"]):
    def visible_to(self, user: Person) -> Self:
        """Keep decisions on projects that `user` can see."""
        return self.filter(in_array("project", Project.objects.visible_to(user).values("pk")))

    def readable_by(self, user: Person) -> Self:
        """Keep decisions whose record `user` may read: on projects they see, and those they answer for.

        Whoever signed answers for a decision, and so does the owner in whose name a delegate signed, ever after.
        """
        if not (user.is_authenticated and user.is_active):
            return self.none()
        seen = in_array("project", Project.objects.visible_to(user).values("pk"))
        return self.filter(Q(seen) | Q(decided_by=user.pk) | Q(mandate__holder=user.pk))

    def with_record(self) -> Self:
        """Load everything a record shows: revision, capacity, opinions, conditions and ledger event."""
        return (
            self.with_conditions()
            .with_event()
            .select_related("project", "proposal", "decided_by", "revision__binding_opinion", "disputed")
            .prefetch_related(
                models.Prefetch("revision__opinions", with_mark(Opinion.objects.select_related("passkey")))
            )
        )

    def with_event(self) -> Self:
        """Annotate `event_seq` and `event_hash`: the place in the project's chain, and the hash there."""
        events = LedgerEvent.objects.filter(act=Act.DECIDE, subject=Decision._meta.label_lower)
        event = events.filter(subject_id=models.OuterRef("pk"))
        return self.annotate(
            event_seq=models.Subquery(event.values("seq")), event_hash=models.Subquery(event.values("hash"))
        )

    def with_positions(self) -> Self:
        """Annotate the roles that gave an opinion (`heard`), and their `positions`, by role."""
        given = Opinion.objects.filter(revision=models.OuterRef("revision")).order_by("role")
        return self.annotate(
            heard=ArraySubquery(given.values("role")), positions=ArraySubquery(given.values("position"))
        )

    def in_force(self) -> Self:
        """Keep decisions that are neither replaced nor lapsed."""
        return self.filter(superseded_by=None).exclude(proposal__state=ProposalState.LAPSED)

    def applied(self) -> Self:
        """Keep approvals of an option that changes something."""
        return self.filter(outcome__in=APPROVALS, changes_nothing=False)

    def current(self) -> Self:
        """Keep decisions in force whose sealed file is unchanged or confirmed since."""
        newest = SealBreak.objects.filter(decision=models.OuterRef("pk")).order_by("-pk")
        answer = models.Subquery(newest.values("review__answer")[:1])
        return self.in_force().filter(Q(breaks=None) | Q(Exact(answer, models.Value("holds"))))

    def awaiting_review_of(self, user: Reader, at: Instant | None = None) -> Self:
        """Keep decisions in force whose newest change awaits the word of `user`, the owner.

        A later approval of another item of the same kind, such as a baseline, answers the change too. So does the
        closing of the project, which says a word on each (governance.life.closure).
        """
        seats = Mandate.objects.active(at).deciding().filter(holder=user.pk).exclude(project__state__in=OVER)
        newest = SealBreak.objects.filter(decision=models.OuterRef("pk")).order_by("-pk")
        newer = SealBreak.objects.filter(decision=models.OuterRef("decision"), pk__gt=models.OuterRef("pk"))
        unanswered = SealBreak.objects.filter(~models.Exists(newer), review=None)
        rows = self.in_force().filter(
            in_array("pk", unanswered.values("decision")),
            in_array("project", seats.values("project")),
            outcome__in=[*APPROVALS, Outcome.REJECTED],
        )
        rows = rows.alias(newest_item=models.Subquery(newest.values("item")[:1]))
        for watch in watches():
            if watch.in_force:
                later = Decision.objects.filter(project=models.OuterRef("project"), pk__gt=models.OuterRef("pk"))
                named = later.applied().filter(revision__terms__has_key=watch.kind)
                rows = rows.exclude(models.Exists(named), newest_item__startswith=f"{watch.kind}:")
        return rows

    def with_conditions(self) -> Self:
        """Load the revision, the capacity, the conditions, the seal breaks and the related decisions."""
        settled = models.Prefetch("conditions", Condition.objects.select_related("lifted_by", "proved_by"))
        breaks = models.Prefetch("breaks", SealBreak.objects.select_related("review__reviewed_by"))
        # No query where there is none.
        rare = ("merged_into__project", "merged_into__current__decision__project", *NEW_OWNER)
        return self.prefetch_related(settled, breaks, *rare).select_related(
            "project",
            "revision",
            "mandate__holder",
            "mandate__role",
            "delegation",
            "supersedes__project",
            "superseded_by__project",
            "second_look__looked_by",
        )


class Decision(SignableModel, ActModel, FixedProjectRow):
    """The answer of the owner, or of a delegate, to the revision whose hash it carries (R1).

    `file` lists the items before the signatory with their fingerprints: {"item", "hash"}. An item is `revision`,
    `document:` and its number, `opinion:` and its role, or `binding`. `seen` maps the parts of the file as the
    signatory read it, with the newest version of each document (governance.decide.decisions.fingerprint); empty on
    decisions older than that. `waived` maps each role it did not wait for to the owner's words. `impossible` maps
    those of them that nobody could speak for to the facts, computed by the database
    (projects.seats.mandates.availability). `carried` maps items that hung on the superseded decision, `condition-12` or
    `effect-7`, to their fate (governance.decide.decisions.dependents). `settled` lists the owner's words on entry
    criteria that were not met and on what was open at the closing: {"item", "label", "text", "fate", "because",
    "into"}, and "group" where one word answers several.
    `option` is the letter of the option that an approval takes (empty on decisions of earlier releases), `why_not` says
    why it is not the recommended one, `changes_nothing` tells that it changes nothing in the project. `foreseen` is the
    fingerprint of what the review announced (governance.decide.decisions.rehearsal), empty without a review.
    `second_look_on` is the day that its owner chose for an approval to come back to them (governance.life.second_look).
    `factors` are those with which the session last proved the signatory: none in a command, None on older decisions;
    `factor_since` is since when all of them are the signatory's, as far as that is known.
    """

    REPEATS = ("file", "seen", "carried", "settled", "impossible", "signature", "assertion")
    ERASABLE = ("reasons", "why_not", "signature", "waived", "settled")

    project = models.ForeignKey(Project, models.PROTECT, related_name="decisions", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="decisions", verbose_name=_("proposal"))
    revision = models.OneToOneField(
        ProposalRevision, models.PROTECT, related_name="decision", verbose_name=_("revision")
    )
    revision_hash = models.CharField(_("fingerprint of the revision"), max_length=64)
    outcome = models.CharField(_("outcome"), max_length=30, choices=Outcome)
    option = models.CharField(_("option"), max_length=1, default="", db_default="", blank=True)
    why_not = models.TextField(_("why not the recommended option"), default="", db_default="", blank=True)
    changes_nothing = models.BooleanField(_("changes nothing"), default=False, db_default=False)
    foreseen = models.CharField(
        _("fingerprint of what was announced"), max_length=64, default="", db_default="", blank=True
    )
    reasons = models.TextField(_("reasons"))
    second_look_on = models.DateField(_("second look on"), null=True, blank=True)
    return_on = models.DateField(_("decide again on"), null=True, blank=True)
    effective = models.CharField(_("takes effect"), max_length=10, choices=EffectiveFrom, default=EffectiveFrom.AT_ONCE)
    price_reduction = models.DecimalField(
        _("price reduction (€)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    merged_into = models.ForeignKey(
        Proposal, models.PROTECT, null=True, blank=True, related_name="merged_from", verbose_name=_("merged into")
    )
    file = models.JSONField(_("file decided on"), default=list)
    seen = models.JSONField(_("file as it was read"), default=dict, db_default={}, blank=True)
    waived = models.JSONField(_("opinions waived"), default=dict, blank=True)
    impossible = models.JSONField(_("opinions that were impossible"), default=dict, db_default={}, blank=True)
    carried = models.JSONField(_("carried over"), default=dict, blank=True)
    settled = models.JSONField(_("words on what was missing or open"), default=list, db_default=[], blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="decisions", verbose_name=_("decided by"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+", verbose_name=_("owner's mandate"))
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by delegation")
    )
    signature = models.CharField(_("signed by"), max_length=310)
    factors = ArrayField(
        models.CharField(max_length=20), default=list, null=True, blank=True, verbose_name=_("confirmed with")
    )
    factor_since = models.DateTimeField(_("factors given"), null=True, blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("supersedes")
    )

    _new_conditions: "Sequence[Condition] | None" = None

    #: Set by `with_positions()`.
    heard: Sequence[str] = ()
    positions: Sequence[str] = ()

    objects = DecisionQuerySet.as_manager()
    history = History()
    get_outcome_display = label_of(Outcome, "outcome")

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = (models.Index(fields=["project", "acted_at"], name="decision_by_instant"),)
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_decision_per_number"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="a_decision_has_a_known_outcome"),
            models.CheckConstraint(condition=~Q(reasons=""), name="a_decision_is_reasoned"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.DEFERRED, return_on__isnull=False)
                | (~Q(outcome=Outcome.DEFERRED) & Q(return_on__isnull=True)),
                name="a_deferral_and_only_a_deferral_has_a_return_date",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.MERGED, merged_into__isnull=False)
                | (~Q(outcome=Outcome.MERGED) & Q(merged_into__isnull=True)),
                name="a_merger_and_only_a_merger_says_into_what",
            ),
            models.CheckConstraint(
                condition=Q(effective=EffectiveFrom.AT_ONCE) | Q(outcome__in=sorted(WITH_CONDITIONS)),
                name="only_an_approval_with_conditions_takes_effect_later",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.ACCEPTED_WITH_PRICE_REDUCTION, price_reduction__gt=0)
                | (~Q(outcome=Outcome.ACCEPTED_WITH_PRICE_REDUCTION) & Q(price_reduction__isnull=True)),
                name="a_price_reduction_and_only_that_says_how_much",
            ),
            models.CheckConstraint(
                condition=Q(effective__in=EffectiveFrom.values), name="a_decision_takes_effect_at_a_known_moment"
            ),
            models.CheckConstraint(
                condition=Q(foreseen__regex="^([0-9a-f]{64})?$"), name="a_decision_foresees_by_a_fingerprint"
            ),
        )
        triggers = [
            *insert_only("A decision"),
            DATED_BY_THE_DATABASE,
            ONLY_THE_OWNER_DECIDES,
            NAMES_ITS_OPTION,
            LOOKS_BACK_IN_TIME,
            by_a_proven_hand("NEW.decided_by_id"),
            WAS_READ_AS_IT_IS,
            MARKED_WHEN_A_DOCUMENT_WAS_REPLACED,
            DECIDED_WHILE_IT_GOES_ON,
            ANSWERED_IN_THE_WORDS_OF_ITS_KIND,
            ANSWERED_WITH_ITS_CONDITIONS,
            TELLS_WHAT_WAS_IMPOSSIBLE,
            TELLS_HOW_IT_WAS_CONFIRMED,
            ANSWERS_ITS_QUESTION,
            IS_SIGNED_AS_REQUIRED,
            signed_by_a_passkey_of("NEW.decided_by_id"),
            tells_its_signature_in_its_event(Act.DECIDE),
            TELLS_IT_IN_ITS_EVENT,
            SAYS_A_WORD_ON_WHAT_IS_OPEN,
            HAS_HEARD_EVERYONE_OR_SAYS_WHY,
            SAYS_WHAT_BECOMES_OF_THE_REST,
            CARRIES_EVERYTHING_OVER,
            says_something("reasons", "why_not"),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Return the address of the record of this decision."""
        return address("governance:records:decision_record", self.pk)

    @property
    def reference(self) -> str:
        """Return the readable reference, such as VD-05."""
        return decision_reference(self.project.prefix, self.number)

    @property
    def content(self) -> ProposalRevision:
        """Return the revision as the option taken has it: its terms and its amount are what was approved."""
        return self.revision.choose(self.option)

    @property
    def is_as_recommended(self) -> bool:
        """Return whether it takes no other option than the recommended one."""
        return self.option in {"", self.revision.recommended}

    @property
    def option_title(self) -> str:
        """Return letter and title of the option it takes; empty when it takes none, and on earlier releases."""
        return self.content.option_title if self.option else ""

    @property
    def dossier_address(self) -> str:
        """Return the address of the decision within its dossier."""
        return address("governance:dossier:dossier", self.proposal_id)

    @property
    def successor(self) -> "Decision | None":
        """Return the decision that replaced it, if any. No query when it was loaded along."""
        return getattr(self, "superseded_by", None)

    @property
    def dispute(self) -> Any:
        """Return the dispute of its signature (disputes), or None. No query when it was loaded along."""
        return getattr(self, "disputed", None)

    @property
    def look(self) -> Any:
        """Return the owner's second look at it, or None. No query when it was loaded along."""
        return getattr(self, "second_look", None) if self.second_look_on else None

    @property
    def waits(self) -> bool:
        """Return whether it takes effect only after its last condition, which is still open."""
        return self.effective == EffectiveFrom.WHEN_MET and self.conditions.open().exists()

    @property
    def has_lapsed(self) -> bool:
        """Return whether a condition of it was not met in time, so that it is no longer in force."""
        return self.proposal.state == ProposalState.LAPSED

    @property
    def carried_over(self) -> list[CarriedItem]:
        """List what hung on the superseded decision with its fate. One query for each model."""
        return list_carried(self)

    @property
    def opinions_given(self) -> list[tuple[str, Position]]:
        """List role and position of the opinions on its revision, by role; loaded by `with_positions`."""
        return [(role, Position(position)) for role, position in zip(self.heard, self.positions, strict=True)]

    @property
    def unheard(self) -> "list[Unheard]":
        """List the roles it did not wait for, waived or impossible, by code."""
        return [self._unheard(role, words) for role, words in sorted(self.waived.items())]

    def _unheard(self, role: str, words: str) -> "Unheard":
        facts = self.impossible.get(role)
        return Unheard(role, words, Unavailable.read(facts) if facts else None, self.acted_at)

    @property
    def follows_a_short_vacancy(self) -> bool:
        """Return whether it was taken within seven days of the start of a vacancy of a role it asked."""
        return any(role.is_short for role in self.unheard)

    @property
    def new_owner(self) -> str:
        """Return how its owner came to follow another one, in the first 30 days; ever after one hand alone."""
        return describe_new_owner(self.mandate, self.acted_at)

    @property
    def option_told(self) -> dict[str, Any]:
        """Return the facts of its event on the option it takes, and instead of which one; none for other answers."""
        instead = {} if self.is_as_recommended else {"instead_of": self.revision.recommended}
        return {"option": self.option, **instead} if self.option else {}

    @property
    def factors_told(self) -> dict[str, Any]:
        """Return the facts of its event that tell how it was confirmed."""
        since = instant(self.factor_since) if self.factor_since else ""
        return {"factors": ",".join(self.factors or ()), "since": since}

    @property
    def how_confirmed(self) -> str:
        """Return with which factors it was confirmed, in words; empty on older decisions."""
        return describe_confirmation(self)

    @property
    def settled_words(self) -> list[Said]:
        """List the owner's words on what was missing or open; a query where something was carried over."""
        holders = {}
        if any(word["fate"] == Settled.CARRIED for word in self.settled):
            rows = self.carry_overs.select_related("holder")
            holders = {row.item: str(version_at(row.holder, self.acted_at)) for row in rows}
        return gather_words(self.settled, holders)

    @property
    def rivals_read(self) -> list[Proposal]:
        """List the other open files on its question that its signatory read, by number. One query if there were any."""
        keys = [int(part.partition(":")[2]) for part in self.seen if part.startswith(RIVAL)]
        return list(Proposal.objects.filter(pk__in=keys).select_related("project").order_by("number")) if keys else []

    @property
    def closed_with_it(self) -> "list[Decision]":
        """List the decisions that closed other files on its question by the same act. One query if there were any."""
        if not any(word["fate"] == Settled.ANSWERED for word in self.settled):
            return []
        closed = Decision.objects.filter(merged_into=self.proposal_id, acted_at=self.acted_at)
        return list(closed.select_related("project", "proposal").order_by("number"))

    @property
    def answered_with(self) -> "Decision | None":
        """Return the decision that answered its question, and closed this file by the same act."""
        answer = self.merged_into.answer if self.merged_into else None
        return answer if answer and answer.acted_at == self.acted_at else None

    @property
    def changes(self) -> "list[SealBreak]":
        """List later changes of the sealed file, oldest first; prefetch `breaks` when reading many."""
        return sorted(self.breaks.all(), key=lambda change: (change.acted_at, change.pk))

    @property
    def changed_at(self) -> datetime | None:
        """Return when the sealed file first changed. From then on the decision is not current."""
        changes = self.changes
        return changes[0].acted_at if changes else None

    @property
    def last_review(self) -> Any:
        """Return the owner's answer to the newest change of the sealed file; None while it waits, or without one."""
        newest = max(self.breaks.all(), key=lambda change: change.pk, default=None)
        return getattr(newest, "review", None)

    @property
    def confirmation(self) -> Any:
        """Return the review that confirms it after the newest change; None without one."""
        review = self.last_review
        return review if review and review.answer == "holds" else None

    @property
    def needs_review(self) -> bool:
        """Return whether the newest change of the sealed file waits for the owner's word."""
        return bool(self.changes) and self.last_review is None and self.successor is None and not self.has_lapsed

    def needed_review(self, instant: datetime) -> bool:
        """Return whether the newest change of the sealed file waited for the owner's word at that instant."""
        newest = max(
            (change for change in self.changes if change.acted_at <= instant),
            key=lambda change: change.pk,
            default=None,
        )
        review = getattr(newest, "review", None)
        return newest is not None and (review is None or review.acted_at > instant)

    def had_lapsed(self, instant: datetime) -> bool:
        """Return whether it was no longer in force at that instant, as a condition was not met in time."""
        return self.has_lapsed and self.proposal.state_since <= instant

    @property
    def approves(self) -> bool:
        """Return whether it approves, with conditions or without."""
        return self.outcome in APPROVALS

    @property
    def reserves(self) -> bool:
        """Return whether its conditions are the reservations of an acceptance."""
        return self.outcome == Outcome.ACCEPTED_WITH_RESERVATIONS

    def signed_context(self) -> dict[str, str]:
        """Return the file, and who decides in what capacity."""
        return {
            "project": str(self.project_id),
            "proposal": str(self.proposal_id),
            "revision": self.revision_hash,
            "decider": str(self.decided_by.key),
            "mandate": str(self.mandate_id),
            "delegation": str(self.delegation_id or ""),
        }

    def with_conditions(self, conditions: "Sequence[Condition]") -> Self:
        """Give a decision that is not saved yet its conditions; they are part of its seal."""
        self._new_conditions = conditions
        return self

    @property
    def original_conditions(self) -> "Iterable[Condition]":
        """Return the conditions given with the decision, saved or not."""
        return self.conditions.all() if self._new_conditions is None else self._new_conditions

    def sealed_content(self) -> dict[str, Any]:
        """Return the answer as given, with its original conditions and the opinions waived."""
        # Left out when empty, so that decisions from before these columns keep their seal.
        added: dict[str, Any] = {}
        added |= {"option": self.option, "why_not": self.why_not} if self.option else {}
        added |= {"foreseen": self.foreseen} if self.foreseen else {}
        added |= {"second_look": str(self.second_look_on)} if self.second_look_on else {}
        added |= {} if self.price_reduction is None else {"price_reduction": f"{self.price_reduction:.2f}"}
        added |= {"impossible": self.impossible} if self.impossible else {}
        added |= {"settled": self.settled} if self.settled else {}
        added |= {} if self.factors is None else {"factors": self.factors, "since": self.factors_told["since"]}
        return {
            "outcome": str(self.outcome),
            "reasons": self.reasons,
            "return_on": str(self.return_on or ""),
            "effective": str(self.effective),
            "merged_into": str(self.merged_into_id or ""),
            "supersedes": str(self.supersedes_id or ""),
            "signature": self.signature,
            "file": self.file,
            "conditions": [condition.as_set() for condition in self.original_conditions],
            "waived": self.waived,
            "carried": self.carried,
            **({"seen": self.seen} if self.seen else {}),
            **added,
        }


class ConditionQuerySet(GovernedQuerySet["Condition"]):
    def visible_to(self, user: Person) -> Self:
        """Keep conditions of projects that `user` can see."""
        return self.filter(in_array("decision__project", Project.objects.visible_to(user).values("pk")))

    def open(self) -> Self:
        """Keep conditions that are neither met nor waived."""
        return self.filter(state=ConditionState.OPEN)

    def going_on(self) -> Self:
        """Leave out those of a project that has ended, whose end answered them; those of its reopening stay."""
        return self.filter(~Q(decision__project__state__in=OVER) | Q(decision__proposal__kind=REOPENING))

    def overdue(self, on: Day | None = None) -> Self:
        """Keep open conditions past their due date on day `on`, by default today; a suspended project has none."""
        late = self.open().going_on().filter(due_on__lt=on or timezone.localdate())
        return late.exclude(decision__project__state=ProjectState.SUSPENDED)

    def lapsing(self, on: date) -> Self:
        """Keep open conditions that on day `on` end their decision: overdue, and without a proof."""
        return self.overdue(on).filter(proof="").exclude(on_lapse=OnLapse.STAYS)

    def naming(self, row: models.Model) -> Self:
        """Keep conditions about `row`."""
        return self.filter(subject=row._meta.label_lower, subject_id=row.pk)

    def awaiting(self, user: Reader, at: Instant | None = None) -> Self:
        """Keep open conditions that `user` must prove, or must check as the owner."""
        seats = Mandate.objects.active(at).filter(holder=user.pk, project=models.OuterRef("decision__project"))
        answers = models.Exists(seats.filter(role__code=models.OuterRef("role")))
        # Asked of each row that is left: as a join it reads what was replaced in all projects.
        successor = Decision.objects.filter(supersedes=models.OuterRef("decision")).values("pk")[:1]
        return (
            self.open()
            .going_on()
            .filter(
                in_array("decision__project", Mandate.objects.active(at).filter(holder=user.pk).values("project")),
                Q(answers, proof="") | (Q(models.Exists(seats.deciding())) & ~Q(proof="")),
                IsNull(models.Subquery(successor), True),
                decision__outcome__in=sorted(WITH_CONDITIONS),  # no other has conditions: fewer are read
            )
        )


class Condition(SealedModel):
    """A condition of an approval: a role answers for it, by a date, and gives the proof.

    The owner lifts it (réserve levée) or waives it, in writing. A condition of an acceptance is a reservation. It may
    name the row it is about: `subject` is the model label, `subject_id` the key, `about` the name. `on_lapse` is what
    happens when the day passes without a proof (governance.decide.lapses); nobody lifts a condition that lapsed.
    """

    ERASABLE = ("text", "proof", "waived_because")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="conditions", verbose_name=_("decision"))
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("what must be true"))
    role = models.CharField(_("role that answers for it"), max_length=10)
    due_on = models.DateField(_("due"))
    on_lapse = models.CharField(
        _("if not met in time"),
        max_length=10,
        choices=OnLapse,
        default=OnLapse.STAYS,
        db_default=OnLapse.STAYS,
        blank=True,
    )
    subject = models.CharField(_("subject"), max_length=40, blank=True)
    subject_id = models.BigIntegerField(_("subject number"), null=True, blank=True)
    about = models.CharField(_("about"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ConditionState, default=ConditionState.OPEN)
    proof = models.TextField(_("proof"), blank=True)
    proved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proof given by")
    )
    proved_at = models.DateTimeField(_("proof given"), null=True, blank=True)
    waived_because = models.TextField(_("why it is waived"), blank=True)
    lifted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("met, cleared or waived by")
    )
    lifted_at = models.DateTimeField(_("met, cleared or waived on"), null=True, blank=True)

    #: Acts the reader may do on it now; set by the page.
    acts: Sequence[str] = ()

    objects = ConditionQuerySet.as_manager()
    history = History()
    get_on_lapse_display = label_of(OnLapse, "on_lapse")

    class Meta:
        ordering = ("decision", "number")
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        indexes = (
            models.Index(
                fields=["subject", "subject_id"],
                condition=Q(subject_id__isnull=False),
                name="condition_by_subject",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["decision", "number"], name="one_condition_per_number"),
            models.UniqueConstraint(
                fields=["decision", "subject", "subject_id"], name="one_condition_per_decision_and_subject"
            ),
            models.CheckConstraint(
                condition=Q(subject="", subject_id__isnull=True, about="")
                | (~Q(subject="") & ~Q(about="") & Q(subject_id__isnull=False)),
                name="a_condition_names_its_subject_in_full",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="a_condition_says_what_must_be_true"),
            models.CheckConstraint(
                condition=Q(state=ConditionState.OPEN, lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(
                    state__in=[ConditionState.MET, ConditionState.WAIVED],
                    lifted_at__isnull=False,
                    lifted_by__isnull=False,
                )
                | Q(state=ConditionState.LAPSED, lifted_at__isnull=False, lifted_by__isnull=True),
                name="a_lifted_condition_says_when_and_by_whom",
            ),
            models.CheckConstraint(condition=Q(on_lapse__in=OnLapse.values), name="a_condition_lapses_in_a_known_way"),
            models.CheckConstraint(
                condition=(Q(state=ConditionState.WAIVED) & ~Q(waived_because=""))
                | (~Q(state=ConditionState.WAIVED) & Q(waived_because="")),
                name="a_waived_condition_and_only_that_says_why",
            ),
        )
        triggers = [
            *never_deleted("A condition"),
            SET_WITH_ITS_DECISION,
            LIFTED_BY_THE_OWNER,
            by_a_proven_hand(
                "NEW.lifted_by_id",
                operation=pgtrigger.Update,
                when="NEW.lifted_by_id IS DISTINCT FROM OLD.lifted_by_id",
            ),
            LAPSES_AS_A_WHOLE,
            says_something("text", "proof", "waived_because", operation=pgtrigger.Insert | pgtrigger.Update),
            refused_to_the_tied(
                "CASE NEW.state WHEN 'open' THEN NEW.proved_by_id ELSE NEW.lifted_by_id END",
                "(SELECT project_id FROM public.governance_decision WHERE id = NEW.decision_id)",
                operation=pgtrigger.Update,
            ),
            leaves_an_event(pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return self.text

    def as_set(self) -> list[str]:
        """Return the condition as the owner set it: number, text, role, due date, then its subject and lapse if any."""
        named = [] if self.subject_id is None else [str(self.subject_id)]
        lapse = [] if self.on_lapse == OnLapse.STAYS else [str(self.on_lapse)]
        return [str(self.number), self.text, self.role, str(self.due_on), *named, *lapse]

    def sealed_content(self) -> dict[str, Any]:
        return {
            "set": self.as_set(),
            "state": str(self.state),
            "proof": self.proof,
            "waived_because": self.waived_because,
        }

    def locked(self) -> "Condition":
        """Return the fresh condition, locked after its proposal until the act ends."""
        proposal = self.decision.proposal.locked()
        rows = Condition.objects.select_for_update(of=("self",))
        fresh = rows.select_related("decision__mandate__role", "decision__project").get(pk=self.pk)
        fresh.decision.proposal = proposal
        return fresh

    @property
    def project(self) -> Project:
        """Return the project of the decision."""
        return self.decision.project

    @property
    def is_reservation(self) -> bool:
        """Return whether it is a condition of an acceptance, called a reservation."""
        return self.decision.reserves

    @property
    def is_overdue(self) -> bool:
        """Return whether it is open after its due date, on a project that is not suspended."""
        is_late = self.state == ConditionState.OPEN and self.due_on < timezone.localdate()
        return is_late and self.project.state != ProjectState.SUSPENDED


class Effect(ActModel):
    """One change a decision made on the project: which part of which row, before and after.

    A superseding decision that drops it records a second effect, which undoes it. Only text on which no row of the
    project rests (`is_free_text`) is erasable.
    """

    REPEATS = ("before", "after")
    ERASABLE = ("before", "after")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="effects", verbose_name=_("decision"))
    subject = models.CharField(_("subject"), max_length=40)
    subject_id = models.BigIntegerField(_("subject number"))
    field = models.CharField(_("part"), max_length=30)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        indexes = (models.Index(fields=["subject", "subject_id"], name="effect_by_subject"),)
        triggers = [
            *insert_only("An effect"),
            DATED_BY_THE_DATABASE,
            FOLLOWS_FROM_AN_APPROVAL,
            ON_A_KNOWN_PART,
            LEAVES_AN_EVENT_OF_ITS_DECISION,
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.before} → {self.after}"

    @property
    def description(self) -> str:
        """Return the change in one line."""
        return describe(self)

    @property
    def is_free_text(self) -> bool:
        """Return whether it holds a person's words on which no row of the project rests."""
        part = part_of(self)
        return part is not None and part.is_free_text


class SealBreak(ActModel):
    """A change of a sealed item after the decision, which is to be reviewed from then on.

    `item` is its kind and key, such as `document:12` (governance.decide.decisions.watches). `before` is the sealed
    fingerprint, `after` the one since.
    """

    REPEATS = ("*",)

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="breaks", verbose_name=_("decision"))
    item = models.CharField(_("item"), max_length=60)
    before = models.CharField(_("fingerprint before"), max_length=64)
    after = models.CharField(_("fingerprint after"), max_length=64)

    class Meta:
        verbose_name = _("change after the decision")
        verbose_name_plural = _("changes after the decision")
        constraints = (
            models.UniqueConstraint(fields=["decision", "item", "acted_at"], name="one_break_per_item_and_change"),
        )
        triggers = [
            *insert_only("A change after the decision"),
            DATED_BY_THE_DATABASE,
            FOLLOWS_FROM_A_NEW_VERSION,
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.before} → {self.after}"

    @property
    def key(self) -> int:
        """Return the primary key of the item."""
        return int(self.item.partition(":")[2])

    @property
    def is_of_document(self) -> bool:
        """Return whether a document was replaced."""
        return self.item.startswith("document:")

    @property
    def changed_item(self) -> ChangedItem | None:
        """Return the item with its differences; None for a document, and when its app is not installed."""
        watch = watch_of(self.item)
        return watch.compare(self) if watch else None


pgtrigger.register(CHANGES_BY_DECISION, ADVANCES_GATE_BY_GATE)(Project)
pgtrigger.register(WAIVED_BY_DECISION)(Mandate)
protect_history(Decision, Condition)
