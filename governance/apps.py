from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = _("Decision files")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the permission tables of this app, what its refusals say, and how its notices name an outcome."""
        import_module("roles.access").discover(self.name)
        import_module("governance.interests.refusals")
        outcomes = import_module("governance.enums").Outcome.choices
        import_module("governance.notices.models").DETAIL_LABELS.update(outcomes)
