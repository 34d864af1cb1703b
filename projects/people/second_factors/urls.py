"""URLs of one's own second factors."""

from django.urls import path

from projects.people.second_factors import views

app_name = "second_factors"
urlpatterns = [
    path("account/second-factor/", views.needed, name="factor_needed"),
    path("account/passkeys/add/", views.passkey_add, name="passkey_add"),
    path("account/passkeys/options/", views.passkey_options, name="passkey_options"),
    path("account/passkeys/<int:credential_id>/name/", views.passkey_rename, name="passkey_rename"),
    path("account/code-app/", views.code_app_add, name="code_app_add"),
    path("account/recovery-codes/", views.recovery_codes_make, name="recovery_codes_make"),
    path("account/second-factors/<int:credential_id>/remove/", views.factor_remove, name="factor_remove"),
]
