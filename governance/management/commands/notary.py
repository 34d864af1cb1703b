"""Notary: sign checkpoints of the ledger with a separate key, and have them time-stamped (docs/ledger.md)."""

import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from governance.record.notary import checkpoints, keys
from governance.record.notary.timestamps import Stamper, list_trusted


class Command(BaseCommand):
    help = (
        "Sign checkpoints of the ledger, as the notary role (OUVRAGE_DB_ROLE=notary) with the key OUVRAGE_NOTARY_KEY."
    )
    requires_system_checks = ()  # they load every page; migrate runs them

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the action."""
        what = parser.add_subparsers(dest="do", required=True)
        what.add_parser("init", help="make the key unless it is there")
        run = what.add_parser("run", help="sign again and again")
        run.add_argument("--every", type=float, default=60.0, metavar="SECONDS")
        run.add_argument("--init", action="store_true", help="make the key first unless it is there")
        what.add_parser("sign", help="sign once, if a chain moved")
        what.add_parser("rotate", help="announce a new key, and sign with it from now on")
        what.add_parser("public-key", help="print the public key: publish it outside")

    def handle(self, *args: Any, do: str, **options: Any) -> None:
        """Refuse any other database role, then run the action."""
        if settings.DB_ROLE != "notary":
            raise CommandError("The notary works under its own database role: set OUVRAGE_DB_ROLE=notary.")
        if not settings.NOTARY_KEY:
            raise CommandError("Set OUVRAGE_NOTARY_KEY to the file of the private key.")
        path = Path(settings.NOTARY_KEY)
        folder = Path(settings.ANCHOR_DIR) if settings.ANCHOR_DIR else None
        try:
            if do == "init":
                self._init(path)
            elif do == "public-key":
                self._public(path)
            elif do == "rotate":
                self.stdout.write(f"Checkpoint {checkpoints.rotate(path)} announces another key.")
                self._public(path)
                checkpoints.sign_and_anchor(path, folder)
            elif do == "sign":
                made = checkpoints.sign_and_anchor(path, folder)
                self.stdout.write(f"Checkpoint {made}" if made else "Nothing has moved since the last checkpoint.")
                self._stamp(Stamper())
            else:
                if options["init"]:
                    self._init(path)
                self._run(path, folder, options["every"])
        except keys.KeyRefused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _init(self, path: Path) -> None:
        if not path.exists():
            keys.make(path)
        self._public(path)

    def _public(self, path: Path) -> None:
        self.stdout.write(keys.public_bytes(keys.load(path)).hex())

    def _stamp(self, stamper: Stamper) -> None:
        if made := stamper.stamp():
            self.stdout.write(f"Time stamp of checkpoint {made.checkpoint}")

    def _run(self, path: Path, folder: Path | None, every: float) -> None:
        """Sign at intervals until the process ends; wait while the database is away."""
        keys.load(path)
        try:
            list_trusted()
        except (OSError, ValueError) as error:
            raise CommandError(f"TIMESTAMP_CERTIFICATES cannot be read: {error}") from error
        pause, stamper = threading.Event(), Stamper()
        while True:
            try:
                if made := checkpoints.sign_and_anchor(path, folder):
                    self.stdout.write(f"Checkpoint {made}")
                self._stamp(stamper)
            except DatabaseError as error:
                self.stderr.write(f"No checkpoint this time: {error}")
                connection.close()
            pause.wait(every)
