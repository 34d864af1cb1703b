"""Exceptions of services that the middleware answers with their own page."""

from collections.abc import Mapping
from typing import Any, Protocol

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


class Moving(Protocol):
    """A row with a state: title, text and link label of the page (409) that says where it is now."""

    @property
    def moved_on(self) -> tuple[Any, Any, Any]: ...
    def get_absolute_url(self) -> str: ...


class MovedOn(WrongState):
    """Raised when the act does not follow from the present state of `row`; the row says so."""

    def __init__(self, row: Moving) -> None:
        super().__init__(str(row))
        self.row = row
        self.title, self.text, self.link_label = row.moved_on

    def link(self, arguments: Mapping[str, Any]) -> str:
        return self.row.get_absolute_url()
