"""What every installation has: the navigation of projects, decisions and roles, and the decisions behind a seat."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance import workspaces
from governance.decisions.models import Effect
from governance.seats import lines
from governance.workspaces import Entry

workspaces.EVERYWHERE.append(Entry(20, _("Projects"), "layers", "governance:project_list"))
workspaces.OF_PROJECT += [
    Entry(10, _("Home"), "house", "governance:project_home"),
    Entry(
        40,
        _("Decisions"),
        "gavel",
        "governance:proposal_list",
        ("governance:proposal_*", "governance:dossier*", "governance:condition_*", "governance:evidence_*"),
    ),
    Entry(50, _("Register"), "scroll-text", "governance:register", ("governance:register_*", "governance:decision_*")),
    Entry(
        60,
        _("Roles"),
        "users",
        "governance:responsibilities",
        (
            "governance:role_*",
            "governance:roles_*",
            "governance:mandate_*",
            "governance:delegation_*",
            "governance:authority",
            "governance:permissions*",
            "governance:launch*",
            "governance:interest*",
            "governance:bidder_*",
        ),
    ),
    Entry(130, _("Documents"), "files", "governance:project_documents", ("governance:document_*",)),
]
workspaces.ADMINISTRATION.append(
    Entry(10, _("Role templates"), "book-user", "governance:referential", ("governance:referential_*",))
)


def find_effects(about: Q) -> QuerySet[Effect]:
    """Return the effects of decisions on these rows."""
    return Effect.objects.filter(about).select_related("decision__project", "decision__proposal")


lines.EFFECTS.append(find_effects)
