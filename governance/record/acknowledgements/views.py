"""Page to acknowledge a decision."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import reader
from core.pages.refusals.views import Conflict, conflict
from governance.decide.decisions.models import Decision
from governance.record.acknowledgements.services import ReadAlready, acknowledge


@require_POST
def decision_acknowledge(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Record the acknowledgement of the reader."""
    visible = Decision.objects.visible_to(request.user).select_related("project", "proposal")
    decision = get_object_or_404(visible, pk=decision_id)
    try:
        acknowledge(actor=reader(request), decision=decision)
    except ReadAlready:
        title, text = (
            _("You have read this decision already"),
            _("One confirmation is enough. It is in the decision record."),
        )
        return conflict(request, Conflict(title, text, decision.get_absolute_url(), _("Back to the record")))
    messages.success(
        request, _("Your reading of decision %(reference)s is recorded.") % {"reference": decision.reference}
    )
    return redirect(decision)
