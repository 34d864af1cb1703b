"""Download of a document version, which the browser saves and never displays."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from core.pages.refusals.views import Conflict, conflict
from projects.models import DocumentVersion


def serve_version(request: HttpRequest, version: DocumentVersion, link: str, label: str) -> HttpResponse:
    """Return the file as a download; for an erased one, a page that says so and links to `link`."""
    if not version.content:
        title, text = (
            _("This file was erased"),
            _("It contained personal data. Its fingerprint and the name of the person who added it are kept."),
        )
        return conflict(request, Conflict(title, text, link, label, []))
    kind = f"{version.media_type}; charset=utf-8" if version.is_text else version.media_type
    return HttpResponse(
        bytes(version.content),
        content_type=kind,
        headers={
            "Content-Disposition": content_disposition_header(True, version.file_name),
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )
