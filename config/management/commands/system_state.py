"""Print the state of the system; see config/system_state."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone, translation

from config.system_state.findings import BAD, LATE, OK
from config.system_state.queries import read_state
from governance.models import Checkpoint


class Command(BaseCommand):
    help = "Print the state of every part of the system; exit 0 only when none is at fault."
    requires_system_checks = ()  # they load every page; migrate runs them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchored", type=int, metavar="NUMBER", help="the newest checkpoint of the anchors")

    def handle(self, *args: Any, anchored: int | None, **options: Any) -> None:
        with translation.override("en"):
            lines = [(line.code, line.state, line.text) for line in read_state()]
        if anchored is not None:
            waiting = Checkpoint.objects.filter(number__gt=anchored, made_at__lt=timezone.now() - LATE).exists()
            text = f"The newest checkpoint that is kept outside the database is number {anchored}."
            lines.append(("anchors", BAD if waiting else OK, text))
        for code, state, text in lines:
            self.stdout.write(f"{state:8}{code}: {text}")
        if BAD in {state for _code, state, _text in lines}:
            self.stderr.write("docs/operate.md has a heading for each part that is at fault.")
            sys.exit(1)
