"""Acts on organisations and the links between them, in the chain of the organisation."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.record.meaning import is_meaningful
from projects.independence.judging import judge_soon
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation, record
from projects.seats.organisations.enums import LinkKind
from projects.seats.organisations.models import OrganisationLink
from roles.models import Organisation, User


@act("projects.keep_organisation")
def add_organisation(*, actor: User, name: str) -> Organisation:
    """Add an organisation. Raises ValidationError when the name is taken ("name")."""
    return _name(Organisation(), name)


@act("projects.keep_organisation")
def rename_organisation(*, actor: User, organisation: Organisation, name: str) -> Organisation:
    """Rename an organisation; its history keeps the earlier name. Raises ValidationError as `add_organisation`."""
    return _name(organisation, name)


def _name(organisation: Organisation, name: str) -> Organisation:
    chain = lock_organisation()
    if Organisation.objects.filter(name__iexact=name).exclude(pk=organisation.pk).exists():
        raise ValidationError({"name": _("Another organisation has this name.")})
    organisation.name = name
    organisation.save()
    record(Act.KEEP_ORGANISATION, organisation, project=chain, organisation=organisation.pk)
    return organisation


@act("projects.link_organisations")
def link_organisations(
    *,
    actor: User,
    organisation: Organisation,
    kind: LinkKind,
    other: Organisation,
    starts_on: date,
    source: str,
    ends_on: date | None = None,
) -> OrganisationLink:
    """Record that `organisation` belongs to the group `other`, or is its subcontractor, and where this is known from.

    Raises ValidationError on the same organisation twice, an end before the start, and a link that is recorded already.
    """
    chain = lock_organisation()
    link = OrganisationLink(
        organisation=organisation,
        kind=kind,
        other=other,
        starts_on=starts_on,
        ends_on=ends_on,
        source=source.strip(),
        recorded_by=actor,
        acted_at=act_time(),
    )
    if not is_meaningful(link.source):
        raise ValidationError({"source": _("Enter the source.")})
    link.validate_constraints()
    link.save()
    record(
        Act.LINK_ORGANISATIONS,
        link,
        project=chain,
        organisation=organisation.pk,
        kind=kind,
        other=other.pk,
        start=starts_on,
        end=ends_on or "",
    )
    judge_soon()
    return link


@act("projects.end_link")
def end_link(*, actor: User, link: OrganisationLink, ends_on: date) -> OrganisationLink:
    """Record the last day of a link, once. Raises ValidationError when it has one, or before its first day."""
    chain = lock_organisation()
    link = OrganisationLink.objects.select_for_update().get(pk=link.pk)
    if link.ends_on:
        raise ValidationError({"ends_on": _("The last day of this link is already recorded.")})
    link.ends_on = ends_on
    link.validate_constraints()
    link.save()
    record(Act.END_LINK, link, project=chain, end=ends_on)
    judge_soon()
    return link
