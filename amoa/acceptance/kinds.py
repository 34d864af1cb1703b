"""Acceptance (réception): kinds by which the owner decides on the results of a closed campaign."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from amoa.acceptance.effects import accept_passed, close_defect, revert_acceptance
from amoa.acceptance.enums import Severity
from amoa.acceptance.models import AcceptanceCampaign, Defect
from amoa.acceptance.queries import build_report, get_named_campaign, list_unsettled
from amoa.acceptance.register import UNSETTLED
from amoa.acceptance.reservations import register_triggers
from core.acts import act_time
from core.record.sealing import term_of
from governance.decide.kinds.base import Change, Need, Panel, Part, Place, Suggestion, Text
from governance.decide.kinds.fields import LONGEST_CHOICE, FrozenTerm, Terms, TermsForm
from governance.decide.kinds.kinds import LaunchedKind
from governance.decide.kinds.registry import register
from governance.decide.kinds.snapshots import Figure, Item, Snapshot, needs_snapshot
from governance.enums import ACCEPTANCES, OTHER_ANSWERS
from projects.models import Project
from projects.seats.mandates.holders import providers
from roles.enums import DecisionKind
from roles.models import User

MOST_RESERVATIONS = 20
NOT_OUR_CAMPAIGN = _("This campaign is not one of the project's, or is not closed.")
NO_CAMPAIGN = _("Choose the closed campaign whose results are accepted.")
NO_DELIVERABLE = _("This campaign names no deliverable: open a campaign that checks a deliverable, and close it.")


class CampaignTerm(FrozenTerm):
    """Choice of a closed campaign of the project."""

    called = _("campaign %(number)s")

    def frozen(self, project: Project) -> list[tuple[str, Any]]:
        closed = project.campaigns.filter(closed_at__isnull=False).order_by("-number")[:LONGEST_CHOICE]
        return [
            (term_of(campaign.number, campaign.hash), f"{campaign.number} · {campaign.title}") for campaign in closed
        ]


class AcceptanceForm(TermsForm):
    """Choose the closed campaign whose results the owner decides on."""

    campaign = CampaignTerm(label=_("Acceptance campaign"), required=False)


class AcceptancePart(Part):
    """Effect on a campaign: the requirements that passed are accepted."""

    field = "acceptance"
    subject = AcceptanceCampaign
    named = "title"
    done = _("Requirements that passed are accepted: %(title)s")
    undone = _("Requirements no longer accepted: %(title)s")

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Return the requirements to verified."""
        campaign = AcceptanceCampaign.objects.get(pk=effect.subject_id)
        revert_acceptance(campaign)
        yield Change(campaign, effect.field, effect.after, "")


class AcceptanceKind(LaunchedKind):
    """Decision on the results of a closed campaign; requirements that passed all tests are accepted."""

    evidence = _("The report of the campaign, with its defects.")
    form = AcceptanceForm
    needed_terms: ClassVar = {"campaign": NO_CAMPAIGN}
    needs = (
        Need(
            """EXISTS (SELECT FROM public.amoa_acceptancecampaign c
                       WHERE c.project_id = file.project_id AND c.closed_at IS NOT NULL
                         AND c.deliverable_id IS NOT NULL AND c.number || ':' || c.hash = NEW.terms ->> 'campaign')""",
            "An acceptance has a deliverable and a closed campaign",
        ),
        Need(needs_snapshot("defects"), "An acceptance is submitted with the defects that are not settled"),
    )
    outcomes = (*ACCEPTANCES, *OTHER_ANSWERS)
    parts: ClassVar[tuple[Part, ...]] = (AcceptancePart(),)
    suggests = _(
        "The open defects of the campaign are listed below. Anything without a reservation counts as accepted."
    )

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Refuse a campaign that is open, of another project, or of no deliverable."""
        gaps = super().gaps(content, project)
        if content.terms.get("campaign") and (fault := _find_fault(project, content.terms)):
            gaps["terms-campaign"] = str(fault)
        return gaps

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Refuse an earlier text that names no campaign."""
        named = content.terms.get("campaign")
        return [*super().obstacles(content, project), *([] if named else [str(NO_CAMPAIGN)])]

    def changes(self, terms: Terms) -> frozenset[str]:
        """Add the field `acceptance` when a campaign is named."""
        return super().changes(terms) | ({"acceptance"} if "campaign" in terms else set())

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Accept the requirements that passed their tests."""
        campaign = get_named_campaign(project, content.terms)
        if campaign is None or not campaign.deliverable_id:
            raise ValidationError(str(_find_fault(project, content.terms)))
        accept_passed(campaign)
        yield Change(campaign, "acceptance", "", campaign.title)
        yield from super().apply(project, content, actor)

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        named = get_named_campaign(proposal.project, content.terms) if place == Place.BEFORE else None
        if named and (report := build_report(named)):
            yield Panel("amoa/acceptance/_campaign_report.html", {"report": report, "project": proposal.project})
        yield from super().panels(place, proposal, content)

    def snapshots(self, content: Any, project: Project) -> Iterator[Snapshot]:
        if campaign := get_named_campaign(project, content.terms):
            heading = _("Unsettled defects of campaign %(number)s") % {"number": campaign.number}
            yield Snapshot("defects", str(heading), tuple(_count_defects(project, campaign)))
        yield from super().snapshots(content, project)

    def suggest_conditions(self, proposal: Any) -> list[Suggestion]:
        """Suggest the unsettled defects of the campaign as reservations, the worst first."""
        campaign = get_named_campaign(proposal.project, proposal.current.terms) if proposal.current else None
        defects = list_unsettled(campaign)[:MOST_RESERVATIONS] if campaign else []
        role = next((seat.role.code for seat in providers(proposal.project)), "") if defects else ""
        return [
            Suggestion(defect, str(defect), defect.reference, defect.get_severity_display(), role) for defect in defects
        ]

    def on_lift(self, condition: Any) -> None:
        if condition.subject == Defect._meta.label_lower:
            close_defect(condition.subject_id, act_time())

    def describe_lifting(self, condition: Any) -> str:
        if condition.subject != Defect._meta.label_lower:
            return ""
        return _("Defect %(reference)s is closed with it.") % {"reference": condition.about}


def _count_defects(project: Project, campaign: AcceptanceCampaign) -> Iterator[Figure]:
    """Yield one figure for each severity, with the references of the unsettled defects."""
    path = reverse("amoa:acceptance:defect_list", args=[project.code])
    for severity in Severity:
        items = tuple(Item(defect.reference) for defect in list_unsettled(campaign) if defect.severity == severity)
        link = f"{path}?{urlencode({'state': UNSETTLED, 'severity': severity.value})}"
        yield Figure(severity.value, capfirst(str(severity.label)), str(len(items)), None, items, link)


def _find_fault(project: Project, terms: Terms) -> Text | None:
    """Return why nothing can be accepted with these terms; None when it can."""
    if not terms.get("campaign"):
        return NO_CAMPAIGN
    campaign = get_named_campaign(project, terms)
    if campaign is None:
        return NOT_OUR_CAMPAIGN
    return None if campaign.deliverable_id else NO_DELIVERABLE


for code in (DecisionKind.INTERIM_ACCEPTANCE, DecisionKind.ACCEPTANCE):
    register(AcceptanceKind(code))
register_triggers()
