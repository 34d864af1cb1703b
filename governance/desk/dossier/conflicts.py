"""Conflicts of the acts on a dossier: the page of each hands back the typed text."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from django.utils.translation import gettext as _

from core.pages.refusals.views import Conflict
from core.record.erasure import display_name
from core.templatetags.ui import day
from governance.decide.decisions.condition_services import AlreadyLifted
from governance.decide.decisions.models import Condition, Decision
from governance.decide.decisions.services import (
    AlreadyDecided,
    BindingOpinionMissing,
    NothingToMergeInto,
    OpinionMissing,
)
from governance.decide.decisions.supersede import NotCarried
from governance.decide.opinions.models import Opinion
from governance.decide.opinions.services import AlreadyAdvised, AlreadyNoted
from governance.decide.proposals.models import Proposal
from governance.decide.proposals.services import Outdated
from governance.enums import Act
from governance.workflow import ProjectAtRest, WrongState

Kept = Sequence[tuple[str, str]]

#: Raised by the acts on a dossier, and by their pages, when it is not as the reader read it.
CONFLICTS = (
    AlreadyDecided,
    AlreadyLifted,
    AlreadyAdvised,
    Outdated,
    AlreadyNoted,
    WrongState,
    OpinionMissing,
    BindingOpinionMissing,
    NothingToMergeInto,
    NotCarried,
)


def describe_conflict(error: Exception, proposal: Proposal, typed: Kept) -> Conflict:
    """Return the content of the 409 page for one of CONFLICTS."""
    if isinstance(error, AlreadyDecided):
        return _describe_already_decided(error.decision, typed)
    if isinstance(error, AlreadyLifted):
        return _describe_already_lifted(proposal, error.condition, typed)
    if isinstance(error, AlreadyAdvised):
        return _describe_already_advised(proposal, error.opinion, typed)
    return _describe_moved_on(proposal, typed, error.changes if isinstance(error, Outdated) else ())


def _describe_moved_on(proposal: Proposal, typed: Kept, changes: Sequence[str]) -> Conflict:
    """Say that the dossier has changed since the reader opened it; `changes` are sentences on how."""
    done = Decision.objects.filter(revision=proposal.current_id).select_related("project", "proposal").first()
    if done:
        return _describe_already_decided(done, typed)
    fresh = Proposal.objects.select_related("project", "current").get(pk=proposal.pk)
    if fresh.is_barred(Act.DECIDE):
        rests = ProjectAtRest(Act.DECIDE, fresh.state, fresh.project.state)
        return Conflict(rests.title, rests.text, proposal.get_absolute_url(), rests.link_label, typed)
    text = _("It is now “%(state)s”, at revision %(revision)s. Read it again before you act.") % {
        "state": fresh.get_state_display(),
        "revision": fresh.current.number if fresh.current else "—",
    }
    text = " ".join((*changes, text))
    title = _("The proposal changed while you were reading")
    return Conflict(title, text, proposal.get_absolute_url(), _("Read the proposal as it is now"), typed)


def _describe_already_decided(decision: Decision, typed: Kept) -> Conflict:
    text = _("%(reference)s, “%(outcome)s”, was recorded by %(signature)s.") % {
        "reference": decision.reference,
        "outcome": decision.get_outcome_display(),
        "signature": display_name(decision.signature),
    }
    link = decision.proposal.get_absolute_url()
    return Conflict(_("This revision has already been answered"), text, link, _("See the record"), typed)


def _describe_already_advised(proposal: Proposal, opinion: Opinion, typed: Kept) -> Conflict:
    text = _("“%(position)s”, by %(signature)s, is recorded for this revision. It can change with a new revision.") % {
        "position": opinion.get_position_display(),
        "signature": display_name(opinion.signature),
    }
    link = proposal.get_absolute_url()
    return Conflict(_("Your role has already given its opinion"), text, link, _("See it"), typed)


def _describe_already_lifted(proposal: Proposal, condition: Condition, typed: Kept) -> Conflict:
    text = _("%(who)s marked it as met on %(day)s.") % {
        "who": condition.lifted_by,
        "day": day(cast(datetime, condition.lifted_at)),
    }
    link = proposal.get_absolute_url()
    reserved = condition.is_reservation
    title = _("This reservation is already cleared") if reserved else _("This condition is already met")
    return Conflict(title, text, link, _("See it"), typed)
