"""Download of the proof of a decision, and the page that verifies one."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from core.acts import one_snapshot
from governance.decide.decisions.models import Decision
from governance.enums import Act
from governance.record.verification.archives import VERIFIER, archive_name, build_archive
from governance.record.verification.bundles import build_proof
from governance.record.verification.contents import with_what_is_sealed
from governance.record.verification.page_words import translate_words
from projects.models import LedgerEvent
from tools.verify_ledger import KEYS, VERSIONED, WRITES


@require_GET
def proof(request: HttpRequest, decision_id: int) -> JsonResponse:
    """Return the proof of one decision as JSON, for everyone who can read its record."""
    with one_snapshot():
        decision, event = get_decided_or_404(request, decision_id)
        bundle = build_proof(decision, event)
    return JsonResponse(
        bundle,
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers=headers_of(f"{decision.project.code}-{decision.reference}-proof.json"),
    )


@require_GET
def proof_archive(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Return the proof of one decision as a zip with its record and the verifier, for the same readers."""
    with one_snapshot():
        decision, event = get_decided_or_404(request, decision_id)
        archive = build_archive(decision, event)
    return HttpResponse(archive, "application/zip", headers=headers_of(archive_name(decision)))


@login_not_required
@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """Render the page that verifies a proof in the browser, for everybody."""
    writes = {"writes": WRITES, "versioned": sorted(VERSIONED), "keys": KEYS}
    context = {
        "words": json.dumps(translate_words()),
        "writes": json.dumps(writes),
        "command": f"python3 {VERIFIER} proof.zip",
    }
    return render(request, "governance/record/verification/verify.html", context)


def get_decided_or_404(request: HttpRequest, decision_id: int) -> tuple[Decision, LedgerEvent]:
    """Return the decision with what is sealed, and its event; 404 when absent or hidden from this reader."""
    visible = Decision.objects.readable_by(request.user).values("pk")
    decisions = with_what_is_sealed(Decision).filter(pk__in=visible).select_related("project")
    decision = get_object_or_404(decisions, pk=decision_id)
    event = get_object_or_404(
        LedgerEvent.objects.select_related("project"),
        subject=Decision._meta.label_lower,
        subject_id=decision.pk,
        act=Act.DECIDE,
    )
    return decision, event


def headers_of(name: str) -> dict[str, str]:
    """Return the headers of a download that no cache keeps."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
