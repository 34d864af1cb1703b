"""Download of the proof of a decision."""

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from governance.decisions.models import Decision
from governance.verification import bundles
from governance.verification.contents import with_what_is_sealed
from projects.ledger.enums import Act
from projects.models import LedgerEvent


@require_GET
def proof(request: HttpRequest, decision_id: int) -> JsonResponse:
    """Return the proof of one decision as a file, for everyone who can read its record."""
    visible = Decision.objects.readable_by(request.user).values("pk")
    decisions = with_what_is_sealed(Decision).filter(pk__in=visible).select_related("project")
    decision = get_object_or_404(decisions, pk=decision_id)
    event = get_object_or_404(
        LedgerEvent.objects.select_related("project"),
        subject=Decision._meta.label_lower,
        subject_id=decision.pk,
        act=Act.DECIDE,
    )
    name = f"{decision.project.code}-{decision.reference}-proof.json"
    return JsonResponse(
        bundles.build_proof(decision, event),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
