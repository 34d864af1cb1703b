"""Facts of a decision record (procès-verbal), the same for page and PDF, now and in ten years.

It reads immutable rows only, and the immutable part of others: a condition as set, the first day of a mandate. Names
that may change (project, person) come from the history at the time of the act. Later facts are not part of the record:
a lifted condition, a superseding decision. One is: that the signatory disputes the signature, on a record of its own.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import formats, timezone, translation
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core.history import version_at
from core.record.erasure import display_name as signed_by
from core.record.erasure import display_text
from core.record.guards import ActModel
from core.templatetags.ui import euros
from core.words.characters import reveal
from core.words.dates import NO_BREAK, long_day
from governance.decide.decisions.contradictions import is_contradicted
from governance.decide.decisions.hand_changes import list_hand_changes
from governance.decide.decisions.models import Condition, Decision, Unheard
from governance.decide.disputes.models import Dispute
from governance.decide.grounds.queries import list_grounds
from governance.decide.independence.models import IndependenceMark
from governance.decide.independence.queries import read_marks
from governance.decide.kinds.registry import kind_of
from governance.decide.kinds.snapshots import MOST_ITEMS, read_snapshots
from governance.decide.proposals.content import Expected
from governance.decide.signing.models import SignableModel
from governance.enums import EffectiveFrom, OnLapse, Position
from projects.models import Matrix, Project
from projects.organisation_settings.queries import organisation_at
from projects.people.replacements.words import describe_new_owner
from projects.seats.matrix.letters import signs
from roles.models import User


@dataclass(frozen=True)
class Line:
    """One fact: its name, our text, the `words` of a person, a distinguishing note, the `digits` of a hash.

    Empty parts are not shown.
    """

    label: str
    text: str = ""
    words: str = ""
    marks: tuple[str, ...] = ()
    digits: str = ""


@dataclass(frozen=True)
class Section:
    """Facts under one heading."""

    heading: str
    lines: list[Line]


@dataclass(frozen=True)
class Record:
    """A record in one `language`; titles and quotes are in the `working_language` of the project."""

    language: str
    working_language: str
    heading: str
    reference: str
    title: str
    project: str
    code: str
    outcome: str
    outcome_label: str
    acted_at: datetime
    time_zone: str
    organisation: str
    #: Fingerprint of the logo, empty without one.
    logo: str
    sections: list[Section]

    def texts(self) -> Iterator[str]:
        """Yield every text of the record."""
        yield from (self.title, self.project, self.code, self.reference, self.heading, self.outcome_label)
        yield self.organisation
        for section in self.sections:
            yield section.heading
            for line in section.lines:
                yield from (line.label, line.text, line.words, *line.marks, line.digits)


def build_record(decision: Decision, language: str, dispute: Dispute | None = None) -> Record:
    """Build the record of `decision` in `language`; name, logo and time zone are the organisation's of that day.

    With `dispute` it begins by telling that the signatory says that it was not them.

    Needs a decision read `with_record()`. Its project becomes the version at the time of the act.
    """
    project = set_project_then(decision)
    home = organisation_at(decision.acted_at)
    with translation.override(language), timezone.override(home.zone):
        return Record(
            language=language,
            working_language=project.language,
            heading=_("Decision record"),
            reference=decision.reference,
            title=_reveal_invisible(decision.revision.title),
            project=project.title,
            code=project.code,
            outcome=decision.outcome,
            outcome_label=decision.get_outcome_display(),
            acted_at=decision.acted_at,
            time_zone=_("Times are those of %(zone)s.") % {"zone": home.time_zone},
            organisation=_reveal_invisible(home.name),
            logo=home.logo.sha256 if home.logo else "",
            sections=[
                *([Section(_("Signature disputed"), list(_dispute_lines(dispute)))] if dispute else []),
                Section(_("Submitted text"), list(_proposal_lines(decision))),
                Section(_("Decision"), list(_answer_lines(decision))),
                Section(_("Responsibility matrix on that day"), list(_matrix_lines(decision, project))),
                Section(_("Opinions received"), list(_opinion_lines(decision))),
                Section(_("Signature"), list(_signature_lines(decision, _get_owner(decision)))),
                Section(pgettext("of a record", "Proof"), list(_proof_lines(decision))),
            ],
        )


def set_project_then(decision: Decision) -> Project:
    """Replace the project of `decision` by its version at the time of the act, and return it."""
    project: Project = version_at(decision.project, decision.acted_at)
    decision.project = decision.proposal.project = project
    if decision.supersedes:
        decision.supersedes.project = project
    return project


def _get_owner(decision: Decision) -> str:
    """Return the recorded owner, or the owner at that time when a delegate signed."""
    if decision.delegation:
        return str(version_at(decision.mandate.holder, decision.acted_at))
    return signed_by(decision.signature)


def _proposal_lines(decision: Decision) -> Iterator[Line]:
    proposal, revision = decision.proposal, decision.revision
    submitted = _("%(reference)s, revision %(number)s, submitted on %(on)s (%(role)s)") % {
        "reference": proposal.reference,
        "number": revision.number,
        "on": long_day(revision.acted_at),
        "role": proposal.author_role,
    }
    yield Line(_("Proposal"), submitted, marks=_late_entry_marks(revision))
    yield Line(_("Kind of decision"), capfirst(proposal.get_kind_display()))
    yield Line(_("Question"), words=_reveal_invisible(revision.question))
    context = str(revision._meta.get_field("context").verbose_name)
    yield Line(capfirst(context), words=_reveal_invisible(revision.context))
    for option in revision.lettered_options():
        label = _("Option %(letter)s, recommended") if option["recommended"] else _("Option %(letter)s")
        text = "\n\n".join(filter(None, (option["title"], option.get("description", ""))))
        yield Line(
            label % {"letter": option["letter"]},
            " · ".join(filter(None, (_describe_alternative(decision, option["letter"]), _describe_expected(option)))),
            _reveal_invisible(text),
        )
    for label, text in (
        (_("Recommendation"), revision.recommendation),
        *((capfirst(name), impact) for name, impact in revision.impacts()),
        (_("Risks"), revision.risks),
    ):
        if text:
            yield Line(label, words=_reveal_invisible(text))
    yield Line(_("Amount committed"), euros(decision.content.amount) or _("None"))
    yield from _term_lines(decision)
    yield Line(_("Evidence"), words=_reveal_invisible(revision.evidence))
    for ground in list_grounds(revision):
        rated = () if ground.digits else (_reveal_invisible(ground.version),)
        text = f"{ground.label} {_reveal_invisible(ground.name)}"
        yield Line(ground.heading or _("Based on"), text, marks=rated, digits=ground.digits)
    yield from _snapshot_lines(decision)
    for file in revision.attachments:
        version = _("%(name)s, version %(number)s") % {
            "name": _reveal_invisible(file["name"]),
            "number": file["version"],
        }
        yield Line(_("Evidence file"), version, digits=file["sha256"])


def _describe_alternative(decision: Decision, letter: str) -> str:
    """Return what approving an option commits and changes, where the options of the proposal differ in it."""
    revision = decision.revision
    if not revision.alternatives:
        return ""
    content, kind, at = revision.choose(letter), kind_of(decision.proposal.kind), decision.acted_at
    if content.changes_nothing:
        return _("It changes nothing in the project.")
    amount = [_("Amount committed: %(amount)s") % {"amount": euros(content.amount)}] if content.amount else []
    terms = [f"{fact.label}: {fact.text}" for fact in kind.terms_in_record(content.terms, at, decision.project)]
    return _reveal_invisible(" · ".join([*amount, *terms]))


def _describe_expected(option: Mapping[str, Any]) -> str:
    """Return the figures that an option expects, beside its amount."""
    expected = Expected.read(option)
    day = [_("expected by %(day)s") % {"day": long_day(expected.on)}] if expected.on else []
    value = "" if expected.value is None else formats.number_format(expected.value)
    measure = [_("%(measure)s: %(value)s") % {"measure": expected.measure, "value": value}] if value else []
    return _reveal_invisible(" · ".join([*day, *(measure or filter(None, [expected.measure]))]))


def _snapshot_lines(decision: Decision) -> Iterator[Line]:
    """List the figures that the submission froze, each with the rows it names."""
    for part in read_snapshots(decision.revision.snapshot):
        for figure in part.figures:
            shown = figure.items[:MOST_ITEMS]
            named = [f"{item.name} {item.text}" for item in shown if item.text]
            codes = ", ".join(item.name for item in shown if not item.text)
            more = "…" if len(figure.items) > MOST_ITEMS else ""
            words = _reveal_invisible("\n".join(filter(None, (figure.text, *named, codes, more))))
            marks = (_("not met"),) if figure.is_met is False else ()
            yield Line(f"{part.heading} · {figure.label}", words=words, marks=marks)


def _term_lines(decision: Decision) -> Iterator[Line]:
    """List the terms of the approval as proposed, those of the option it takes."""
    if decision.changes_nothing:
        return
    kind = kind_of(decision.proposal.kind)
    terms = kind.terms_in_record(decision.content.terms, decision.acted_at, decision.project)
    for fact in (*terms, *kind.facts(decision)):
        yield Line(fact.label, _reveal_invisible(fact.text), digits=fact.digits)


def _answer_lines(decision: Decision) -> Iterator[Line]:
    yield from _option_lines(decision)
    yield Line(_("Reasons"), words=_reveal_invisible(decision.reasons))
    if decision.price_reduction is not None:
        yield Line(_("Price reduction"), euros(decision.price_reduction))
    for said in decision.settled_words:
        because, items = (
            _reveal_invisible(said.because),
            [(item.label, _reveal_invisible(item.text)) for item in said.items],
        )
        if [said.label] == [label for label, _text in items]:
            yield Line(said.label, items[0][1], because, (said.outcome,))
        else:
            yield Line(said.label, said.outcome, because)
            yield from (Line(label, text) for label, text in items)
    label = _("Reservation %(number)s") if decision.reserves else _("Condition %(number)s")
    for condition in decision.conditions.all():
        due = _("responsible role: %(role)s, due %(on)s") % {"role": condition.role, "on": long_day(condition.due_on)}
        about = tuple(filter(None, (condition.about, _describe_lapse(condition))))
        yield Line(label % {"number": condition.number}, due, _reveal_invisible(condition.text), about)
    if decision.effective == EffectiveFrom.WHEN_MET:
        last = _("when the last reservation is cleared") if decision.reserves else str(EffectiveFrom.WHEN_MET.label)
        yield Line(_("Takes effect"), last)
    if decision.return_on:
        yield Line(_("Decide again on"), long_day(decision.return_on))
    for closed in decision.closed_with_it:
        yield Line(_("Closed with it"), f"{closed.proposal.reference} · {closed.reference}")
    if decision.second_look_on:
        yield Line(_("Second look on"), long_day(decision.second_look_on))
    if decision.merged_into:
        yield Line(_("Merged into"), decision.merged_into.reference)
    if answer := decision.answered_with:
        yield Line(_("Decided together with"), answer.reference)
    if decision.supersedes:
        yield Line(_("Replaces"), decision.supersedes.reference)
        for carried in decision.carried_over:
            words = _reveal_invisible(carried.line.words)
            yield Line(
                capfirst(str(carried.line.heading)), _reveal_invisible(carried.line.text), words, (carried.fate,)
            )


def _option_lines(decision: Decision) -> Iterator[Line]:
    """Tell which option was taken, and why not the recommended one; nothing on decisions of earlier releases."""
    if not decision.option:
        return
    recommended = _("Option %(letter)s was recommended") % {"letter": decision.revision.recommended}
    marks = () if decision.is_as_recommended else (recommended,)
    effect = (_("It changes nothing in the project."),) if decision.changes_nothing else ()
    letter = _("Option %(letter)s") % {"letter": decision.option}
    title = decision.option_title.partition(". ")[2]
    yield Line(_("Option taken"), letter, _reveal_invisible(title), (*marks, *effect))
    if decision.why_not:
        yield Line(_("Why not the recommended option"), words=_reveal_invisible(decision.why_not))


def _describe_lapse(condition: Condition) -> str:
    """Return what happens if the condition is not met in time; empty when it stays open."""
    if condition.on_lapse == OnLapse.STAYS:
        return ""
    return _("If not met in time: %(effect)s") % {"effect": condition.get_on_lapse_display()}


def _opinion_lines(decision: Decision) -> Iterator[Line]:
    given = {opinion.role: opinion for opinion in decision.revision.opinions.all()}
    marks = read_marks(given.values())
    unheard = {missing.role: missing for missing in decision.unheard}
    roles = sorted({*given, *decision.revision.asked_roles}, reverse=True)  # PMO before AMOA, PSO before BM
    wrote = {rival.author_role: rival.reference for rival in decision.rivals_read}
    for role in roles:
        if opinion := given.get(role):
            yield _opinion_line(opinion, decision, wrote.get(role, ""), marks.get(opinion.pk, ()))
            if opinion.assertion:
                label = _("Signature of the %(role)s") % {"role": role}
                yield Line(label, opinion.how_signed, digits=_fingerprint_key(opinion))
        else:
            yield _unheard_line(unheard.get(role) or Unheard(role, "", None, decision.acted_at))
    if not roles:
        yield Line(_("Opinions"), _("None was asked"))
    if binding := decision.revision.noted_opinion:
        statement = _("%(position)s on %(on)s (%(reference)s), binding") % {
            "position": (Position.FAVOURABLE if binding.favourable else Position.UNFAVOURABLE).label,
            "on": long_day(binding.given_on),
            "reference": _reveal_invisible(binding.reference),
        }
        yield Line(_reveal_invisible(binding.authority), statement, marks=_late_entry_marks(binding))


def _unheard_line(unheard: Unheard) -> Line:
    words = _reveal_invisible(unheard.words)
    if unheard.unavailable is None:
        return Line(unheard.role, _("Asked, and not received when the decision was recorded"), words)
    text = _("Impossible: %(why)s") % {"why": unheard.unavailable}
    marks = (_("Vacant for less than 7 days"),) if unheard.is_short else ()
    return Line(unheard.role, text, words, marks)


def _matrix_lines(decision: Decision, project: Project) -> Iterator[Line]:
    """List the letters of each role for this kind of decision, in the matrix it was taken under."""
    before = project.history.filter(history_date__lt=decision.acted_at).order_by("history_id").last()
    number = (before or project).matrix_id
    matrix = Matrix.objects.get(pk=number) if number else None
    kind, powers = decision.proposal.kind, matrix.powers if matrix else {}
    letters = {role: signs(n for n, kinds in natures.items() if kind in kinds) for role, natures in powers.items()}
    if not any(letters.values()):
        yield Line(_("Matrix"), _("None"))
    for role, held in sorted(letters.items()):
        if held:
            yield Line(role, ", ".join(f"{sign.letter} · {sign.word}" for sign in held))


def _opinion_line(opinion: Any, decision: Decision, wrote: str, dependences: Iterable[IndependenceMark]) -> Line:
    """Return an opinion; `wrote` is the reference of another proposal on the question that its role wrote."""
    given = _("%(position)s, by %(who)s, %(at)s") % {
        "position": opinion.get_position_display(),
        "who": _reveal_invisible(signed_by(opinion.signature)),
        "at": _format_instant(opinion.acted_at),
    }
    prefers = (_("Prefers option %(letter)s") % {"letter": opinion.preferred},) if opinion.preferred else ()
    dissent = (_("Dissenting opinion"),) if is_contradicted(opinion, decision) else ()
    author = (_("Wrote %(reference)s on the same question") % {"reference": wrote},) if wrote else ()
    dependence = (mark.sentence for mark in dependences if mark.acted_at <= decision.acted_at)
    marks = (*prefers, *dissent, *author, *dependence, *_late_entry_marks(opinion))
    return Line(opinion.role, given, _reveal_invisible(opinion.reasons), marks)


def _fingerprint_key(row: SignableModel) -> str:
    return hashlib.sha256(bytes.fromhex(row.assertion["public_key"])).hexdigest()


def _signature_lines(decision: Decision, owner: str) -> Iterator[Line]:
    since = {"owner": _reveal_invisible(owner), "on": long_day(decision.mandate.starts_at)}
    yield Line(_("Signatory"), _reveal_invisible(signed_by(decision.signature)))
    if decision.delegation:
        capacity = _("by delegation of %(owner)s (%(document)s)") % {
            "owner": _reveal_invisible(owner),
            "document": _reveal_invisible(decision.delegation.document),
        }
        yield Line(_("Capacity"), capfirst(capacity))
        yield Line(_("Delegation"), _describe_bounds(decision))
    else:
        yield Line(_("Capacity"), capfirst(_("project owner")))
    yield Line(_("Mandate"), _("%(owner)s, project owner since %(on)s") % since)
    if new_owner := describe_new_owner(decision.mandate, decision.acted_at, _name_then(decision)):
        yield Line(_("New project owner"), capfirst(new_owner))
    yield Line(_("Decided on"), _format_instant(decision.acted_at))
    if decision.how_confirmed:
        yield Line(_("Confirmation"), decision.how_confirmed)
    for sentence in list_hand_changes([decision], _reveal_invisible).get(decision.pk, ()):
        yield Line(_("Sign-in of the signatory"), sentence)
    if decision.assertion:
        yield Line(_("Fingerprint of the passkey"), digits=_fingerprint_key(decision))
    yield Line(_("Entered on"), _format_instant(decision.recorded_at), marks=_late_entry_marks(decision))


def _name_then(decision: Decision) -> Callable[[User], str]:
    """Return what puts a person into words as on the day of the act."""
    return lambda person: _reveal_invisible(str(version_at(person, decision.acted_at)))


def _dispute_lines(dispute: Dispute) -> Iterator[Line]:
    yield Line(_("Disputed on"), _format_instant(dispute.acted_at))
    yield Line(_("By"), _("the signatory, who says: this was not me"))
    yield Line(_("Effect"), _("None by itself: the decision is in force until the owner replaces it"))


def _describe_bounds(decision: Decision) -> str:
    """Return the period, kinds and cap of the delegation; it may end earlier than planned."""
    delegation = decision.delegation
    assert delegation is not None  # noqa: S101 — asked by _signature
    values = {
        "on": long_day(delegation.period.lower),
        "kinds": ", ".join(delegation.kind_labels),
        "cap": euros(delegation.cap),
    }
    if delegation.cap is None:
        return _("Since %(on)s, for: %(kinds)s") % values
    return _("Since %(on)s, up to %(cap)s, for: %(kinds)s") % values


def _proof_lines(decision: Any) -> Iterator[Line]:
    yield Line(_("Fingerprint of the revision"), digits=decision.revision_hash)
    if decision.foreseen:
        yield Line(_("Fingerprint of what the review announced"), digits=decision.foreseen)
    head = _("Entry %(seq)s of the ledger of %(code)s, the newest entry when the decision was recorded")
    yield Line(
        _("Receipt"),
        head % {"seq": decision.event_seq, "code": decision.project.code},
        digits=decision.event_hash.hex(),
    )


def _late_entry_marks(row: ActModel) -> tuple[str, ...]:
    return (_("Entered afterwards"),) if row.entered_afterwards else ()


def _reveal_invisible(text: str) -> str:
    """Return a person's text with invisible characters spelled out, such as [U+202E].

    Nothing can hide or reorder text. An erased text reads as such.
    """
    return reveal(display_text(text).replace("\r\n", "\n"))


def _is_french() -> bool:
    return (get_language() or "").startswith("fr")


def _format_instant(value: datetime) -> str:
    """Format as 24 November 2026 at 14:05 / 24 novembre 2026 à 14 h 05."""
    local = timezone.localtime(value)
    if _is_french():
        return f"{long_day(value)} à {local.hour}{NO_BREAK}h{NO_BREAK}{local:%M}"
    return f"{long_day(value)} at {local:%H:%M}"
