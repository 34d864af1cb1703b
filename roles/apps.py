"""App configuration of roles."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from core.access import OWN_HAND


class RolesConfig(AppConfig):
    name = "roles"
    verbose_name = _("Roles and accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Note each sign-in, as a proof and in the log; ask for a recent one before acts by one's own hand."""
        proofs = import_module("roles.reauthentication.proofs")
        user_logged_in.connect(proofs.note_sign_in, dispatch_uid="note_sign_in")
        import_module("roles.accounts.sign_in_log").connect()
        OWN_HAND.append(proofs.ensure_recent_proof)
