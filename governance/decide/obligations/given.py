"""What was given as evidence of an obligation, and every word on it, with links to what the texts name."""

import re
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.templatetags.ui import prose
from governance.decide.grounds.queries import find_addresses
from governance.decide.obligations.models import Discharge, EvidenceCheck
from governance.decide.obligations.queries import Obligation
from projects.models import Project

#: What may be the reference of a decision, a requirement, a risk or a campaign.
REFERENCE = re.compile(r"\b[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,12})*-[0-9]{1,6}\b")
#: Most references of a text that become links.
MOST = 50


@dataclass(frozen=True)
class Given:
    """An answer with its text, in which references are links, and the words on it."""

    answer: Discharge
    text: SafeString
    words: list[EvidenceCheck]


def list_given(obligation: Obligation) -> list[Given]:
    """List the answers to an obligation, the last one last."""
    rows = Discharge.objects.filter(project=obligation.project, role=obligation.role, duty=obligation.duty.code)
    rows = rows.filter(key=obligation.key).select_related("answered_by", "document__document").order_by("attempt")
    words: dict[int, list[EvidenceCheck]] = {}
    for word in EvidenceCheck.objects.filter(discharge__in=rows).select_related("checked_by").order_by("pk"):
        words.setdefault(word.discharge_id, []).append(word)
    for row in rows:
        row.project = obligation.project
    return [Given(row, link_references(obligation.project, row.note), words.get(row.pk, [])) for row in rows]


def link_references(project: Project, text: str) -> SafeString:
    """Render a text as paragraphs in which the references of rows of the project are links."""
    addresses = find_addresses(project, [*dict.fromkeys(REFERENCE.findall(text))][:MOST])

    def link(found: re.Match[str]) -> str:
        address = addresses.get(found[0])
        return format_html('<a href="{}">{}</a>', address, found[0]) if address else found[0]

    return mark_safe(REFERENCE.sub(link, prose(text)))  # noqa: S308 — paragraphs are escaped, and so are the links
