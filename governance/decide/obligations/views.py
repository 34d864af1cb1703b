"""Pages of obligations: the list by role with its progress, and those to fulfil, to check evidence and to excuse."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from core.access import can, ensure
from core.acts import act_time
from core.pages.form_views import Text
from core.pages.lists.exports import export, is_export
from core.pages.lists.pages import build_page
from core.pages.refusals.views import Conflict
from core.templatetags.ui import day
from governance.decide.obligations.ages import Freshness, judge
from governance.decide.obligations.enums import Verdict
from governance.decide.obligations.facts import get_facts_or_404
from governance.decide.obligations.forms import CheckForm, ExcuseForm, FulfilForm
from governance.decide.obligations.given import list_given
from governance.decide.obligations.listing import STANDINGS, Row, build_listing, has_standing, read_standing
from governance.decide.obligations.models import Discharge, EvidenceCheck
from governance.decide.obligations.queries import (
    Obligation,
    Progress,
    Tenure,
    count_by_role,
    derive_obligations,
    find_obligation,
    list_tenures,
    may_report_nothing,
    sort_by_date,
)
from governance.decide.obligations.registry import ROW_CONTROLS
from governance.decide.obligations.services import Settled, check_evidence, excuse, fulfil
from governance.decide.obligations.silences import load_states
from projects.form_views import ProjectFormView
from projects.models import Project
from projects.organisation_settings.queries import today
from projects.shortcuts import get_project_or_404
from roles.role_templates.content import Role


@dataclass(frozen=True)
class RoleLine:
    """A role with its holders and its progress."""

    role: Role
    tenures: list[Tenure]
    progress: Progress


@require_GET
def obligation_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the obligations of a project, by default the open ones."""
    at = act_time()
    seen = Project.objects.visible_to(request.user).select_related("matrix")
    known = get_facts_or_404(seen, code, at)
    project, found = known.project, derive_obligations(known)
    tenures, progress = list_tenures(project, at), {line.role: line for line in count_by_role(found)}
    lines = [
        RoleLine(one, tenures.get(one.code, []), progress[one.code]) for one in project.roles() if one.code in progress
    ]
    roles = [(line.role.code, f"{line.role.code} · {line.role.name}") for line in lines]
    rows = _build_rows(request, project, sort_by_date(found), tenures, judge(known, found, load_states(project)))
    listing, matching, asked = build_listing(rows, request.GET, roles, project.language)
    controls = (build(request, project, rows) for build in ROW_CONTROLS)
    listing = replace(listing, after=[*listing.after, *filter(None, controls)])
    if is_export(listing):
        return export(listing, title=_("Obligations"), of=f"{project.code} · {project.title}", stem=project.code)
    standing = read_standing(request.GET)
    context = {
        "project": project,
        "whole": Progress.of("", found),
        "uncounted": any(row.is_uncounted for row in found),
        "lines": lines,
        "asked": asked,
        "page": build_page(listing),
        "standing": standing,
        "chips": [
            (value, label, sum(has_standing(row.obligation, value) for row in matching)) for value, label in STANDINGS
        ],
    }
    return render(request, "governance/decide/obligations/obligations.html", context)


def _build_rows(
    request: HttpRequest,
    project: Project,
    obligations: list[Obligation],
    tenures: dict[str, list[Tenure]],
    ages: Mapping[tuple[str, str], Freshness],
) -> list[Row]:
    """Build the rows. One query for the answers, and one for the words on them."""
    answers = Discharge.objects.filter(pk__in=[row.answer.id for row in obligations if row.answer])
    answers = answers.select_related("answered_by", "document__document").prefetch_related(
        Prefetch("checks", EvidenceCheck.objects.order_by("pk").select_related("checked_by"))
    )
    by_pk = {answer.pk: answer for answer in answers}
    settling = not project.is_over
    may_excuse = settling and can(request.user, "governance.excuse", project)
    mine = {role for role in tenures if settling and can(request.user, "governance.fulfil", _of(project, role))}
    built = []
    for row in obligations:
        answer = by_pk.get(row.answer.id) if row.answer else None
        built.append(
            Row(
                row,
                answer,
                tenures.get(row.role, []),
                row.is_open and row.role in mine and not row.is_by_act,
                row.is_open and may_excuse,
                may_check=_may_check(request, row, answer),
                freshness=ages.get((row.role, row.duty.code)),
            )
        )
    return built


def _of(project: Project, role: str) -> Discharge:
    """Return an unsaved answer of `role`, for its permission."""
    return Discharge(project=project, role=role)


@require_GET
def obligation_evidence(request: HttpRequest, code: str, role: str, duty: str, occasion: str) -> HttpResponse:
    """Show what was given as evidence of an obligation, and every word on it."""
    project = get_project_or_404(request, code)
    found = find_obligation(project, role, duty, occasion)
    if found is None:
        raise Http404
    given = list_given(found)
    context = {
        "project": project,
        "obligation": found,
        "given": given,
        "may_check": _may_check(request, found, given[-1].answer if given else None),
        "may_fulfil": _may_fulfil(request, found),
    }
    return render(request, "governance/decide/obligations/obligation_evidence.html", context)


