"""Import of mandates: roles given to people who have an account. Each leaves its own event, which proves the seat."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from projects.imports.registry import Batch, Importer, column, register
from projects.project.models import Project
from projects.seats.mandates.forms import AppointForm
from projects.seats.mandates.models import INSTANT, Mandate
from projects.seats.mandates.services import build_period, create_appointment, ensure_eligible, role_on
from roles.models import User


@register
class MandateImporter(Importer[Mandate]):
    """Mandates, matched by role, person and group; one that is there is ended on its page, never changed."""

    name = "mandates"
    title = _("Import mandates")
    back_label = _("Roles")
    back_url_name = "projects:mandates:mandate_list"
    permission = "projects.appoint"
    keys = (("role", "email", "group"), ("role", "email"))
    addresses = frozenset({"email"})
    changes_rows = False
    columns = (
        column("role", _("Role"), "role|role code|code|fonction|function"),
        column("email", _("Person, by email address"), "email|e mail|mail|courriel|adresse|person|personne|titulaire"),
        column("starts_on", _("From"), "from|start|starts on|du|debut|date de debut|a compter du"),
        column("ends_on", _("Last day"), "last day|end|ends on|to|au|fin|date de fin|jusqu au"),
        column("group", _("Recipient group"), "group|recipient group|groupe|groupe de destinataires|destinataires"),
        column("champion", _("Champion of the group"), "champion|ambassadeur|relais"),
    )

    def build_form(self, project: Project) -> AppointForm:
        return AppointForm(project=project)

    def list_rows(self, project: Project) -> Iterable[Mandate]:
        """List the mandates that are in force or to come, without the owner's."""
        rows = project.mandates.filter(taken_back=False).select_related("role", "holder").order_by("role__code", "pk")
        now = timezone.now()
        return [row for row in rows if not row.role.decides and (row.ends_at is None or row.ends_at > now)]

    def get_value(self, row: Mandate, name: str) -> Any:
        if name == "starts_on":
            return timezone.localdate(row.starts_at)
        if name == "ends_on":
            return timezone.localdate(row.ends_at - INSTANT) if row.ends_at else None
        typed = {"role": row.role.code, "email": row.holder.email}
        return typed[name] if name in typed else getattr(row, name)

    def ensure_line(self, actor: User, project: Project, fields: Mapping[str, Any], row: Mandate | None) -> None:
        """Refuse a person who cannot have the role in that period."""
        period = build_period(fields["starts_on"] or act_time(), fields["ends_on"])
        ensure_eligible(actor, project, role_on(project, fields["role"]), fields["email"], period)

    def create(self, batch: Batch, fields: dict[str, Any]) -> Mandate:
        return create_appointment(
            batch.actor,
            batch.project,
            role_on(batch.project, fields["role"]),
            fields["email"],
            (fields["starts_on"], fields["ends_on"]),
            fields["group"],
            champion=fields["champion"],
        )
