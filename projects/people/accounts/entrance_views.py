"""Public pages that open a first session: setting Ouvrage up, and an invited person's choice of a password."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.allauth_internals import record_authentication
from core.forms import add_errors
from core.pages.form_views import post_data, render_form
from core.pages.sessions.sign_ins import note_first_session, note_sign_in
from projects.people.accounts import services
from projects.people.accounts.forms import PasswordForm, SetUpForm, initial_set_up
from projects.people.accounts.invitations import find_invited
from projects.people.accounts.set_up import is_set_up_link
from roles.accounts.limits import know_browser
from roles.models import User

BACKEND = "roles.accounts.adapters.OpenAccountBackend"


def _sign_in(request: HttpRequest, person: User, to: str) -> HttpResponse:
    login(request, person, backend=BACKEND)
    record_authentication(request, person, method="password")
    note_sign_in(request)
    note_first_session(request)
    response = redirect(to)
    know_browser(request, response, person)
    return response


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Name the organisation and open the account of its first administrator, once, by the link of `welcome`."""
    if not is_set_up_link(token) or services.list_administrators().exists():
        return render_form(request, "projects/people/accounts/link_refused.html", None)
    form = SetUpForm(post_data(request), initial=initial_set_up(request.LANGUAGE_CODE))
    if form.is_valid():
        try:
            person = services.set_up(actor=User.objects.installation(), **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _sign_in(request, person, "projects:organisation_settings:mail_test")
    return render_form(request, "projects/people/accounts/set_up.html", form)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person choose a password, then sign them in."""
    person = find_invited(token)
    if person is None:
        return render_form(request, "projects/people/accounts/link_refused.html", None)
    form = PasswordForm(post_data(request))
    if form.is_valid():
        try:
            person = services.choose_password(actor=person, password=form.cleaned_data["password"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _sign_in(request, person, "governance:inbox:inbox")
    return render_form(request, "projects/people/accounts/invitation.html", form, person=person, token=token)
