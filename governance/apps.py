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
        import_module("governance.record.erasure.guards").watch_erasable()
        import_module("governance.life.facts.refusals")
        import_module("governance.decide.decisions.option_notices")
        import_module("governance.decide.decisions.review_notices")
        import_module("governance.decide.disputes.links")
        import_module("governance.decide.lapses.mails")
        import_module("governance.decide.proposals.mails")
        import_module("governance.sessions.lists.agenda_source")
        import_module("governance.sessions.sittings.mails")
        outcomes = import_module("governance.enums").Outcome.choices
        settled = import_module("governance.life.moves.enums").MoveState.choices
        carried = import_module("governance.life.carry_overs.enums").ANSWERS
        acted = import_module("governance.life.actions.enums").STATES
        labels = [*outcomes, *settled, *carried.items(), *acted.items()]
        import_module("projects.notices.models").DETAIL_LABELS.update(labels)
        import_module("governance.decide.kinds.registry").autodiscover()
        import_module("governance.life.states.ended").guard_every_table()
