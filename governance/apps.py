from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = _("Decision files")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register workspaces, kinds, remarks on refusals, mails, guards of erasures, labels of outcomes and moves."""
        autodiscover_modules("workspace")
        import_module("governance.erasure.guards").watch_erasable()
        import_module("governance.facts.refusals")
        import_module("governance.decisions.option_notices")
        import_module("governance.decisions.review_notices")
        import_module("governance.disputes.links")
        import_module("governance.lapses.mails")
        import_module("governance.proposals.mails")
        outcomes = import_module("governance.enums").Outcome.choices
        settled = import_module("governance.moves.enums").MoveState.choices
        carried = import_module("governance.carry_overs.enums").CarryOverState.choices
        import_module("projects.notices.models").DETAIL_LABELS.update([*outcomes, *settled, *carried])
        import_module("governance.kinds.registry").autodiscover()
        import_module("governance.states.ended").guard_every_table()
