"""Create tests, campaigns and defects on a project in acceptance."""

from typing import Any

from django.utils import timezone

from amoa.acceptance.models import build_report_content
from amoa.enums import Act
from amoa.models import AcceptanceCampaign, Defect, Deliverable
from core.acts import acting_as
from core.record.sealing import content_hash, term_of
from projects.ledger.services import record


def create_deliverable(actor: Any, project: Any) -> Deliverable:
    """Deliver something."""
    with acting_as(actor):
        code = f"D-{project.deliverables.count() + 50}"
        made = Deliverable.objects.create(project=project, code=code, name="Lot 1")
        record(act=Act.PLAN_ACCEPTANCE, actor=actor, project=project, subject=made)
    return made


def create_campaign(actor: Any, project: Any, **fields: Any) -> AcceptanceCampaign:
    """Open a campaign that checks a deliverable of its own, unless `fields` name another or none."""
    today = timezone.localdate()
    if "deliverable" not in fields:
        fields["deliverable"] = create_deliverable(actor, project)
    about = {"number": project.campaigns.count() + 1, "stage": "fitness", "title": "Fitness of lot 1"}
    with acting_as(actor):
        made = AcceptanceCampaign.objects.create(project=project, starts_on=today, ends_on=today, **about | fields)
        record(act=Act.PLAN_ACCEPTANCE, actor=actor, project=project, subject=made)
    return made


def create_defect(actor: Any, project: Any, **fields: Any) -> Defect:
    """Report an open defect, by default in a campaign of its own."""
    on = fields.pop("campaign", None) or create_campaign(actor, project)
    about = {"number": project.defects.count() + 1, "severity": "major", "title": "The alarm is not heard"}
    with acting_as(actor):
        made = Defect.objects.create(
            project=project, campaign=on, reported_by=actor, reported_at=timezone.now(), **about | fields
        )
        record(act=Act.REPORT_DEFECT, actor=actor, project=project, subject=made)
    return made


def closed_campaign_term(actor: Any, on: AcceptanceCampaign) -> str:
    """Close the campaign; return the terms of a proposal that names it."""
    on.report = build_report_content(on)
    on.hash, on.closed_at, on.closed_by = content_hash(on.report), timezone.now(), actor
    with acting_as(actor):
        on.save()
        record(act=Act.CLOSE_CAMPAIGN, actor=actor, project=on.project, subject=on, hash=on.hash)
    return term_of(on.number, on.hash)
