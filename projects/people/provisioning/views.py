"""Pages of administrators on the tokens of provisioning, and the address of SCIM."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from core.access import ensure, reader
from core.forms import add_errors
from core.pages.form_views import post_data, render_form
from core.pages.refusals.views import Conflict, conflict
from projects.organisation_settings.sections import list_sections
from projects.people.provisioning import services
from projects.people.provisioning.fields import address
from projects.people.provisioning.forms import TokenForm
from projects.people.provisioning.models import ProvisioningToken

TEMPLATE = "projects/people/provisioning/token_list.html"
SHOWN = 50


@never_cache
@require_http_methods(["GET", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """List the tokens; make one on POST and show its secret, this once."""
    ensure(request.user, "projects.make_token")
    form = TokenForm(post_data(request))
    if form.is_valid():
        try:
            token, secret = services.make_token(actor=reader(request), **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return render(request, "projects/people/provisioning/token_made.html", {"token": token, "secret": secret})
    tokens = ProvisioningToken.objects.select_related("made_by").order_by("-pk")[:SHOWN]
    shown = {"tokens": tokens, "address": address("").rstrip("/"), "sections": list_sections()}
    return render_form(request, TEMPLATE, form, **shown)


@require_POST
def token_end(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token."""
    ensure(request.user, "projects.end_token")
    token = get_object_or_404(ProvisioningToken, pk=token_id)
    back = reverse("projects:provisioning:token_list")
    try:
        services.end_token(actor=reader(request), token=token)
    except ValidationError as error:
        title = _("The token stays as it is")
        return conflict(request, Conflict(title, " ".join(error.messages), back, _("Read the tokens as they are now")))
    messages.success(request, _("The token is ended."))
    return redirect(back)


@csrf_exempt
@login_not_required
def scim(request: HttpRequest, path: str) -> HttpResponse:
    """Answer one request of a directory. The library is loaded with the first one: it takes 16 MiB."""
    from projects.people.provisioning.scim_views import answer

    return answer(request, path)
