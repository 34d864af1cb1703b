"""URLs to sign out and reset a password by mail. No sign-up: administrators create the accounts."""

from allauth.account import views
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from roles.accounts import link_views

urlpatterns = [
    path("sign-out/", views.logout, name="account_logout"),
    path("sign-in/link/", link_views.ask_for_link, name="account_sign_in_link"),
    path("sign-in/link/<str:token>/", link_views.sign_in_from_here, name="account_sign_in_from_here"),
    path("password/reset/", link_views.ForgottenPasswordView.as_view(), name="account_reset_password"),
    path("password/reset/sent/", login_not_required(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        login_not_required(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        login_not_required(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]
