"""How a feed names proposals, mandates, documents, groups and obligations, and links to their pages."""

from collections.abc import Callable
from typing import Any

from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse

from core.sql.references import plain_reference, reference
from governance.life.actions.sources import SOURCES
from governance.workspace_registry import EVENT_SUBJECTS, EventSubject


def to_row(view: str) -> Callable[[str, str], str]:
    """Return a link to the page `view` of a row."""
    return lambda target, code: reverse(view, args=[target])


def to_project(view: str) -> Callable[[str, str], str]:
    """Return a link to the page `view` of the project."""
    return lambda target, code: reverse(view, args=[code])


SOURCES |= {
    "governance.proposal": "project",
    "governance.condition": "decision__project",
    "governance.session": "project",
}
MANDATES = to_project("projects:mandates:mandate_list")
OBLIGATION: dict[str, Any] = {"code": "duty", "link": to_project("governance:obligations:obligation_list")}

EVENT_SUBJECTS |= {
    "governance.proposal": EventSubject(
        code=reference("P", "number"),
        title=Coalesce("current__title", "draft__title"),
        link=to_row("governance:dossier:dossier"),
    ),
    "governance.condition": EventSubject(
        code=reference("D", "decision__number", "decision__project__prefix"),
        title="text",
        target="decision__proposal",
        link=to_row("governance:dossier:dossier"),
    ),
    "governance.action": EventSubject(
        code=plain_reference("ACT-"), title="text", link=to_row("governance:actions:action")
    ),
    "governance.session": EventSubject(
        code=Concat(F("body__name"), Value(" "), Cast("number", TextField()), output_field=TextField()),
        title="day",
        link=to_row("governance:sittings:session"),
    ),
    "projects.mandate": EventSubject(code="role__code", title="holder__name", link=MANDATES),
    "projects.delegation": EventSubject(title="delegate__name", link=MANDATES),
    "governance.independencemark": EventSubject(
        code="mandate__role__code", title="mandate__holder__name", link=MANDATES
    ),
    "projects.competence": EventSubject(title="mandate__holder__name", link=MANDATES),
    "projects.documentversion": EventSubject(
        title="document__name",
        target=Concat(Cast("document", TextField()), Value("/"), Cast("number", TextField()), output_field=TextField()),
        link=lambda target, code: reverse("governance:evidence:document_version", args=target.split("/")),
    ),
    "projects.bidder": EventSubject(title="organisation__name", link=to_project("projects:interests:interests")),
    "projects.interest": EventSubject(title="person__name", link=to_project("projects:interests:interests")),
    "projects.matrix": EventSubject(link=to_project("governance:responsibilities:responsibilities")),
    "governance.discharge": EventSubject(**OBLIGATION),
    "governance.evidencecheck": EventSubject(code="discharge__duty", link=OBLIGATION["link"]),
}
