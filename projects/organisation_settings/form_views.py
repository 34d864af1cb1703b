"""Form views on the settings of the organisation."""

from typing import Any

from core.pages.form_views import ActFormView
from projects.organisation_settings.models import OrganisationSettings
from projects.organisation_settings.queries import read_organisation


class SettingsFormView(ActFormView):
    """A form on the settings, which are one row and belong to no project."""

    permission = "projects.edit_settings"
    row: OrganisationSettings

    @property
    def project(self) -> None:
        return

    def get_object(self) -> None:
        """Read the settings; return None: the permission concerns no row."""
        self.row = read_organisation()

    def get_versioned_row(self) -> OrganisationSettings:
        return self.row

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"row": self.row}
