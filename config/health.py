"""Probes: `/healthz` says that the process answers, `/readyz` that the whole of Ouvrage works."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from config.system_state.findings import BAD
from config.system_state.queries import HEALTH

#: Where a reader learns what to do about a part at fault.
GUIDE = "docs/operate.md#"


@login_not_required
@never_cache
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200. It asks no database: whoever restarts processes by it would end them all in a failover."""
    return JsonResponse({"web": "ok"})


@login_not_required
@never_cache
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """Tell the state of each part; 503 when one is at fault, with the place in the guide that says what to do."""
    parts = HEALTH.read()
    see = {code: GUIDE + code for code, state in parts.items() if state == BAD}
    return JsonResponse({"parts": parts, "see": see}, status=503 if see else 200)
