"""Buttons of administrators on the steps of moving in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import ensure, reader
from governance.desk.inbox import services


@require_POST
def step_put_away(request: HttpRequest) -> HttpResponse:
    """Leave a step out of the home of the reader for good."""
    ensure(request.user, "projects.edit_settings")
    try:
        services.put_away(person=reader(request), name=request.POST.get("step", ""))
    except ValidationError as error:
        raise Http404 from error
    messages.success(request, _("The step is no longer listed for you."))
    return redirect("governance:inbox:inbox")


@require_POST
def steps_show(request: HttpRequest) -> HttpResponse:
    """Show all steps of moving in on the home of the reader again."""
    ensure(request.user, "projects.edit_settings")
    services.show_put_away(person=reader(request))
    return redirect("governance:inbox:inbox")
