"""Decision kind: choose the solution provider among the bidders, for an amount, and name who takes its role."""

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.decide.kinds.base import Change, Kind, Need, Panel, Place
from governance.decide.kinds.fields import ChoiceTerm, PersonTerm, TermsForm
from governance.enums import APPROVALS
from projects.models import Project
from roles.enums import Authority
from roles.models import User

NO_BIDDER = _("Select the bidder. Add it on the page of bidders first.")
NO_AMOUNT = _("Enter the amount that the choice commits.")
NO_HOLDER = _("Enter the person who takes the role of solution provider.")


class BidderTerm(ChoiceTerm):
    """A bidder of the project, by the name of its organisation."""

    def offer(self, project: Project) -> None:
        names = project.bidders.order_by("organisation__name").values_list("organisation__name", flat=True)
        self.choices = [("", "—"), *((name, name) for name in names)]

    def link(self, project: Project) -> str:
        return reverse("projects:interests:interests", args=[project.code])


class SupplierForm(TermsForm):
    """The bidder, and who takes the role of the provider."""

    bidder = BidderTerm(label=_("Bidder chosen"), required=False)
    holder = PersonTerm(
        label=_("Person who takes the role of solution provider"),
        required=False,
        help_text=_("Enter a name or an email address. The owner appoints this person once the choice is approved."),
    )


class SupplierKind(Kind):
    """Choose the provider. The role itself is given by the owner afterwards, on the page of the mandates."""

    evidence = _("The analysis of the offers.")
    form = SupplierForm
    differing = ("bidder", "holder")
    needed_terms: ClassVar = {"bidder": NO_BIDDER, "holder": NO_HOLDER}
    needs = (
        Need(
            """EXISTS (SELECT FROM public.projects_bidder b JOIN public.roles_organisation o ON o.id = b.organisation_id
                       WHERE b.project_id = file.project_id AND o.name = NEW.terms ->> 'bidder')""",
            "A choice of provider names a bidder of its project",
        ),
        Need("NEW.amount > 0", "A choice of provider has an amount"),
        Need(
            "EXISTS (SELECT FROM public.roles_user u WHERE u.key::text = NEW.terms ->> 'holder')",
            "A choice of provider names who takes the role",
        ),
    )

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require a bidder of the project, an amount and a person."""
        gaps = super().gaps(content, project)
        if not project.bidders.filter(organisation__name=content.terms.get("bidder", "")).exists():
            gaps["terms-bidder"] = str(NO_BIDDER)
        return gaps if content.amount else gaps | {"amount": str(NO_AMOUNT)}

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Refuse an earlier text without a bidder, an amount or a person."""
        return [*super().obstacles(content, project), *self.gaps(content, project).values()]

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Refuse an earlier text that lacks something, then apply the additions."""
        if obstacles := self.obstacles(content, project):
            raise ValidationError(obstacles)
        yield from super().apply(project, content, actor)

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Offer the appointment once the choice is approved and the role is not given yet."""
        answer = proposal.answer if place == Place.BEFORE else None
        if answer and answer.outcome in APPROVALS and "holder" in content.terms:
            yield from self._offer_appointment(proposal.project, self.display("holder", content.terms["holder"]))
        yield from super().panels(place, proposal, content)

    @staticmethod
    def _offer_appointment(project: Project, person: User) -> Iterator[Panel]:
        role = next((role for role in project.roles() if role.delivers), None)
        given = project.mandates.active().filter(holder=person, authority=Authority.DELIVERS)
        if role and not given.exists():
            address = reverse("projects:appointments:mandate_appoint", args=[project.code])
            query = urlencode({"role": role.code, "email": person.key})
            about = {"role": role, "person": person, "address": f"{address}?{query}"}
            yield Panel("governance/decide/kinds/_appointment.html", about, "projects.appoint")
