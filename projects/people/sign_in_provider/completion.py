"""What happens once the provider has said who a person is: sign in, open an account, link one, or confirm."""

from collections.abc import Mapping
from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.access import Person, reader
from core.allauth_internals import get_authentication_records, record_authentication
from projects.people.accounts.invitations import find_invited
from projects.people.sign_in_provider import pending, services
from projects.people.sign_in_provider.claims import Identity
from projects.people.sign_in_provider.enums import (
    CLOSED,
    EXPIRED,
    HAS_ACCOUNT,
    NO_ACCOUNT,
    NO_LONGER_INVITED,
    OTHER_PERSON,
    TAKEN,
    UNCONFIRMED,
    Process,
)
from projects.people.sign_in_provider.pages import show_failure
from projects.people.sign_in_provider.pending import Pending
from projects.people.sign_in_provider.queries import SignInProvider, find_linked, find_provider
from roles.models import User
from roles.reauthentication.proofs import SIGN_INS, note_proof

#: Method of allauth's records of a session.
METHOD = "socialaccount"


def complete(
    request: HttpRequest, provider: SignInProvider, identity: Identity, state: Mapping[str, Any]
) -> HttpResponse:
    """Sign the person in or confirm them; whatever writes waits for a button."""
    process = Process(state["process"])
    if process == Process.CONFIRM:
        return _confirm(request, provider, identity)
    if process == Process.SIGN_IN:
        return _sign_in(request, provider, identity, state.get("next") or "")
    if find_linked(identity):
        return show_failure(request, TAKEN)
    return _wait(request, Pending(process, identity, state["data"], ""))


def _wait(request: HttpRequest, waiting: Pending) -> HttpResponse:
    pending.keep(request, waiting)
    return redirect("projects:sign_in_provider:provider_finish")


def _sign_in(request: HttpRequest, provider: SignInProvider, identity: Identity, next_url: str) -> HttpResponse:
    """Sign in to the linked account, or offer one; an address alone never leads into an account."""
    linked = find_linked(identity)
    if linked and not linked.person.is_active:
        return show_failure(request, CLOSED)
    if linked and linked.confirmed_at is None:
        return show_failure(request, UNCONFIRMED)
    if linked:
        return _enter(request, linked.person, next_url)
    known = User.objects.filter(email__iexact=identity.email).first() if identity.email_is_verified else None
    if known:
        return show_failure(request, HAS_ACCOUNT if known.is_active else CLOSED)
    if not provider.opens_account_of(identity):
        return show_failure(request, NO_ACCOUNT)
    return _wait(request, Pending(Process.SIGN_IN, identity, {}, next_url))


def _confirm(request: HttpRequest, provider: SignInProvider, identity: Identity) -> HttpResponse:
    """Note a fresh proof of the reader, where the organisation relies on the provider."""
    linked = find_linked(identity)
    if provider.asks_own_factor or not request.user.is_authenticated:
        return show_failure(request, EXPIRED)
    if linked is None or linked.person_id != request.user.pk or not linked.counts:
        return show_failure(request, OTHER_PERSON)
    record_authentication(request, request.user, METHOD, reauthenticated=True)
    note_proof(request=request)
    return render(request, "projects/people/sign_in_provider/confirmed.html")


def finish(request: HttpRequest, provider: SignInProvider, waiting: Pending) -> HttpResponse:
    """Do what the person has just confirmed by a button."""
    then = {Process.SIGN_IN: _open_account, Process.LINK: _link, Process.INVITATION: _accept_invitation}
    return then[waiting.process](request, provider, waiting)


def _open_account(request: HttpRequest, provider: SignInProvider, waiting: Pending) -> HttpResponse:
    if not provider.opens_account_of(waiting.identity):
        return show_failure(request, NO_ACCOUNT)
    try:
        person = services.open_account(
            actor=User.objects.installation(),
            identity=waiting.identity,
            provider=provider.name,
            language=get_language() or "fr",
        )
    except ValidationError:
        return show_failure(request, HAS_ACCOUNT)
    return _enter(request, person, waiting.next_url)


def _link(request: HttpRequest, provider: SignInProvider, waiting: Pending) -> HttpResponse:
    if not request.user.is_authenticated or str(request.user.key) != waiting.data["person"]:
        return show_failure(request, EXPIRED)
    try:
        services.link_provider(actor=reader(request), identity=waiting.identity, provider=provider.name)
    except ValidationError:
        return show_failure(request, TAKEN)
    messages.success(request, _("The identity provider is linked. Confirm it with the link in the email sent to you."))
    return redirect("projects:people:account")


def _accept_invitation(request: HttpRequest, provider: SignInProvider, waiting: Pending) -> HttpResponse:
    person = find_invited(waiting.data["token"])
    if person is None:
        return show_failure(request, NO_LONGER_INVITED)
    try:
        services.accept_invitation(actor=person, identity=waiting.identity, provider=provider.name)
    except ValidationError:
        return show_failure(request, TAKEN)
    return _enter(request, person, "")


def _enter(request: HttpRequest, person: User, to: str) -> HttpResponse:
    """Sign the person in; whoever was signed in before is signed out first."""
    if request.user.is_authenticated and request.user != person:
        logout(request)
    record_authentication(request, person, METHOD)
    response: HttpResponse = perform_login(request, person, redirect_url=to or None)
    return response


def proves_own_factor(request: HttpRequest, person: Person) -> bool:
    """Return whether a sign-in proves its person: by the provider alone, only where the organisation says so."""
    records = get_authentication_records(request, person)
    if not records or records[-1]["method"] != METHOD:
        return True
    provider = find_provider()
    return provider is not None and not provider.asks_own_factor


SIGN_INS.append(proves_own_factor)
