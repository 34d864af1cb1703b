"""URLs to sign in, by password or passkey and in a second step, under the names that allauth knows."""

from allauth.account.views import LoginView
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from roles.passkeys.relying_party import is_available
from roles.second_factors import views

urlpatterns = [
    path(
        "sign-in/",
        login_not_required(LoginView.as_view(extra_context={"has_passkeys": is_available})),
        name="account_login",
    ),
    path("sign-in/passkey/", views.passkey_sign_in, name="account_passkey"),
    path("sign-in/passkey/options/", views.proof_options, name="account_passkey_options"),
    path("sign-in/second-step/", views.second_step, name="mfa_authenticate"),
]
