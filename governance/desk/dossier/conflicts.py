"""Run an act from a page; conflicts give a page that hands back the typed text."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core.erasure import display_name
from core.refusals.views import Conflict, conflict
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

Kept = list[tuple[str, str]]


def carry_out(
    request: HttpRequest, proposal: Proposal, run: Callable[[], object], typed: Kept, done: str
) -> HttpResponse:
    """Run the service and redirect to the dossier; a conflict gives 409 and hands back what was typed."""
    if refused := attempt(request, proposal, run, typed):
        return refused
    messages.success(request, done)
    return redirect(proposal)


def attempt(request: HttpRequest, proposal: Proposal, run: Callable[[], object], typed: Kept) -> HttpResponse | None:
    """Run the service; return the 409 page of a conflict, which hands back what was typed, else None."""
    try:
        run()
    except AlreadyDecided as error:
        return _render_already_decided(request, error.decision, typed)
    except AlreadyLifted as error:
        return _render_already_lifted(request, proposal, error.condition, typed)
    except AlreadyAdvised as error:
        return _render_already_advised(request, proposal, error.opinion, typed)
    except Outdated as error:
        return render_moved_on(request, proposal, typed, error.changes)
    except (
        AlreadyNoted,
        WrongState,
        OpinionMissing,
        BindingOpinionMissing,
        NothingToMergeInto,
        NotCarried,
    ):
        return render_moved_on(request, proposal, typed)
    return None


def is_current(proposal: Proposal, fingerprint: str) -> bool:
    """Return whether `fingerprint` is that of the current revision."""
    return proposal.current is not None and proposal.current.hash == fingerprint


def render_moved_on(request: HttpRequest, proposal: Proposal, typed: Kept, changes: Sequence[str] = ()) -> HttpResponse:
    """Render a 409 page: the dossier has changed since the reader opened it; `changes` are sentences on how."""
    done = Decision.objects.filter(revision=proposal.current_id).select_related("project", "proposal").first()
    if done:
        return _render_already_decided(request, done, typed)
    fresh = Proposal.objects.select_related("project", "current").get(pk=proposal.pk)
    if fresh.is_barred(Act.DECIDE):
        rests = ProjectAtRest(Act.DECIDE, fresh.state, fresh.project.state)
        return conflict(
            request, Conflict(rests.title, rests.text, proposal.get_absolute_url(), rests.link_label, typed)
        )
    text = _("It is now “%(state)s”, at revision %(revision)s. Read it again before you act.") % {
        "state": fresh.get_state_display(),
        "revision": fresh.current.number if fresh.current else "—",
    }
    text = " ".join((*changes, text))
    title = _("The proposal changed while you were reading")
    return conflict(
        request, Conflict(title, text, proposal.get_absolute_url(), _("Read the proposal as it is now"), typed)
    )


def _render_already_decided(request: HttpRequest, decision: Decision, typed: Kept) -> HttpResponse:
    text = _("%(reference)s, “%(outcome)s”, was recorded by %(signature)s.") % {
        "reference": decision.reference,
        "outcome": decision.get_outcome_display(),
        "signature": display_name(decision.signature),
    }
    link = decision.proposal.get_absolute_url()
    return conflict(
        request, Conflict(_("This revision has already been answered"), text, link, _("See the record"), typed)
    )


def _render_already_advised(request: HttpRequest, proposal: Proposal, opinion: Opinion, typed: Kept) -> HttpResponse:
    text = _("“%(position)s”, by %(signature)s, is recorded for this revision. It can change with a new revision.") % {
        "position": opinion.get_position_display(),
        "signature": display_name(opinion.signature),
    }
    link = proposal.get_absolute_url()
    return conflict(request, Conflict(_("Your role has already given its opinion"), text, link, _("See it"), typed))


def _render_already_lifted(request: HttpRequest, proposal: Proposal, condition: Condition, typed: Kept) -> HttpResponse:
    text = _("%(who)s marked it as met on %(day)s.") % {
        "who": condition.lifted_by,
        "day": day(cast(datetime, condition.lifted_at)),
    }
    link = proposal.get_absolute_url()
    reserved = condition.is_reservation
    title = _("This reservation is already cleared") if reserved else _("This condition is already met")
    return conflict(request, Conflict(title, text, link, _("See it"), typed))
