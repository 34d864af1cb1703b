"""What is searched of people and organisations."""

from django.utils.translation import gettext_lazy as _

from core.search_index.sources import Source, declare

declare(
    Source(
        "person",
        "roles.User",
        _("Person"),
        _("People"),
        title="r.name",
        body=("r.title", "(SELECT o.name FROM public.roles_organisation o WHERE o.id = r.organisation_id)"),
        project="NULL",
        url="projects:people:person",
    ),
    Source(
        "organisation",
        "roles.Organisation",
        _("Organisation"),
        _("Organisations"),
        title="r.name",
        project="NULL",
        url="projects:organisations:organisation_list",
        by="",
    ),
)
