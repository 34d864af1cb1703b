"""Pages of one's own account: what it says, the roles it holds, its sessions, its password."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core.access import reader
from core.forms import add_errors
from core.pages.form_views import post_data, render_form
from core.pages.sessions.sign_ins import end_sessions, list_sign_ins
from projects.independence.queries import list_employments
from projects.organisation_settings.queries import today
from projects.people.absences.queries import list_offers
from projects.people.accounts import services
from projects.people.accounts.forms import AccountForm, PasswordChangeForm
from projects.people.credentials.holds import find_hold, find_waiting
from projects.people.credentials.queries import find_provider_link, list_credentials
from projects.people.second_factors.queries import list_factors
from projects.seats.mandates.models import Mandate
from roles.passkeys.relying_party import is_available
from roles.unsent.posts import is_unsent


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show the roles and sessions of the reader, and change what their account says of them."""
    person = reader(request)
    shown = {name: getattr(person, name) for name in ("name", "title", "time_zone")}
    initial = {**shown, "language": person.language or request.LANGUAGE_CODE}
    form = AccountForm(post_data(request), person=person, initial=initial)
    if form.is_valid() and not is_unsent(request):
        person = services.edit_account(actor=person, **form.cleaned_data)
        with translation.override(person.language):
            messages.success(request, translation.gettext("Your account is saved."))
        return redirect("projects:people:account")
    held = Mandate.objects.active().filter(holder=person).select_related("project", "role")
    endings = person.rights_endings.open().select_related("asked_by")
    context = {
        "ending": endings.first() if person.is_staff else None,
        "mandates": held.order_by("project__code", "role__position"),
        "sign_ins": list_sign_ins(person, request.session.session_key),
        "factors": list_factors(person),
        "has_passkeys": is_available(),
        "credentials": list_credentials(person),
        "hold": find_hold(person.pk),
        "waiting": find_waiting(person.pk),
        "provider_link": find_provider_link(person),
        "address_change": person.address_changes.open().select_related("asked_by").first(),
        "today": today(),
        "employments": list_employments(person),
        "offers": list_offers(person),
    }
    return render_form(request, "projects/people/accounts/account.html", form, **context)


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of the reader, this one included."""
    end_sessions(reader(request))
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("account_login")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Exchange the reader's password; this session goes on, their other ones end, and they get a mail."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="change_password", user=request.user)
    if limited:
        return limited
    form = PasswordChangeForm(post_data(request))
    if form.is_valid():
        try:
            person = services.change_password(actor=reader(request), **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            update_session_auth_hash(request, person)
            messages.success(request, _("Your password is changed. Your other sessions are signed out."))
            return redirect("projects:people:account")
    return render_form(request, "projects/people/accounts/account_password.html", form)
