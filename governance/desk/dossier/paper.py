"""The decision file of a proposal on paper: what is proposed, the opinions and the decisions, as a reader sees them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.files.papers.content import Line, Paper, Part, say_printed
from core.record.erasure import display_name, display_text
from core.templatetags.ui import day, euros, when
from core.words.dates import long_day
from governance.decide.decisions.models import Condition
from governance.desk.dossier.advices import Advice
from governance.desk.dossier.dossier import Dossier
from governance.desk.dossier.options import OptionLine
from governance.enums import ConditionState, ProposalState
from projects.project.words import say_of


def build_paper(shown: Dossier, reader: Any, at: datetime) -> Paper:
    """Build the paper of a dossier as `reader` sees it."""
    proposal, project = shown.proposal, shown.project
    parts = (
        Part("", list(_list_facts(shown))),
        Part(_("What is proposed"), list(_list_proposed(shown))),
        Part(_("What an approval changes"), list(_list_terms(shown))),
        Part(_("Evidence"), list(_list_evidence(shown))),
        Part(str(say_of(gettext_lazy("Figures of the project"), project)), list(_list_figures(shown))),
        Part(_("The opinions"), list(_list_opinions(shown)) if shown.revision else []),
        *(Part(decision.reference, list(_list_decided(decision))) for decision in shown.record.decisions),
    )
    return Paper(
        heading=_("Decision file"),
        title=f"{proposal.reference} {display_text(proposal.title)}",
        code=f"{project.code} · {proposal.reference}",
        language=project.language,
        state=describe_state(shown),
        printed=say_printed(at, reader),
        parts=[part for part in parts if part.lines],
        mark="" if shown.revision else _("DRAFT"),
    )


def describe_state(shown: Dossier) -> str:
    """Return where the proposal stands, and the decision on it with its day and signatory."""
    proposal, decision = shown.proposal, shown.record.current
    if decision is None:
        said = [f"{proposal.get_state_display()}.", _("No decision has been recorded on this text.")]
        if decisions := shown.record.decisions:
            said.append(_("Last decision: %(reference)s.") % {"reference": decisions[0].reference})
        return " ".join(said)
    said = [say_decided(decision)]
    if successor := decision.successor:
        said.append(f"{_('Replaced by %(reference)s') % {'reference': successor.reference}}.")
    elif proposal.state == ProposalState.LAPSED:
        said.append(f"{proposal.get_state_display()}.")
    elif decision.needs_review and decision.changed_at:
        said.append(_("Needs review since %(on)s.") % {"on": long_day(decision.changed_at)})
    if decision.dispute:
        said.append(f"{_('Signature disputed on %(on)s') % {'on': long_day(decision.dispute.acted_at)}}.")
    return " ".join(said)


def say_decided(decision: Any) -> str:
    """Return the outcome of a decision, its reference, day and signatory."""
    return _("%(outcome)s. Decision %(decision)s of %(day)s, signed by %(who)s.") % {
        "outcome": decision.get_outcome_display(),
        "decision": decision.reference,
        "day": long_day(decision.acted_at),
        "who": display_name(decision.signature),
    }


def _list_facts(shown: Dossier) -> Iterator[Line]:
    proposal, content, revision = shown.proposal, shown.proposed.content, shown.revision
    yield Line(capfirst(shown.project.get_level_display()), f"{shown.project.code} · {shown.project.title}")
    yield Line(_("Kind"), capfirst(proposal.get_kind_display()))
    yield Line(_("Written by"), f"{proposal.author}, {proposal.author_role}")
    if revision:
        yield Line(_("Submitted on"), _write_time(revision))
        yield Line(_("Revision"), str(revision.number))
    if content.decide_by:
        yield Line(_("Decide by"), day(content.decide_by))
    if content.binding_authority:
        yield Line(_("Binding opinion"), display_text(content.binding_authority))
    if proposal.replaces:
        yield Line(_("Would replace"), proposal.replaces.reference)
    if proposal.counter_to:
        yield Line(_("On the question of"), proposal.counter_to.reference)
    if revision:
        yield Line(_("Fingerprint"), revision.hash)


def _write_time(row: Any) -> str:
    """Return when an act was done, and when it was entered if that was later."""
    late = _("Entered afterwards, %(on)s") % {"on": day(row.recorded_at)} if row.entered_afterwards else ""
    return " · ".join(filter(None, (when(row.acted_at), late)))


def _list_proposed(shown: Dossier) -> Iterator[Line]:
    content = shown.proposed.content
    yield Line(_("Question"), words=display_text(content.question))
    yield Line(capfirst(str(content._meta.get_field("context").verbose_name)), words=display_text(content.context))
    for option in shown.proposed.options.lines:
        yield _describe_option(option)
    labelled = (
        (_("Recommendation"), content.recommendation),
        *((capfirst(name), impact) for name, impact in content.impacts()),
        (_("Risks"), content.risks),
    )
    for label, text in labelled:
        if text:
            yield Line(label, words=display_text(text))
    yield Line(_("Amount committed"), euros(content.amount) or _("None"))


def _describe_option(option: OptionLine) -> Line:
    label = _("Option %(letter)s, recommended") if option.is_recommended else _("Option %(letter)s")
    said = [_("Amount committed: %(amount)s") % {"amount": euros(option.amount)}] if option.amount else []
    if option.expected.on:
        said.append(_("expected by %(day)s") % {"day": long_day(option.expected.on)})
    if option.preferred_by:
        said.append(_("Preferred by %(roles)s") % {"roles": ", ".join(option.preferred_by)})
    words = "\n\n".join(filter(None, (display_text(option.title), display_text(option.description))))
    return Line(label % {"letter": option.letter}, " · ".join(said), words)


def _write_text(value: Any) -> str:
    return display_text(str(value))


#: How the values of a term are written, by its format.
WRITTEN: dict[str, Callable[[Any], str]] = {"amount": euros, "day": day}


def _list_terms(shown: Dossier) -> Iterator[Line]:
    for term in shown.proposed.terms:
        write = WRITTEN.get(term.shape, _write_text)
        then = write(term.then) if term.then not in {None, ""} else ""
        if term.is_prose:
            yield Line(str(term.label), words=then)
            continue
        differs = term.now and term.now != term.then and term.shape in {"amount", "day"}
        today = _("(today: %(now)s)") % {"now": write(term.now)} if differs else ""
        yield Line(str(term.label), f"{then} {today}".strip())


def _list_evidence(shown: Dossier) -> Iterator[Line]:
    if shown.proposed.content.evidence:
        yield Line(_("Evidence"), words=display_text(shown.proposed.content.evidence))
    for file in shown.proposed.files:
        named = _("%(name)s, version %(number)s") % {
            "name": display_text(file.document.name),
            "number": file.number,
        }
        yield Line(_("Evidence file"), f"{named} · {file.sha256}")
    for ground in shown.proposed.grounds:
        version = ground.digits or display_text(ground.version)
        yield Line(ground.heading or _("Based on"), f"{ground.label} {display_text(ground.name)} · {version}")


def _list_figures(shown: Dossier) -> Iterator[Line]:
    for part in shown.proposed.snapshots:
        for figure in part.figures:
            text = figure.frozen.text
            if figure.now and figure.has_changed:
                text = f"{text} {_('(today: %(now)s)') % {'now': figure.now.text}}"
            if figure.frozen.is_met is False:
                text = f"{text} · {_('not met')}"
            yield Line(f"{part.heading} · {figure.frozen.label}", display_text(text))


def _list_opinions(shown: Dossier) -> Iterator[Line]:
    for advice in shown.opinions.advices:
        label = _("Opinion of the %(role)s") % {"role": advice.code}
        opinion = advice.opinion
        if opinion:
            signed = f"{display_name(opinion.signature)}, {_write_time(opinion)}"
            preferred = _("Prefers option %(letter)s") % {"letter": opinion.preferred} if opinion.preferred else ""
            marked = _("Opinion not independent") if advice.marks else ""
            said = (opinion.get_position_display(), signed, preferred, marked)
            yield Line(label, " · ".join(filter(None, said)), display_text(opinion.reasons))
        else:
            yield Line(label, _describe_missing(advice))


def _describe_missing(advice: Advice) -> str:
    """Return why a role has no opinion on this revision."""
    if advice.is_author:
        return _("Wrote this proposal")
    if advice.unavailable:
        return str(advice.unavailable)
    return _("Asked on this revision, not given yet.") if advice.is_asked else _("Not asked")


def _list_decided(decision: Any) -> Iterator[Line]:
    yield Line(_("Outcome"), decision.get_outcome_display())
    signatory = display_name(decision.signature)
    if decision.delegation:
        signatory = f"{signatory}, {_('by delegation of %(owner)s') % {'owner': decision.mandate.holder}}"
    yield Line(_("Signatory"), signatory)
    yield Line(_("Decided on"), _write_time(decision))
    if decision.how_confirmed:
        yield Line(_("Confirmation"), decision.how_confirmed)
    yield Line(_("Reasons"), words=display_text(decision.reasons))
    if decision.option:
        title = display_text(decision.option_title.partition(". ")[2])
        yield Line(_("Option taken"), _("Option %(letter)s") % {"letter": decision.option}, title)
    if decision.why_not:
        yield Line(_("Why not the recommended option"), words=display_text(decision.why_not))
    if decision.price_reduction:
        yield Line(_("Price reduction"), euros(decision.price_reduction))
    if decision.return_on:
        yield Line(_("Decide again on"), day(decision.return_on))
    if decision.supersedes:
        yield Line(_("Replaces"), decision.supersedes.reference)
    if decision.successor:
        yield Line(_("Replaced by"), decision.successor.reference)
    for unheard in decision.unheard:
        words = _("Opinion impossible") if unheard.unavailable else _("Opinion not received")
        why = f" · {unheard.unavailable}" if unheard.unavailable else ""
        yield Line(_("Opinion of the %(role)s") % {"role": unheard.role}, f"{words}{why}", display_text(unheard.words))
    for said in decision.settled_words:
        yield Line(said.label, said.outcome, display_text(said.because))
        yield from (Line(item.label, display_text(item.text)) for item in said.items if item.label != said.label)
    label = _("Reservation %(number)s") if decision.reserves else _("Condition %(number)s")
    for condition in decision.conditions.all():
        text = f"{condition.role} · {_describe_condition(condition)}"
        yield Line(label % {"number": condition.number}, text, display_text(condition.text))


def _describe_condition(condition: Condition) -> str:
    """Return where a condition stands, with its day."""
    if condition.state == ConditionState.OPEN:
        words, at = (_("Overdue since %(day)s") if condition.is_overdue else _("Open, due %(day)s")), condition.due_on
        return words % {"day": day(at)}
    words = {
        ConditionState.WAIVED: _("Waived on %(day)s"),
        ConditionState.LAPSED: _("Lapsed on %(day)s"),
    }.get(ConditionState(condition.state), _("Met on %(day)s"))
    return words % {"day": day(condition.lifted_at)} if condition.lifted_at else condition.get_state_display()
