"""Decision record as a page and as a PDF."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from core.access import can
from governance.decide.decisions.models import Decision
from governance.decide.independence.models import IndependenceMark
from governance.decide.independence.queries import read_marks
from governance.record.acknowledgements.queries import get_audience
from governance.record.records.facts import build_record, set_project_then
from governance.record.records.pdf import render_pdf
from governance.record.records.queries import find_stored, list_downloads
from projects.models import Project
from projects.organisation_settings.queries import organisation


def get_decision_or_404(request: HttpRequest, decision_id: int) -> Decision:
    """Return the decision; 404 when absent or hidden from this reader."""
    readable = Decision.objects.readable_by(request.user).with_record()
    return get_object_or_404(readable, pk=decision_id)


@require_GET
def record(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Render the record in the reader's language, with what happened to the decision since."""
    decision = get_decision_or_404(request, decision_id)
    readers = get_audience(decision)
    built = build_record(decision, get_language() or organisation().language, decision.dispute)
    context = {
        "project": Project.objects.visible_to(request.user).filter(pk=decision.project_id).first(),
        "decision": decision,
        "audience": readers,
        "has_read": request.user.pk in {confirmation.reader_id for confirmation in readers.confirmations},
        "may_read": can(request.user, "governance.acknowledge", decision),
        "record": built,
        "late_marks": list_late_marks(decision),
        "may_dispute": decision.decided_by_id == request.user.pk and decision.dispute is None,
        "downloads": list_downloads(decision),
        "today": timezone.localdate(),
        "who_could": authority_address(decision),
    }
    return render(request, "governance/record/records/record_page.html", context)


def list_late_marks(decision: Decision) -> list[tuple[str, IndependenceMark]]:
    """List the marks that its opinions got after the decision, with the role."""
    opinions = decision.revision.opinions.all()
    marks = read_marks(opinions)
    by_role = [(opinion.role, mark) for opinion in opinions for mark in marks.get(opinion.pk, ())]
    return [(role, mark) for role, mark in by_role if mark.acted_at > decision.acted_at]


def authority_address(decision: Decision) -> str:
    """Return the address of the page that shows who could take this decision at that millisecond, and why."""
    at = timezone.localtime(decision.acted_at)
    kind = decision.proposal.delegable_kind_of(decision.revision)
    query = {"on": at.date().isoformat(), "at": at.time().isoformat("milliseconds"), "kind": kind}
    amounts = [amount for amount in (decision.revision.amount, decision.content.amount) if amount is not None]
    if amounts:
        query["amount"] = str(max(amounts))
    return f"{reverse('projects:mandates:authority', args=[decision.project.code])}?{urlencode(query)}"


@require_GET
def record_pdf(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Return the PDF in the language `lang`, else in the working language of the project.

    Of a disputed decision it tells the dispute, unless `first` asks for the one as first made. It is the stored one,
    byte for byte; until the worker has stored it, one made for this answer and not stored.
    """
    decision = get_decision_or_404(request, decision_id)
    requested = request.GET.get("lang", "")
    language = requested if requested in dict(settings.LANGUAGES) else decision.project.language
    dispute = None if "first" in request.GET else decision.dispute
    stored = find_stored(decision, language, tells_dispute=dispute is not None)
    content = bytes(stored.content) if stored else render_pdf(build_record(decision, language, dispute))
    name = f"{set_project_then(decision).code}-{decision.reference}-{language}.pdf"
    disposition = content_disposition_header(as_attachment=False, filename=name)
    return HttpResponse(content, "application/pdf", headers={"Content-Disposition": disposition})
