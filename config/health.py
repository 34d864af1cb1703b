"""Health check for the compose file, a load balancer, a monitor and `make demo`."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from config.system_state.probes import database_state, redis_state
from config.system_state.queries import BAD, health


@login_not_required
@never_cache
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the database answers. Redis may be down: mail then waits, and the answer tells it.

    `?full` adds worker, scheduler, mails and notary, and answers 503 when one of them is at fault.
    """
    state = {"database": database_state(), "redis": redis_state()}
    if "full" in request.GET and state["database"] == "ok":
        try:
            parts = health()
        except DatabaseError:  # it went between the two
            return JsonResponse(state | {"database": "down"}, status=503)
        return JsonResponse(state | parts, status=503 if BAD in parts.values() else 200)
    return JsonResponse(state, status=200 if state["database"] == "ok" else 503)
