"""Pages on credentials: confirm one by the link that was mailed, and have the link mailed again."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.access import reader
from core.pages.refusals.views import Conflict, conflict
from projects.people.credentials import services
from projects.people.credentials.mails import find_to_confirm, mail_links_again
from roles.reauthentication.proofs import ensure_proved


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def credential_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show the credential of a mailed link; confirm it on POST. Nobody needs to be signed in."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password_from_key")
    if limited:
        return limited
    credential = find_to_confirm(token)
    if credential is None:
        return render(request, "projects/people/credentials/link_refused.html")
    if request.method == "GET":
        return render(request, "projects/people/credentials/credential_confirm.html", {"credential": credential})
    try:
        services.confirm_credential(actor=credential.person, credential=credential)
    except ValidationError:
        return render(request, "projects/people/credentials/link_refused.html")
    return render(request, "projects/people/credentials/credential_confirmed.html", {"credential": credential})


@require_POST
def credentials_prove(request: HttpRequest) -> HttpResponse:
    """Prove what holds the account of the reader by another factor of theirs, which signed them in."""
    ensure_proved("projects.prove_credentials")
    account = reverse("projects:people:account")
    try:
        services.prove_credentials(actor=reader(request))
    except ValidationError as error:
        text = " ".join(error.messages)
        return conflict(request, Conflict(_("Nothing was recorded"), text, account, _("Your account")))
    messages.success(request, _("Your sign-in counts."))
    return redirect(account)


@require_POST
def credentials_mail(request: HttpRequest) -> HttpResponse:
    """Send the reader the links of all credentials that they have not confirmed."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="manage_email", user=request.user)
    if limited:
        return limited
    mail_links_again(reader(request))
    messages.success(request, _("The email is on its way."))
    return redirect("projects:people:account")
