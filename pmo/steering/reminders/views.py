"""Send a reminder from the list of obligations."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import reader
from pmo.steering.reminders.services import RemindedToday, remind
from projects.shortcuts import get_project_or_404


@require_POST
def obligation_remind(request: HttpRequest, code: str) -> HttpResponse:
    """Remind the holders of the role of an obligation, and return to its row."""
    project = get_project_or_404(request, code)
    try:
        remind(actor=reader(request), project=project, key=request.POST.get("key", "")[:120])
    except RemindedToday:
        messages.warning(request, _("A reminder was sent today. You can send another one tomorrow."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The reminder is sent."))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("pmo:dashboards:obligation_list", args=[project.code])
    return HttpResponseRedirect(back)
