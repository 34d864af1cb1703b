"""Views of the link that lets a person sign in from another browser, however often strangers guessed their password."""

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.form_views import post_data, render_form
from roles.accounts.forms import LinkForm
from roles.accounts.limits import build_link_token, find_by_link, know_browser
from roles.accounts.models import User


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """Mail the link to the address of an open account; the answer is the same for every address."""
    form = LinkForm(post_data(request))
    if not form.is_valid():
        return render_form(request, "account/sign_in_link.html", form)
    email = form.cleaned_data["email"]
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password", key=email.lower())
    if limited:
        return limited
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if person:
        link = settings.BASE_URL + reverse("account_sign_in_from_here", args=[build_link_token(person)])
        with translation.override(person.language or settings.LANGUAGE_CODE):
            get_adapter().send_mail("account/email/sign_in_link", person.email, {"link": link})
    return redirect("account_reset_password_done")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_from_here(request: HttpRequest, token: str) -> HttpResponse:
    """Make this browser a known one of the person, who then signs in as ever."""
    person = find_by_link(token)
    if person is None or request.method == "GET":
        return render_form(request, "account/sign_in_from_here.html", None, is_refused=person is None)
    messages.success(request, _("You can sign in from this browser."))
    response = redirect("account_login")
    know_browser(request, response, person)
    return response
