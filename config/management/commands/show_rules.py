"""Print every registered permission, one table per capability, in Markdown and in English."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from core.access import Permission, permission_tables

HEAD = """# Who may do what

Written by `manage.py show_rules > docs/rules.md` from the `rules.py` of each capability; a test compares the two.
A superuser has no short cut: nobody holds a permission but those named here. Of an object, the row says who holds the
permission on it or on its project. *Own hand*: the credentials of the person must prove them (ADR 26).
"""


class Command(BaseCommand):
    help = "Print who may do what, as Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page to standard output."""
        with translation.override("en"):
            self.stdout.write(page(), ending="")


def page() -> str:
    """Return the page in the active language."""
    return "\n".join(
        [HEAD, *(line for name, rows in sorted(permission_tables().items()) for line in _section(name, rows))]
    )


def _section(name: str, permissions: tuple[Permission, ...]) -> Iterator[str]:
    yield f"## {name.removesuffix('.rules')}\n"
    yield "| Permission | To | Rule | Who may | Own hand |"
    yield "|---|---|---|---|---|"
    for permission in permissions:
        rule = f"{permission.rule}: {permission.because}"
        hand = "yes" if permission.own_hand else ""
        yield f"| `{permission.name}` | {permission.act} | {rule} | {permission.authority_name} | {hand} |"
    yield ""