def _may_fulfil(request: HttpRequest, obligation: Obligation) -> bool:
    """Return whether the reader may give evidence of it by hand."""
    settling = obligation.is_open and not obligation.is_by_act and not obligation.project.is_over
    return settling and can(request.user, "governance.fulfil", _of(obligation.project, obligation.role))


def _may_check(request: HttpRequest, obligation: Obligation, answer: Discharge | None) -> bool:
    """Return whether the reader may say whether this answer was received."""
    last, project = obligation.answer, obligation.project
    if answer is None or last is None or project.is_over or not last.can_be_checked(today()):
        return False
    is_owner = can(request.user, "governance.excuse", project)
    is_asked = not last.waits_for_the_owner and answer.answered_by_id != request.user.pk
    return is_owner or (is_asked and can(request.user, "governance.check_evidence", answer))


class ObligationView(ProjectFormView):
    """An act on the obligation that the address names by role, responsibility and occasion."""

    conflicts = (Settled,)
    back_label = gettext_lazy("Obligations")
    back_url_name = "governance:obligations:obligation_list"

    def get_object(self) -> Obligation:
        """Return the obligation. Raises Http404."""
        project = get_project_or_404(self.request, self.kwargs["code"])
        found = find_obligation(project, *(self.kwargs[name] for name in ("role", "duty", "occasion")))
        if found is None:
            raise Http404
        return found

    def check(self) -> None:
        """Raise Settled on an obligation that is fulfilled or excused."""
        if not self.object.is_open:
            raise Settled(self.object)

    def get_lede(self) -> Text:
        row: Obligation = self.object
        asked = {"evidence": row.duty.evidence, "occasion": row.occasion_label}
        lede = _("Expected: %(evidence)s. Occasion: %(occasion)s.") % asked
        if row.due_on is None:
            return lede
        due = _("It was due on %(day)s.") if row.due_on < today() else _("It is due on %(day)s.")
        return f"{lede} {due % {'day': day(row.due_on)}}"

    def get_quote(self) -> Text:
        return f"{self.object.role} · {self.object}"

    def get_names(self) -> dict[str, Any]:
        """Return the arguments that name the obligation."""
        row: Obligation = self.object
        return {"project": row.project, "role": row.role, "duty": row.duty.code, "key": row.key}

    def get_conflict(self, error: Exception) -> Conflict:
        row = error.obligation if isinstance(error, Settled) else self.object
        text = _("It is “%(status)s” now. Nothing was recorded.") % {"status": row.standing.label}
        return Conflict(_("The obligation is fulfilled"), text, self.get_back_url(), _("Back to the obligations"))


class FulfilView(ObligationView):
    """Fulfil an obligation, as a holder of its role."""

    permission = "governance.fulfil"
    form_class = FulfilForm
    title = button = gettext_lazy("Fulfil the obligation")
    done = gettext_lazy("The evidence is recorded.")

    def get_done(self, result: Discharge) -> Text:
        if not result.receivers:
            return gettext_lazy("The obligation is fulfilled.")
        names = {"roles": ", ".join(result.receivers)}
        if result.check_by is None:
            return _("The evidence is recorded. It counts once %(roles)s has received it.") % names
        sentence = _("The evidence is recorded. %(roles)s has until %(day)s to look at it.")
        return sentence % {**names, "day": day(result.check_by)}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the documents of the project, and to report nothing where it is evidence."""
        given = {"project": self.project, "may_report_nothing": may_report_nothing(self.object)}
        return super().get_form_kwargs() | given

    def act(self, data: dict[str, Any]) -> Discharge:
        """Record the evidence."""
        return fulfil(actor=self.actor, **self.get_names(), **data)


class CheckView(ObligationView):
    """Say whether the last evidence was received, as its receiver or as the owner."""

    permission = "governance.check_evidence"
    preview_template = "governance/decide/obligations/_given.html"
    form_class = CheckForm
    title = button = gettext_lazy("Check the evidence")
    done = gettext_lazy("Your word on the evidence is recorded.")
    renamed: ClassVar[Mapping[str, str]] = {"is_received": "verdict"}

    answer: Discharge

    def get_object(self) -> Obligation:
        found = super().get_object()
        given = list_given(found)
        if not given:
            raise Http404
        self.given, self.answer = given, given[-1].answer
        return found

    def prepare(self) -> None:
        """Ensure the permission on the answer, then check that a word is still awaited."""
        self.object = self.get_object()
        ensure(self.request.user, "governance.check_evidence", self.answer)
        if not _may_check(self.request, self.object, self.answer):
            raise Settled(self.object)

    def get_preview(self) -> Any:
        """Return what was given, and every word on it."""
        return self.given

    def act(self, data: dict[str, Any]) -> EvidenceCheck:
        """Record the word."""
        is_received = data["verdict"] == Verdict.RECEIVED
        return check_evidence(actor=self.actor, discharge=self.answer, is_received=is_received, reason=data["reason"])


class ExcuseView(ObligationView):
    """Excuse a role from an obligation, as the owner."""

    permission = "governance.excuse"
    form_class = ExcuseForm
    title = button = gettext_lazy("Excuse the role")
    done = gettext_lazy("The role is excused.")

    def act(self, data: dict[str, Any]) -> Discharge:
        """Record the reason."""
        return excuse(actor=self.actor, **self.get_names(), **data)
