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
        import_module("projects.interests.refusals")
        import_module("projects.credentials.holds")
        import_module("projects.replacements.holds")
        import_module("projects.replacements.mails")
        import_module("projects.credentials.session_proofs")
        import_module("projects.administrators.holds")
        import_module("projects.addresses.mails")
        import_module("projects.administrators.mails")
        import_module("projects.mandates.mails")
        import_module("projects.people.resets")
        import_module("projects.proof_notices.mails")
        import_module("projects.vouching.mails")
        import_module("projects.vouching.hand_notices")
        import_module("projects.sign_in_provider.completion")
        import_module("projects.ledger.row_seals").seal_every_table()
