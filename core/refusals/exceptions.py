"""Exceptions of services that the middleware answers with a page of their own."""

from collections.abc import Mapping
from typing import Any


class WrongState(Exception):
    """An act does not follow from the state its subject is in; a subclass says what the 409 page shows."""

    title: Any = ""
    text: Any = ""
    link_label: Any = ""

    def link(self, arguments: Mapping[str, Any]) -> str:
        """Return the address that the page leads back to, from the `arguments` of the one that was asked for."""
        return "/"
