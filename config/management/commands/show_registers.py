"""Print every register and what one can do with its rows, in Markdown and in English."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from core.pages.register.registers import Register, all_registers

HEAD = """# Registers

Written by `manage.py show_registers > docs/registers.md` from the `register.py` of each capability; a test compares the
two. Every register is sorted by each of its columns, read by pages of a chosen size, with chosen columns, as a saved
view, as CSV and XLSX, and printed.
"""
ABILITIES = "| Register | Search | Filters | Grid | Bulk change | Undo | Paste | Import | Copy | Previous and next |"


class Command(BaseCommand):
    help = "Print the registers, as Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page to standard output."""
        with translation.override("en"):
            self.stdout.write("\n".join(_list_lines(all_registers())), ending="")


def _list_lines(registers: list[Register]) -> Iterator[str]:
    yield HEAD
    yield ABILITIES
    yield "|---" * (ABILITIES.count("|") - 1) + "|"
    for register in registers:
        has = ["yes" if able else "" for able in register.abilities.values()]
        yield f"| {register.title} | {' | '.join(has)} |"
    yield ""
