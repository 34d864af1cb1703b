"""Views of a sign-in with a passkey, of the second step of a sign-in, and of the challenges that browsers ask for."""

from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.access import reader
from core.allauth_internals import clear_login, perform_login, post_authentication
from core.pages.form_views import post_data, render_form
from roles.accounts.limits import may_begin_ceremony
from roles.accounts.models import User
from roles.passkeys.ceremonies import begin_proof, finish_proof
from roles.passkeys.forms import NOTHING, PasskeySignInForm
from roles.passkeys.keys import list_keys
from roles.passkeys.relying_party import is_available
from roles.second_factors.codes import has_codes
from roles.second_factors.forms import SecondStepForm

#: Status of a refused ceremony, which no page shows.
TOO_MANY = 429


def find_stage(request: HttpRequest) -> AuthenticateStage | None:
    """Return the second step of a sign-in that has begun in this session."""
    if request.user.is_authenticated:
        return None
    return LoginStageController.enter(request, AuthenticateStage.key)


@login_not_required
@never_cache
@require_POST
def proof_options(request: HttpRequest) -> HttpResponse:
    """Answer with a challenge: for the passkeys of the reader, of who is at the second step, or of anybody."""
    if not may_begin_ceremony(request):
        return JsonResponse({}, status=TOO_MANY)
    return JsonResponse(begin_proof(request.session, _find_person(request)))


def _find_person(request: HttpRequest) -> User | None:
    if request.user.is_authenticated:
        return reader(request)
    stage = find_stage(request)
    return stage.login.user if stage else None


@login_not_required
@never_cache
@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign somebody in who proves to have a passkey: it names them, so that they type nothing."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if limited:
        return limited
    form = PasskeySignInForm(request.POST)
    if request.user.is_authenticated:
        return redirect("/")
    if not form.is_valid():
        messages.error(request, NOTHING)
        return redirect("account_login")
    try:
        factor = finish_proof(request.session, form.cleaned_data["credential"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("account_login")
    post_authentication(request, factor, passwordless=True)
    response: HttpResponse = perform_login(
        request, Login(user=factor.user, redirect_url=get_next_redirect_url(request))
    )
    return response


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for a code or a passkey of who has given the password; then sign them in, or go back to the start."""
    stage = find_stage(request)
    if stage is None:
        return redirect("account_login")
    if "cancel" in request.POST:
        clear_login(request)
        return redirect("account_login")
    person = stage.login.user
    form = SecondStepForm(request, person, post_data(request))
    if form.is_valid():
        post_authentication(request, form.factor)
        answer: HttpResponse = stage.exit()
        return answer
    return render_form(
        request,
        "account/second_step.html",
        form,
        person=person,
        has_codes=has_codes(person),
        has_passkeys=is_available() and list_keys(person).exists(),
    )
