"""Exceptions of services that the middleware answers with their own page."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404


class NotHere(Http404):
    """Raised when a page is not there for a reason that a template of its own explains."""

    template_name = "404.html"
    context: Mapping[str, Any] = {}


class HandRefused(PermissionDenied):
    """Raised by a condition of OWN_HAND (core.access); a template of its own explains it."""

    template_name: str

    @property
    def context(self) -> Mapping[str, Any]:
        """Return the context of the template."""
        return {}


class WrongState(Exception):
    """Raised when the state of an object excludes the act; a subclass holds the texts of the 409 page."""

    title: Any = ""
    text: Any = ""
    link_label: Any = ""

    def link(self, arguments: Mapping[str, Any]) -> str:
        """Return the URL the page links back to, from the `arguments` of the requested URL."""
        return "/"
