"""Pages of administrators on the settings of the organisation, and its logo for everyone."""

import logging
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from core.access import ensure, reader
from projects.enums import Level
from projects.organisation_settings import services
from projects.organisation_settings.form_views import SettingsFormView
from projects.organisation_settings.forms import SettingsForm
from projects.organisation_settings.mails import MailFailed, mail_server, send_test_mail
from projects.organisation_settings.models import Logo, OrganisationSettings
from projects.organisation_settings.queries import (
    chosen_sender,
    find_last_change,
    find_sender_counts_from,
    sender,
)
from projects.organisation_settings.registry import ON_TEST_MAIL
from projects.organisation_settings.sections import SECTIONS, Section, find_section, list_sections
from projects.project.models import Project

logger = logging.getLogger(__name__)
YEAR = 365 * 24 * 3600


class SettingsView(SettingsFormView):
    """Change the settings of one section."""

    template_name = "projects/organisation_settings/settings_form.html"
    form_class = SettingsForm
    title = gettext_lazy("Settings")
    lede = gettext_lazy(
        "They apply to all projects from now on. Each change is recorded in the ledger. Administrators, project owners "
        "and delegates receive an email when the sender or the sign-in changes."
    )
    button = gettext_lazy("Save the settings")
    done = gettext_lazy("The settings are saved.")

    section: Section

    def get_object(self) -> None:
        """Read the settings and the section of the address. Raises Http404."""
        super().get_object()
        section = find_section(self.kwargs.get("section", ""))
        if section is None or ("section" in self.kwargs and section is SECTIONS[0]):
            raise Http404
        self.section = section

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add the section, and the files that were sent."""
        files = self.request.FILES if self.request.method == "POST" else None
        return super().get_form_kwargs() | {"files": files, "section": self.section}

    def get_back_url(self) -> str:
        return self.section.url

    def get_context_data(self, form: Any) -> dict[str, Any]:
        last = find_last_change(self.row, self.section) if self.row.pk else None
        return super().get_context_data(form) | {"section": self.section, "sections": list_sections(), "last": last}

    def act(self, data: dict[str, Any]) -> OrganisationSettings:
        seen, logo, without_logo = data.pop("seen"), data.pop("logo", None), data.pop("without_logo", False)
        return services.edit_settings(actor=self.actor, fields=data, seen=seen, logo=logo, without_logo=without_logo)


@require_http_methods(["GET", "POST"])
def mail_test(request: HttpRequest) -> HttpResponse:
    """Send a test mail to the reader, and tell whether the mail server took it."""
    ensure(request.user, "projects.edit_settings")
    person = reader(request)
    if request.method == "POST":
        try:
            send_test_mail(person)
        except MailFailed as failed:
            logger.warning("A test mail did not leave: %s", failed.__cause__)
            messages.error(request, str(failed))
        else:
            for note in ON_TEST_MAIL:
                note(person)
            text = _("The email server accepted the email for %(to)s. Check your email.")
            messages.success(request, text % {"to": person.email})
        return redirect("projects:organisation_settings:mail_test")
    context = {
        "sender": chosen_sender(),
        "counts_from": find_sender_counts_from(),
        "present": sender(),
        "server": mail_server(),
        "has_projects": Project.objects.exclude(level=Level.ORGANISATION).exists(),
    }
    return render(request, "projects/organisation_settings/mail_test.html", context)


@login_not_required
@cache_control(public=True, max_age=YEAR, immutable=True)
@require_GET
def logo(request: HttpRequest, sha256: str) -> HttpResponse:
    """Return the picture with this fingerprint."""
    found = get_object_or_404(Logo, sha256=sha256)
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'"}
    return HttpResponse(bytes(found.content), content_type=found.media_type, headers=headers)
