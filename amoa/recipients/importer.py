"""Import of the recipient groups."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from amoa.recipients.forms import GroupForm
from amoa.recipients.services import save_group
from projects.imports.registry import Batch, Importer, column, register
from projects.models import Project, RecipientGroup

DEGREES = {
    "low": "low|faible|bas|basse|limite|limitee",
    "medium": "medium|moyen|moyenne|modere|moderee",
    "high": "high|fort|forte|eleve|elevee|haut|haute",
}


@register
class RecipientImporter(Importer[RecipientGroup]):
    """Recipient groups, matched by their name."""

    name = "recipients"
    title = _("Import recipient groups")
    back_label = _("Recipients")
    back_url_name = "amoa:recipients:recipient_list"
    permission = "amoa.describe_group"
    keys = (("name",),)
    synonyms = {"interest": DEGREES, "influence": DEGREES}
    note = "practice"
    columns = (
        column("name", _("Name"), "name|nom|group|groupe|recipients|destinataires|population|public|intitule"),
        column("size", _("Number of people"), "size|number|headcount|effectif|effectifs|nombre|taille"),
        column("place", _("Place"), "place|site|lieu|localisation|location"),
        column("practice", _("Current practice"), "practice|pratique|pratique actuelle|usages|description"),
        column("interest", _("Interest"), "interest|interet"),
        column("influence", _("Influence"), "influence|pouvoir|power"),
        column("attitude", _("Attitude"), "attitude|position|adhesion"),
        column("accessibility", _("Accessibility needs"), "accessibility|accessibilite|handicap"),
        column("languages", _("Language needs"), "languages|langues|langue"),
    )

    def build_form(self, project: Project) -> GroupForm:
        return GroupForm(project=project)

    def list_rows(self, project: Project) -> Iterable[RecipientGroup]:
        return project.recipient_groups.order_by("name")

    def create(self, batch: Batch, fields: dict[str, Any]) -> RecipientGroup:
        row = RecipientGroup(project=batch.project)
        save_group(row, fields)
        return row

    def change(self, batch: Batch, row: RecipientGroup, fields: dict[str, Any]) -> None:
        row.project = batch.project
        save_group(row, fields)
