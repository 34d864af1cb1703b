"""Exceptions of services that the middleware answers with their own page."""

from collections.abc import Mapping
from typing import Any


class WrongState(Exception):
    """Raised when the state of an object excludes the act; a subclass holds the texts of the 409 page."""

    title: Any = ""
    text: Any = ""
    link_label: Any = ""

    def link(self, arguments: Mapping[str, Any]) -> str:
        """Return the URL the page links back to, from the `arguments` of the requested URL."""
        return "/"
