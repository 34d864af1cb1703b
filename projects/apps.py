"""Configuration of the app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register lists of files, what a refusal says of ties, the proof of who acts, and the seals of all rows."""
        import_module("projects.imports.registry").autodiscover()
        import_module("projects.seats.interests.refusals")
        import_module("projects.people.credentials.holds")
        import_module("projects.people.replacements.holds")
        import_module("projects.people.replacements.mails")
        import_module("projects.people.credentials.session_proofs")
        import_module("projects.people.administrators.holds")
        import_module("projects.people.addresses.mails")
        import_module("projects.people.administrators.mails")
        import_module("projects.seats.mandates.mails")
        import_module("projects.people.accounts.resets")
        import_module("projects.people.administrators.proof_mails")
        import_module("projects.people.vouching.mails")
        import_module("projects.people.vouching.hand_notices")
        import_module("projects.people.sign_in_provider.completion")
        import_module("projects.ledger.row_seals").seal_every_table()
