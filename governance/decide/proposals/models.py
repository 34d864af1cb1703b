"""Proposals: the living file, its working text, and the revisions frozen on submission."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.acts import act_time, cached, set_act_time
from core.history import GovernedQuerySet, History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.sealing import SealedModel, content_hash
from core.sql.array_lookup import in_array
from core.sql.compiled_sql import Instant, Reader
from core.words.addresses import address
from governance import workflow
from governance.decide.grounds.guards import NAMES_ITS_GROUNDS
from governance.decide.grounds.queries import is_replaced
from governance.decide.grounds.registry import REPLACED
from governance.decide.kinds.guards import HAS_WHAT_ITS_KIND_NEEDS, OF_A_KNOWN_KIND, SUBMITTED_WHILE_IT_GOES_ON
from governance.decide.kinds.registry import choices as known_kinds
from governance.decide.kinds.registry import kind_of, kinds
from governance.decide.proposals.content import ContentModel
from governance.decide.proposals.guards import (
    BORN_A_DRAFT,
    CARRIES_ITS_HASH,
    FOLLOWS_THE_WORKFLOW,
    ON_A_QUESTION_NOT_ANSWERED,
    ON_AN_OPEN_QUESTION,
    REPLACES_AN_APPROVAL,
    SAYS_WHAT_IT_ASKS,
    SUBMITTED_BY_ITS_ROLE,
)
from governance.enums import GONE, WITH_AUTHORS, Act, Position, ProposalState
from projects.enums import AT_REST
from projects.event_guards import leaves_an_event, leaves_an_event_of_its_proposal
from projects.impartiality.guards import refused_to_the_tied
from projects.models import Delegation, Mandate, Project
from projects.organisation_settings.queries import day_of
from projects.seats.mandates.holders import keep_letters
from projects.seats.mandates.seats import seats_of
from roles.enums import DELEGABLE_KINDS, Authority
from roles.models import User


def proposal_reference(project: Project, number: int) -> str:
    """Return the readable reference of proposal `number` on `project`, such as VP-05."""
    return f"{project.prefix}P-{number:02d}"


class ProposalQuerySet(GovernedQuerySet["Proposal"]):
    def visible_to(self, user: Reader, at: Instant | None = None) -> Self:
        """Keep submitted files of projects `user` can see, and drafts for holders of the author role."""
        mine = Mandate.objects.active(at).filter(holder_id=user.pk, project=OuterRef("project"))
        return self.filter(
            in_array("project", Project.objects.visible_to(user).values("pk")),
            Q(current__isnull=False) | Exists(mine.filter(role__code=OuterRef("author_role"))),
        )

    def visible_on(self, project: Project, user: Person) -> Self:
        """Keep what `visible_to` keeps on a project that `user` sees. No query for the roles they hold."""
        roles = {seat.role for seat in seats_of(user) if seat.project_id == project.pk and not seat.is_delegated}
        return self.filter(Q(current__isnull=False) | Q(author_role__in=sorted(roles)), project=project)

    def awaiting_decision_of(self, user: Reader, at: Instant | None = None) -> Self:
        """Keep files that `user` may decide now, as owner or delegate, and that wait for nobody else.

        These are the ready ones, and those whose awaited roles nobody holds; never one they have a part in, as in
        `has_part` (R8).
        """
        seats = Mandate.objects.active(at).filter(holder=user.pk, project=OuterRef("project"))
        # Subquery for delegates only: a join would read the revision of every file.
        amount = Subquery(ProposalRevision.objects.filter(pk=OuterRef(OuterRef("current"))).values("amount"))
        grounds = Subquery(ProposalRevision.objects.filter(pk=OuterRef(OuterRef("current"))).values("rests_on"))
        signatures = (
            Delegation.objects.active(at)
            .filter(delegate=user.pk, mandate__project=OuterRef("project"), kinds__contains=[OuterRef("kind")])
            .filter(Q(cap__isnull=True) | Q(cap__gte=amount))
            .exclude(_replaces_earlier(grounds))
        )
        bound = seats.filter(authority__in=[Authority.ADVISES, Authority.DELIVERS])
        delegable = Q(kind__in=DELEGABLE_KINDS, replaces=None)
        # Repeat the project condition outside the OR, which no index serves.
        owned = Mandate.objects.active(at).signing().filter(holder=user.pk).values("project")
        lent = Delegation.objects.active(at).filter(delegate=user.pk).values("mandate__project")
        return self.filter(
            in_array("project", owned.union(lent)),
            Exists(seats.signing()) | (delegable & Exists(signatures) & ~Exists(bound)),
            Q(state=ProposalState.READY_FOR_DECISION)
            | (Q(state__in=workflow.BEING_ADVISED) & ~Exists(_awaited_seats(at).filter(project=OuterRef("project")))),
            ~Exists(_opinions().filter(revision=OuterRef("current"), adviser=user.pk)),
            ~Exists(_rivals_written_by(user)),
            _is_decided_now(),
        ).exclude(writers__contains=[user.pk])

    def with_positions(self) -> Self:
        """Annotate the roles that gave an opinion on the current revision (`heard`), and their `positions`, by role."""
        given = _opinions().filter(revision=OuterRef("current")).order_by("role")
        return self.annotate(
            heard=ArraySubquery(given.values("role")), positions=ArraySubquery(given.values("position"))
        )

    def awaiting_opinion_of(self, user: Reader, at: Instant | None = None) -> Self:
        """Keep files whose current revision awaits the opinion of a role of `user`."""
        advisers = _awaited_seats(at).filter(holder=user.pk, project=OuterRef("project"))
        being_advised = Q(state__in=workflow.BEING_ADVISED)
        return self.filter(_has_seat_on_project(user, at), Exists(advisers), being_advised, _is_decided_now())

    def on_question_of(self, proposal: "Proposal") -> Self:
        """Keep the submitted files on the question of `proposal`, itself left out."""
        first = proposal.counter_to_id or proposal.pk
        return self.filter(Q(pk=first) | Q(counter_to=first), current__isnull=False).exclude(pk=proposal.pk)

    def with_rivals_known(self) -> Self:
        """Annotate `may_have_rivals`: without it, `rivals()` asks for them."""
        named = Exists(Proposal.objects.filter(counter_to=OuterRef("pk")))
        return self.annotate(
            may_have_rivals=ExpressionWrapper(Q(counter_to__isnull=False) | named, models.BooleanField())
        )

    def mergeable(self, other: "Proposal") -> Self:
        """Keep proposals on the same project that `other` may be merged into."""
        return self.filter(project=other.project_id, state__in=workflow.MERGEABLE).exclude(pk=other.pk)

    def awaiting_rework_of(self, user: Reader, at: Instant | None = None) -> Self:
        """Keep files returned to a role of `user`: rework asked, or a deferral to prepare."""
        writers = Mandate.objects.active(at).filter(
            holder=user.pk, project=OuterRef("project"), role__code=OuterRef("author_role")
        )
        with_authors = Q(state__in=WITH_AUTHORS)
        return self.filter(_has_seat_on_project(user, at), Exists(writers), with_authors, _is_decided_now())


def _is_decided_now() -> Q:
    """Return the condition that the project decides this kind in its state: at rest it decides few."""
    decided = ~Q(project__state__in=AT_REST)
    for state in AT_REST:
        decided |= Q(project__state=state, kind__in=[kind.code for kind in kinds() if state in kind.decides_at_rest])
    return decided


def _opinions() -> models.QuerySet[Any]:
    """Return all opinions; their model is above this one."""
    return apps.get_model("governance.Opinion")._default_manager.all()


def _replaces_earlier(grounds: Subquery) -> Func:
    """Return the condition that these grounds replace a decision of the time before Ouvrage."""
    path = Value(f'$[*] ? (@.item starts with "{REPLACED}:")')
    template = "jsonb_path_exists(%(expressions)s::jsonpath)"
    return Func(grounds, path, template=template, output_field=models.BooleanField())


def _awaited_seats(at: Instant | None) -> QuerySet[Mandate]:
    """Return the seats of advisers whose role the outer proposal awaits."""
    awaited = ExpressionWrapper(OuterRef("awaited_roles"), ArrayField(models.CharField()))
    seats = Mandate.objects.active(at).advising().alias(awaited=awaited)
    return seats.filter(awaited__contains=[F("role__code")])  # type: ignore[misc]


def _rivals_written_by(user: Reader) -> "QuerySet[Proposal]":
    """List the submitted files on the question of the outer one that `user` wrote any text of."""
    first, outer = OuterRef("counter_to"), OuterRef("pk")
    on_it = Q(pk=first) | Q(counter_to=first) | Q(counter_to=outer)
    return Proposal.objects.filter(on_it, current__isnull=False, writers__contains=[user.pk])


def _has_seat_on_project(user: Reader, at: Instant | None) -> Func:
    """Return the condition that `user` holds a seat on the project. An index serves it."""
    return in_array("project", Mandate.objects.active(at).filter(holder=user.pk).values("project"))


class Proposal(models.Model):
    """A decision file. `current` is the revision under review; None until the first submission.

    `writers` are accounts that may not decide it (R8): its author, and everyone who changed its text or submitted it.
    `counter_to` is the first file on its question, when another role had written one before (ADR 55).
    """

    ERASABLE = ("withdrawn_because",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="proposals", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind of decision"), max_length=30, choices=known_kinds)
    state = models.CharField(_("state"), max_length=20, choices=ProposalState, default=ProposalState.DRAFT)
    state_since = models.DateTimeField(_("in this state since"))
    author = models.ForeignKey(User, models.PROTECT, related_name="proposals", verbose_name=_("author"))
    writers = ArrayField(models.BigIntegerField(), verbose_name=_("accounts that wrote or submitted it"))
    author_role = models.CharField(_("role of the author"), max_length=10)
    replaces = models.ForeignKey(
        "governance.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replacing",
        verbose_name=_("would replace"),
    )
    counter_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="counters", verbose_name=_("on the question of")
    )
    withdrawn_because = models.TextField(_("reason of the withdrawal"), blank=True)
    awaited_roles = ArrayField(
        models.CharField(max_length=10), default=list, blank=True, verbose_name=_("opinions awaited of")
    )
    current = models.OneToOneField(
        "ProposalRevision", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("current revision")
    )

    #: Set by `with_positions()`.
    heard: Sequence[str] = ()
    positions: Sequence[str] = ()
    #: Set by `with_rivals_known()`.
    may_have_rivals: bool = True

    objects = ProposalQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        indexes = (models.Index(fields=["project", "state"], name="proposal_by_state"),)
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_proposal_per_number"),
            models.UniqueConstraint(
                fields=["counter_to", "author_role"],
                condition=Q(counter_to__isnull=False) & ~Q(state__in=GONE),
                name="one_counter_proposal_per_role",
            ),
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="a_proposal_has_a_known_state"),
            models.CheckConstraint(
                condition=Q(current__isnull=False) | Q(state__in=[ProposalState.DRAFT, ProposalState.WITHDRAWN]),
                name="a_submitted_proposal_has_a_revision",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.READY_FOR_DECISION) | Q(awaited_roles__len=0),
                name="a_ready_proposal_has_heard_everyone_asked",
            ),
        )
        triggers = [
            *never_deleted("A proposal"),
            BORN_A_DRAFT,
            OF_A_KNOWN_KIND,
            FOLLOWS_THE_WORKFLOW,
            REPLACES_AN_APPROVAL,
            ON_AN_OPEN_QUESTION,
            refused_to_the_tied("NEW.author_id"),
            leaves_an_event_of_its_proposal("id"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Return the address of the dossier."""
        return address("governance:dossier:dossier", self.pk)

    @property
    def reference(self) -> str:
        """Return the readable reference on its project."""
        return proposal_reference(self.project, self.number)

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        """Return the name of its kind."""
        return str(kind_of(self.kind).label)

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        """Return the state in words; open conditions of an acceptance are reservations."""
        if self.state == ProposalState.CONDITIONS_OPEN and kind_of(self.kind).reserves:
            return str(_("Reservations open"))
        return str(ProposalState(self.state).label)

    def locked(self) -> "Proposal":
        """Return the fresh proposal, locked after its project (order: project → proposal → mandate)."""
        project: Any = Project.objects.lock().annotate(powers=F("matrix__powers")).get(pk=self.project_id)
        rows = Proposal.objects.select_for_update(of=("self",)).select_related("current", "draft")
        clock = Func(function="clock_timestamp", output_field=models.DateTimeField())
        fresh = rows.annotate(locked_at=clock).with_rivals_known().get(pk=self.pk)
        # The project's lock was already held when this clock was read.
        set_act_time(fresh.locked_at)  # type: ignore[attr-defined]
        keep_letters(project, project.powers)
        fresh.project = project
        return fresh

    @property
    def title(self) -> str:
        """Return the title of the current revision, else of the working text."""
        return (self.current or self.draft).title

    @property
    def amount(self) -> Decimal | None:
        """Return the amount (EUR) of the current revision; None when nothing is committed or submitted."""
        return self.current.amount if self.current else None

    @property
    def delegable_kind(self) -> str:
        """Return the kind a delegate may sign; empty when it replaces a decision.

        The owner replaces decisions in person.
        """
        return self.delegable_kind_of(self.current)

    def delegable_kind_of(self, revision: "ProposalRevision | None") -> str:
        """Return the kind a delegate may sign on this revision, which may replace a decision of before Ouvrage."""
        replaces = self.replaces_id or (revision is not None and any(map(is_replaced, revision.rests_on)))
        return "" if replaces else self.kind

    @property
    def opinions_given(self) -> list[tuple[str, Position]]:
        """List role and position of the opinions on the current revision, by role; loaded by `with_positions`."""
        return [(role, Position(position)) for role, position in zip(self.heard, self.positions, strict=True)]

    @property
    def dissents(self) -> bool:
        """Return whether the opinions on the current revision differ in position; loaded by `with_positions`."""
        return len(set(self.positions)) > 1

    def has_part(self, user: Person) -> bool:
        """Return whether `user` wrote any of its text or of another on its question, or gave an opinion on it (R8)."""
        wrote = user.pk in self.writers or any(user.pk in rival.writers for rival in self.rivals())
        return wrote or any(opinion.adviser_id == user.pk for opinion in self.current_opinions())

    def rivals(self) -> "list[Proposal]":
        """List the other submitted files on its question, by number; read once for the request or act."""
        if self._state.adding or not self.may_have_rivals:
            return []
        files = Proposal.objects.on_question_of(self).select_related("current__decision").order_by("number")
        found = cached(("rivals", self.pk), lambda: list(files))
        for rival in found:
            rival.project = self.project
        return found

    def open_rivals(self) -> "list[Proposal]":
        """List those of them that wait for the owner or for opinions."""
        return [rival for rival in self.rivals() if rival.state in workflow.BEFORE_THE_OWNER]

    @property
    def answered_by(self) -> Any:
        """Return the approval of another file on its question that has not lapsed; None while the question is open."""
        answers = (rival.answer for rival in self.rivals() if rival.state != ProposalState.LAPSED)
        return next((answer for answer in answers if answer and answer.approves), None)

    def current_opinions(self) -> list[Any]:
        """List the opinions on the current revision, read once for the request or act."""
        if self.current_id is None:
            return []
        given = cached(
            ("opinions", self.current_id), lambda: list(_opinions().filter(revision=self.current_id).order_by("pk"))
        )
        for opinion in given:
            opinion.revision = self.current
        return given

    @property
    def answer(self) -> Any:
        """Return the decision on the current revision, or None."""
        return getattr(self.current, "decision", None)

    @property
    def is_with_authors(self) -> bool:
        """Return whether the file was returned to its authors."""
        return self.state in WITH_AUTHORS

    @property
    def is_unsettled(self) -> bool:
        """Return whether it waits for a decision, or for conditions of a decision."""
        return self.answer is None or self.state == ProposalState.CONDITIONS_OPEN

    @property
    def return_on(self) -> date | None:
        """Return the day a deferred file returns to the owner; None in any other state."""
        return self.answer.return_on if self.answer and self.state == ProposalState.DEFERRED else None

    @property
    def days_in_state(self) -> int:
        """Return the whole days since the last change of state."""
        return (timezone.now() - self.state_since).days

    @property
    def opinions_late_by(self) -> int:
        """Return the whole days since the awaited opinions were due; 0 when none is late."""
        if not self.awaited_roles or self.state not in workflow.BEING_ADVISED or self.current is None:
            return 0
        if self.project.state in AT_REST:
            return 0
        return max(0, (timezone.localdate() - self.current.opinions_due_on).days)

    def allows(self, act: Act) -> bool:
        """Return whether the workflow allows `act` now; a project at rest decides only what leads out of it.

        Once every awaited opinion is in, further ones are taken until the last day for opinions.
        """
        if act == Act.ADVISE and self.state == ProposalState.READY_FOR_DECISION and not self.takes_late_opinions:
            return False
        return workflow.allows(self.state, act) and not self.is_barred(act)

    @property
    def takes_late_opinions(self) -> bool:
        """Return whether the last day for opinions has not passed; False for revisions of earlier releases."""
        last = self.current.advise_by if self.current else None
        return last is not None and day_of(act_time()) <= last

    def is_barred(self, act: Act) -> bool:
        """Return whether `act` waits until the project goes on."""
        return act in workflow.WHEN_OPEN and kind_of(self.kind).is_barred_on(self.project)

    def ensure_allowed(self, act: Act) -> None:
        """Raise WrongState, or ProjectAtRest, unless `act` is allowed now."""
        if self.is_barred(act):
            raise workflow.ProjectAtRest(act, self.state, self.project.state)
        if not self.allows(act):
            raise workflow.WrongState(act, self.state)


