"""Pages of one's own second factors: add or rename a passkey, add a code app, make recovery codes, remove one."""

import base64
from urllib.parse import urlencode

from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import reader
from core.forms import add_errors
from core.pages.form_views import post_data, render_form
from core.pages.refusals.views import Conflict, conflict
from core.pages.sessions.sign_ins import describe_device, is_first_session
from projects.organisation_settings.queries import organisation
from projects.people.credentials.enums import CredentialKind
from projects.people.credentials.models import Credential
from projects.people.credentials.services import rename_credential
from projects.people.second_factors import services
from projects.people.second_factors.forms import LONGEST, CodeAppForm, PasskeyForm, RenameForm
from projects.people.second_factors.queries import KINDS, lacks_factor
from roles.passkeys.ceremonies import begin_making
from roles.passkeys.relying_party import is_available
from roles.reauthentication.proofs import ensure_proved

WHAT = "change a second factor"


def find_next(request: HttpRequest) -> str:
    """Return the page to go on to, from `next`: one of ours, else the account."""
    target = request.GET.get("next", "")
    try:
        is_safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    except ValueError:
        is_safe = False
    return target if is_safe else reverse("projects:people:account")


@require_GET
def needed(request: HttpRequest) -> HttpResponse:
    """Tell a reader that the organisation requires a second factor, and how to add one."""
    if not lacks_factor(reader(request)):
        return HttpResponseRedirect(find_next(request))
    context = {"query": urlencode({"next": find_next(request)}), "has_passkeys": is_available()}
    return render(request, "projects/people/second_factors/needed.html", context)


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """Answer with what the browser needs to make a passkey for the reader."""
    ensure_proved(WHAT)
    return JsonResponse(begin_making(request.session, reader(request)))


@never_cache
@require_http_methods(["GET", "POST"])
def passkey_add(request: HttpRequest) -> HttpResponse:
    """Add the passkey that the browser has made."""
    ensure_proved(WHAT)
    form = PasskeyForm(request.session, post_data(request))
    if form.is_valid():
        new = form.cleaned_data["credential"]
        name = form.cleaned_data["name"] or describe_device(request.META.get("HTTP_USER_AGENT", ""))[:LONGEST]
        try:
            codes = services.add_passkey(actor=reader(request), new=new, name=name, is_first=is_first_session(request))
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _finish(request, _("The passkey is added."), codes)
    return render_form(request, "projects/people/second_factors/passkey_add.html", form, **_tell_of_hold(request))


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def code_app_add(request: HttpRequest) -> HttpResponse:
    """Add a code app once it shows the right code."""
    ensure_proved(WHAT)
    person = reader(request)
    form = CodeAppForm(person, post_data(request))
    if form.is_valid():
        codes = services.add_code_app(
            actor=person, secret=form.secret, code=form.cleaned_data["code"], is_first=is_first_session(request)
        )
        return _finish(request, _("The code app is added."), codes)
    picture = get_adapter().build_totp_svg(get_adapter().build_totp_url(person, form.secret))
    context = {
        "picture": "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode(),
        "secret": " ".join(form.secret[place : place + 4] for place in range(0, len(form.secret), 4)),
    }
    return render_form(
        request, "projects/people/second_factors/code_app_add.html", form, **context, **_tell_of_hold(request)
    )


@never_cache
@require_http_methods(["GET", "POST"])
def recovery_codes_make(request: HttpRequest) -> HttpResponse:
    """Make other recovery codes, and show them once."""
    ensure_proved(WHAT)
    if request.method == "GET":
        return render(request, "projects/people/second_factors/recovery_codes_make.html", _tell_of_hold(request))
    try:
        codes = services.make_recovery_codes(actor=reader(request), is_first=is_first_session(request))
    except ValidationError as error:
        return conflict(request, _describe_conflict(error))
    return _finish(request, _("The recovery codes are made."), codes)


@require_http_methods(["GET", "POST"])
def passkey_rename(request: HttpRequest, credential_id: int) -> HttpResponse:
    """Give a passkey of the reader another name."""
    credential = _get_factor_or_404(request, credential_id, CredentialKind.PASSKEY)
    ensure_proved(WHAT)
    form = RenameForm(post_data(request), initial={"name": credential.name})
    if not form.is_valid():
        return render_form(request, "projects/people/second_factors/passkey_rename.html", form, credential=credential)
    try:
        rename_credential(actor=reader(request), credential=credential, name=form.cleaned_data["name"])
    except ValidationError as error:
        return conflict(request, _describe_conflict(error))
    messages.success(request, _("The passkey is renamed."))
    return redirect("projects:people:account")


@require_http_methods(["GET", "POST"])
def factor_remove(request: HttpRequest, credential_id: int) -> HttpResponse:
    """Remove a factor of the reader."""
    credential = _get_factor_or_404(request, credential_id, *KINDS)
    ensure_proved(WHAT)
    if request.method == "GET":
        return render(request, "projects/people/second_factors/factor_remove.html", {"credential": credential})
    try:
        services.remove_factor(actor=reader(request), credential=credential)
    except ValidationError as error:
        return conflict(request, _describe_conflict(error))
    messages.success(request, _("It is removed."))
    return redirect("projects:people:account")


def _get_factor_or_404(request: HttpRequest, credential_id: int, *kinds: CredentialKind) -> Credential:
    """Return a living factor of the reader, of one of these kinds. Raises Http404."""
    mine = Credential.objects.living().filter(person=reader(request), kind__in=kinds)
    return get_object_or_404(mine, pk=credential_id)


def _tell_of_hold(request: HttpRequest) -> dict[str, int | bool]:
    return {"hours": organisation().credential_hours, "is_first": is_first_session(request)}


def _finish(request: HttpRequest, done: str, codes: list[str]) -> HttpResponse:
    """Show the codes, which are not shown again; without any go on to the next page."""
    messages.success(request, done)
    if not codes:
        return HttpResponseRedirect(find_next(request))
    person = reader(request)
    text = "\n".join([_("Ouvrage, recovery codes of %(email)s") % {"email": person.email}, "", *codes, ""])
    file = "data:text/plain;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()
    context = {"codes": codes, "file": file, "next": find_next(request)}
    return render(request, "projects/people/second_factors/recovery_codes.html", context)


def _describe_conflict(error: ValidationError) -> Conflict:
    title, label = _("Your second factors stay as they are"), _("Your account")
    return Conflict(title, " ".join(error.messages), reverse("projects:people:account"), label)
