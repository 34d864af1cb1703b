"""Pages of the decision list of a session: read it, settle it, rectify a line, its files."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can, reader
from core.files.papers.files import MEDIA, answer_paper
from core.pages.refusals.exceptions import MovedOn
from governance.decide.obligations.working_days import read_calendar
from governance.sessions.lists import services
from governance.sessions.lists.content import build_content
from governance.sessions.lists.forms import RectifyForm
from governance.sessions.lists.models import DecisionList
from governance.sessions.lists.paper import build_paper, list_parts
from governance.sessions.sittings.enums import SessionState
from governance.sessions.sittings.models import Session
from projects.form_views import RowActView, get_row_or_404

HELD = {SessionState.OPEN, SessionState.CLOSED}


@require_GET
def decision_list(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the settled list of a session, or what it would say now."""
    session, settled = _get(request, session_id)
    content = settled.content if settled else build_content(session, reader(request))
    may_settle = session.state == SessionState.CLOSED and not settled
    context = {
        "project": session.project,
        "session": session,
        "settled": settled,
        "parts": list_parts(content),
        "due_on": read_calendar().add_working_days(session.day, session.body.list_days),
        "may_settle": may_settle and can(request.user, "governance.settle_list", session.project),
        "may_rectify": settled and can(request.user, "governance.rectify_list", session.project),
    }
    return render(request, "governance/sessions/lists/decision_list.html", context)


@require_GET
def decision_list_file(request: HttpRequest, session_id: int, kind: str) -> HttpResponse:
    """Return the settled list as a file: the stored bytes of the PDF, else the same facts in the reader's language."""
    session, settled = _get(request, session_id)
    if settled is None or kind not in MEDIA:
        raise Http404
    stem = f"{session.project.code}-{session.body.kind}-{session.number}"
    if kind == "pdf" and get_language() == session.project.language:
        header = content_disposition_header(as_attachment=False, filename=f"{stem}.pdf")
        return HttpResponse(bytes(settled.pdf), MEDIA[kind], headers={"Content-Disposition": header})
    paper = build_paper(session.project, settled.content, settled)
    return answer_paper(paper, kind, settled.acted_at, stem)


def _get(request: HttpRequest, number: int) -> tuple[Session, DecisionList | None]:
    """Return a session that was held and its newest list. Raises Http404."""
    session = get_row_or_404(request, Session, number, "body")
    if session.state not in HELD:
        raise Http404
    return session, session.lists.select_related("settled_by").order_by("-number").first()


class ListActView(RowActView):
    """An act on the list of a session."""

    model = Session
    select_related = ("body",)
    pk_url_kwarg = "session_id"
    back_label = _("Decision list")

    def get_back_url(self) -> str:
        return reverse("governance:lists:decision_list", args=[self.row.pk])


class SettleView(ListActView):
    """Settle the list, as the owner reads it here."""

    permission = "governance.settle_list"
    preview_template = "governance/sessions/lists/_list.html"
    title = button = _("Settle the decision list")
    lede = _("The list is stored with its fingerprint and sent to the members. You cannot undo this.")
    done = _("The decision list is settled.")

    def check(self) -> None:
        if self.row.state != SessionState.CLOSED or self.row.lists.exists():
            raise MovedOn(self.row)

    def get_preview(self) -> Any:
        return list_parts(build_content(self.row, self.actor))

    def act(self, data: dict[str, Any]) -> DecisionList:
        return services.settle_list(actor=self.actor, session=self.row)


class RectifyView(ListActView):
    """Rectify a line of the settled list."""

    permission = "governance.rectify_list"
    form_class: type[forms.Form] = RectifyForm
    title = _("Rectify the decision list")
    lede = _("The list stays as it was settled. A new one repeats it with your rectification.")
    button = _("Record the rectification")
    done = _("The rectification is recorded.")

    def check(self) -> None:
        if not self.row.lists.exists():
            raise MovedOn(self.row)

    def get_form_kwargs(self) -> dict[str, Any]:
        items = self.row.lists.order_by("-number")[0].content["items"]
        lines = [(item["line"], f"{item['line']}. {item['text']}") for item in items]
        return super().get_form_kwargs() | {"lines": lines}

    def act(self, data: dict[str, Any]) -> DecisionList:
        return services.rectify_list(actor=self.actor, session=self.row, **data)
