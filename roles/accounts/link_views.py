"""Views that mail a link: to sign in from another browser, however often strangers guessed, or to choose a password.

Both answer the same for every address, and whether a mail leaves or not.
"""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import PasswordResetView
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.pages.form_views import post_data, render_form
from roles.accounts.forms import LinkForm
from roles.accounts.limits import (
    LINK_SECONDS,
    AskedTooOften,
    build_link_token,
    find_by_link,
    know_browser,
    may_mail_link,
)
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
    try:
        is_mailed = may_mail_link(request, email, "sign_in_link")
    except AskedTooOften:
        return _refuse(request)
    if is_mailed and (person := User.objects.filter(email__iexact=email, is_active=True).first()):
        link = settings.BASE_URL + reverse("account_sign_in_from_here", args=[build_link_token(person)])
        context = {"user": person, "link": link, "until": timezone.now() + timedelta(seconds=LINK_SECONDS)}
        with translation.override(person.language or settings.LANGUAGE_CODE):
            get_adapter().send_mail("account/email/sign_in_link", person.email, context)
    return redirect("account_reset_password_done")


class ForgottenPasswordView(PasswordResetView):  # type: ignore[misc]
    """Mail a link to choose a password."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Mail the link unless enough were mailed; the answer is the same."""
        try:
            is_mailed = may_mail_link(self.request, form.cleaned_data["email"], "reset_link")
        except AskedTooOften:
            return _refuse(self.request)
        response: HttpResponse = super().form_valid(form) if is_mailed else redirect(self.get_success_url())
        return response


def _refuse(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = ratelimit.respond_429(request)
    return response


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
