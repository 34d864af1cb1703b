"""Page on which a signatory says that a decision was not theirs: signed in, or by the link of its mail."""

from contextlib import suppress

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.decide.decisions.models import Decision
from governance.decide.disputes.links import DAYS, find_disputable
from governance.decide.disputes.models import Dispute
from governance.decide.disputes.services import DisputedAlready, dispute


@require_http_methods(["GET", "POST"])
def decision_dispute(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Dispute a decision of the reader; 404 for any other."""
    mine = Decision.objects.filter(decided_by=request.user.pk).select_related("project", "revision", "decided_by")
    decision = get_object_or_404(mine, pk=decision_id)
    return _answer(request, decision, back=decision.get_absolute_url())


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def decision_dispute_link(request: HttpRequest, token: str) -> HttpResponse:
    """Dispute the decision of a mailed link, as its signatory. Nobody needs to be signed in."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password_from_key")
    if limited:
        return limited
    decision = find_disputable(token)
    if decision is None:
        return render(request, "governance/decide/disputes/link_refused.html", {"days": DAYS})
    return _answer(request, decision)


def _answer(request: HttpRequest, decision: Decision, back: str = "") -> HttpResponse:
    """Show the decision and the button, or the dispute that is on record; dispute on POST."""
    if request.method == "POST":
        with suppress(DisputedAlready):  # sent twice: the page says since when it is on record
            dispute(actor=decision.decided_by, decision=decision)
        return redirect(request.path)
    found = Dispute.objects.filter(decision=decision).first()
    context = {"decision": decision, "dispute": found, "language": decision.project.language, "back": back}
    return render(request, "governance/decide/disputes/decision_dispute.html", context)