class ProposalDraft(ContentModel):
    """The working text of a proposal; becomes a revision when submitted. `version` counts its saves."""

    REPEATS = ("attachments", "rests_on", "alternatives")

    proposal = models.OneToOneField(
        Proposal, models.PROTECT, primary_key=True, related_name="draft", verbose_name=_("proposal")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    saved_at = models.DateTimeField(_("saved"))

    objects = GovernedQuerySet["ProposalDraft"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("working text")
        verbose_name_plural = _("working texts")
        triggers = [
            *never_deleted("A working text"),
            leaves_an_event_of_its_proposal("proposal_id"),
        ]


#: Content fields of the ledger's first format, sealed without a salt.
FIRST_FORMAT = (
    "title",
    "question",
    "context",
    "options",
    "recommended",
    "recommendation",
    "impact_scope",
    "impact_cost",
    "impact_schedule",
    "impact_quality",
    "impact_recipients",
    "risks",
    "evidence",
    "amount",
    "decide_by",
)
#: Days for opinions on revisions without `advise_by`, which earlier releases submitted.
EARLIER_DAYS_TO_ADVISE = 10


def last_day_to_advise(content: ContentModel, submitted_on: date, days: int) -> date:
    """Return the author's day, else so many days after submission, never after the day for deciding."""
    day = content.opinions_by or submitted_on + timedelta(days=days)
    return min(day, content.decide_by) if content.decide_by else day


class ProposalRevision(ContentModel, SealedModel, ActModel):
    """A submitted content, frozen with its hash. `asked_roles` are the advisers asked for an opinion.

    `snapshot` holds the figures that its kind showed at the submission (governance.decide.kinds.snapshots).

    `advise_by` is the last day for their opinions, by the settings of the day of its submission (empty in rows of
    earlier releases).
    """

    REPEATS = ("attachments", "rests_on", "alternatives", "snapshot")

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="revisions", verbose_name=_("proposal"))
    number = models.PositiveIntegerField(_("revision"))
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("submitted by"))
    asked_roles = ArrayField(models.CharField(max_length=10), verbose_name=_("opinions asked of"))
    hash = models.CharField(_("fingerprint"), max_length=64, validators=[MinLengthValidator(64)])
    advise_by = models.DateField(_("last day for opinions"), null=True, blank=True)
    snapshot = models.JSONField(_("figures of that moment"), default=list, db_default=[], blank=True)

    objects = GovernedQuerySet["ProposalRevision"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = (
            models.UniqueConstraint(fields=["proposal", "number"], name="one_revision_per_number"),
            models.CheckConstraint(condition=Q(hash__regex="^[0-9a-f]{64}$"), name="a_revision_has_its_hash"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="an_amount_is_not_negative"
            ),
            models.CheckConstraint(condition=Q(decide_by__isnull=False), name="a_revision_says_when_to_decide"),
        )
        triggers = [
            *insert_only("A submitted revision"),
            DATED_BY_THE_DATABASE,
            SUBMITTED_BY_ITS_ROLE,
            SAYS_WHAT_IT_ASKS,
            CARRIES_ITS_HASH,
            HAS_WHAT_ITS_KIND_NEEDS,
            NAMES_ITS_GROUNDS,
            SUBMITTED_WHILE_IT_GOES_ON,
            ON_A_QUESTION_NOT_ANSWERED,
            leaves_an_event(),
        ]

    def sealed_content(self) -> dict[str, Any]:
        """Return the content, the kind and the decision it would replace.

        Without what came later when it is empty, so that revisions of earlier versions keep their hash.
        """
        plain = self.plain_content()
        for later in ("rests_on", "alternatives"):
            if not plain[later]:
                del plain[later]
        if self.snapshot:
            plain["snapshot"] = self.snapshot
        return {"kind": self.proposal.kind, "replaces": str(self.proposal.replaces_id or ""), **plain}

    def seal(self) -> str:
        """Return the fingerprint (hexadecimal SHA-256); in the first format when it has no salt."""
        if self.salt:
            return super().seal()
        plain = self.plain_content()
        return content_hash({"kind": self.proposal.kind, **{name: plain[name] for name in FIRST_FORMAT}})

    @property
    def noted_opinion(self) -> Any:
        """Return the binding opinion noted on it, or None."""
        return getattr(self, "binding_opinion", None)

    @property
    def has_binding_agreement(self) -> bool:
        """Return whether the external authority has agreed."""
        return bool(self.noted_opinion and self.noted_opinion.favourable)

    @property
    def opinions_due_on(self) -> date:
        """Return the last day for its opinions."""
        return self.advise_by or last_day_to_advise(self, day_of(self.acted_at), EARLIER_DAYS_TO_ADVISE)


protect_history(Proposal, ProposalDraft, ProposalRevision)
