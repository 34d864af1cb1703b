"""The page that says why the provider led nowhere."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from projects.people.sign_in_provider.enums import Failure

logger = logging.getLogger("ouvrage.refusals")
LONGEST = 300


def show_failure(request: HttpRequest, failure: Failure, why: str = "") -> HttpResponse:
    """Answer with a failure in words; the log has the technical reason, which the page does not show."""
    logger.warning("sign-in by the provider: %s %s", failure.status, " ".join(why.split())[:LONGEST])
    return render(request, "projects/people/sign_in_provider/failure.html", {"failure": failure}, status=failure.status)
