"""Pages of the earlier decisions: the list, one of them, and the form that writes one."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_GET

from core.access import can
from core.pages.form_views import Text
from core.pages.refusals.views import Conflict
from core.record.sealing import parse_term
from governance.decide.kinds.registry import kinds
from governance.decide.proposals.models import Proposal
from governance.enums import Outcome
from governance.record.earlier_decisions import queries, services
from governance.record.earlier_decisions.filters import Filter, get_page
from governance.record.earlier_decisions.forms import EarlierDecisionForm
from governance.record.earlier_decisions.models import EarlierDecision
from projects.form_views import RowFormView, get_row_or_404
from projects.models import Project
from projects.shortcuts import get_project_or_404
from roles.enums import TAKE_OVER


@require_GET
def earlier_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the earlier decisions by date, filtered by words, kind, outcome and period."""
    project = get_project_or_404(request, code)
    chosen, take_over = Filter.from_query_string(request.GET), queries.find_take_over(project)
    page, successors = get_page(chosen, project, request.GET.get("after", "")), queries.find_successors(project)
    term = queries.read_list(project)
    context = {
        "project": project,
        "asked": chosen,
        "rows": [{"earlier": row, "successor": successors.get(row.pk)} for row in page.rows],
        "next_key": page.next_key,
        "found": chosen.rows(project).count() if chosen.is_narrow else None,
        "total": project.earlier_decisions.count(),
        "listed": parse_term(term)[0],
        "fingerprint": parse_term(term)[1],
        "take_over": take_over,
        "kinds": [(kind.code, kind.label) for kind in kinds()],
        "outcomes": Outcome.choices,
        "may_write": take_over is None and can(request.user, "governance.write_earlier", project),
        "proposal": None if take_over else _address_of_take_over(request, project, term),
    }
    return render(request, "governance/record/earlier_decisions/earlier_list.html", context)


@require_GET
def earlier_decision(request: HttpRequest, earlier_id: int) -> HttpResponse:
    """Show an earlier decision, what replaced it, and the decisions that cite it."""
    row = get_row_or_404(request, EarlierDecision, earlier_id)
    project, take_over, successor = row.project, queries.find_take_over(row.project), queries.find_successor(row)
    may_replace = take_over and not successor and not row.left_out and can(request.user, "governance.propose", project)
    with override(project.language):
        replaces, cites = (word % {"number": row.number} for word in (queries.REPLACES, queries.CITES))
    context = {
        "project": project,
        "earlier": row,
        "take_over": take_over,
        "successor": successor,
        "citing": queries.list_citing(row),
        "may_write": take_over is None and can(request.user, "governance.write_earlier", project),
        "cites": str(cites) if take_over and not successor and not row.left_out else "",
        "replaces": urlencode({"replaces": str(replaces)}) if may_replace else "",
    }
    return render(request, "governance/record/earlier_decisions/earlier_decision.html", context)


class EarlierDecisionFormView(RowFormView):
    """Write an earlier decision, until the owner has taken the list over."""

    model = EarlierDecision
    pk_url_kwarg = "earlier_id"
    permission = "governance.write_earlier"
    form_class = EarlierDecisionForm
    service = staticmethod(services.write_earlier)
    conflicts = (services.TakenOver,)
    new_title = _("Add an earlier decision")
    lede = _("A decision taken before Ouvrage, as recorded in the former register. The owner takes over the list once.")
    button = _("Save the earlier decision")
    done = _("The earlier decision is saved.")
    back_label = _("Earlier decisions")
    back_url_name = "governance:earlier_decisions:earlier_list"

    def get_title(self) -> Text:
        """Return the title; that of a change contains the number."""
        return _("Edit the earlier decision %(number)s") % {"number": self.row.number} if self.row else self.new_title

    def check(self) -> None:
        """Raise TakenOver once the owner has taken the list over."""
        services.ensure_to_take_over(self.project)

    def get_conflict(self, error: Exception) -> Conflict:
        title = _("The former register is taken over")
        return Conflict(title, services.TAKEN_OVER, self.get_back_url(), _("Read the earlier decisions"))


def _address_of_take_over(request: HttpRequest, project: Project, term: str) -> str:
    """Return the address of a new proposal that takes the list over; empty when it is empty, or for other readers."""
    intended: Any = Proposal(project=project, kind=TAKE_OVER)
    if not parse_term(term)[0] or not can(request.user, "governance.propose", intended):
        return ""
    query = urlencode({"kind": TAKE_OVER, "earlier_decisions": term})
    return f"{reverse('governance:proposals:proposal_new', args=[project.code])}?{query}"
