"""Helpers to attack and verify the ledger: rewrite it past every guard, sign it, run the two verifiers."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections, models, transaction

from config.grants import NOTARY
from core.record.sealing import canonical
from governance.models import Checkpoint
from governance.record.notary import checkpoints, keys
from projects.ledger.row_seals import read_layouts, rows_parameters, rows_sql
from projects.ledger.services import DOMAIN
from projects.models import LedgerEvent, Project, RowSeal
from tests.database import run
from tools.verify_ledger import main, next_link

VERIFIER = settings.ROOT / "tools/verify_ledger.py"
Change = Callable[[dict[str, Any]], None]


# — verifying —


def verify_database(*words: str) -> tuple[int, str]:
    """Run `manage.py ledger_verify`: its exit code and its output."""
    said, code = StringIO(), 0
    try:
        call_command("ledger_verify", *words, stdout=said)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, said.getvalue()


def export_bundle(folder: Path, *words: str) -> Path:
    """Write the bundle of `manage.py ledger_export`."""
    file = folder / "bundle.json"
    call_command("ledger_export", *words, "--output", str(file))
    return file


def verify_bundle(bundle: Path, *words: Any) -> tuple[int, str]:
    """Run tools/verify_ledger.py in this process: its exit code and its output."""
    said = StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        patch.setattr(sys, "argv", [str(VERIFIER), str(bundle), *map(str, words)])
        return main(), said.getvalue()


def verify_bundle_apart(bundle: Path, *words: Any) -> tuple[int, str]:
    """Run it in its own process, without Django or our packages."""
    end = subprocess.run(
        [sys.executable, "-I", VERIFIER, bundle, *words], capture_output=True, text=True, env={"PATH": os.defpath}
    )
    return end.returncode, end.stdout + end.stderr


# — signing —


@contextmanager
def as_notary() -> Iterator[None]:
    """Run the statements as the notary's database role."""
    [[before]] = run("SELECT current_user")
    run(f'SET ROLE "{NOTARY}"')
    yield
    run(f'SET ROLE "{before}"')


def sign_checkpoint(key: Path) -> Checkpoint | None:
    """Sign a checkpoint of the current chains with the key in this file, which is created when missing."""
    if not key.exists():
        keys.make(key)
    with as_notary():
        return checkpoints.sign(key)


def anchors(folder: Path) -> Path:
    """Write all current checkpoints to a folder."""
    folder.mkdir(exist_ok=True)
    checkpoints.anchor(folder)
    return folder


# — attacking —


@contextmanager
def disable_guards(*tables: str) -> Iterator[None]:
    """Run as the owner role with the triggers of these tables disabled; deferred triggers have fired before."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET ROLE NONE")
    for table in tables:
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in tables:
        run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    run(f'SET ROLE "{settings.RUNTIME_ROLE}"')
    run("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def superuser() -> Iterator[None]:
    """Run as a superuser, whom no trigger stops: on a separate connection, rolled back at the end."""
    if "DATABASE_SUPERUSER_URL" not in os.environ:
        pytest.skip("the superuser of this server is not known")
    from config.settings import database

    usual = connections["default"]
    mighty = usual.copy()
    mighty.settings_dict |= {
        name: value
        for name, value in database(os.environ["DATABASE_SUPERUSER_URL"]).items()
        if name in {"USER", "PASSWORD"}
    }
    mighty.settings_dict["OPTIONS"] = {"options": "-c lock_timeout=1500"}
    connections["default"] = mighty
    try:
        with transaction.atomic():
            # Guards fire in a session of replication too (ENABLE ALWAYS); the catalogue needs no lock on the tables.
            run("SET allow_system_table_mods = on")
            run("UPDATE pg_trigger SET tgenabled = 'D' WHERE NOT tgisinternal")
            run("SET session_replication_role = replica")
            yield
            transaction.set_rollback(True)
    finally:
        mighty.close()
        connections["default"] = usual


def forge_seals(project: Project, *rows: models.Model) -> Change:
    """Seal these rows as they are now, with the salts of their seals; return how to change the events accordingly."""
    for row in rows:
        model = type(row)
        sealed = rows_sql(model, read_layouts()[model._meta.db_table], chains=False)
        salt, text, fixed_salt, fixed_text = run(
            f"SELECT f.salt, f.row_text, f.fixed_salt, f.fixed_text FROM ({sealed}) f WHERE f.row_id = %s",
            [*rows_parameters(model, None), row.pk],
        )[0]
        newest = RowSeal.objects.filter(table=model._meta.db_table, row=row.pk).latest("pk")
        fixed = hashlib.sha256((fixed_salt + fixed_text).encode()).digest()
        digest = hashlib.sha256((salt + fixed.hex() + text).encode()).digest()
        run("UPDATE projects_rowseal SET fixed = %s, hash = %s WHERE id = %s", [fixed, digest, newest.pk])
    return relink(project)


def relink(project: Project) -> Change:
    """Compute the links of a chain of seals again; return how to change the events accordingly."""
    link, links = bytes(32), {"0": "0" * 64}
    for seal in RowSeal.objects.filter(chain=project.pk).order_by("seq"):
        fixed = None if seal.fixed is None else bytes(seal.fixed)
        link = next_link(link, seal.table, str(seal.row), bytes(seal.hash or b""), seal.tells, fixed)
        links[str(seal.seq)] = link.hex()
        run("UPDATE projects_rowseal SET link = %s WHERE id = %s", [link, seal.pk])

    def change(body: dict[str, Any]) -> None:
        span = body["facts"]["rows"].partition(":")[0]
        body["facts"]["rows"] = f"{span}:{links[span.partition('-')[2]]}"

    return change


def rewrite_chain(project: Project, since: int, change: Change, domain: bytes = DOMAIN) -> None:
    """Rewrite the events from `since` on, and recompute the chain so that every hash is valid."""
    prev: bytes | None = None
    for event in project.events.filter(seq__gte=since).order_by("seq"):
        said = json.loads(bytes(event.body))
        change(said)
        if prev is not None:
            said["prev"] = prev.hex()
        body = canonical(said)
        prev_of = prev if prev is not None else bytes(event.prev)
        prev = hashlib.sha256(domain + body).digest()
        run(
            "UPDATE projects_ledgerevent SET body = %s, hash = %s, prev = %s WHERE id = %s",
            [body, prev, prev_of, event.pk],
        )


def last_of(project: Project) -> LedgerEvent:
    """Return the newest event of a chain."""
    return project.events.latest("seq")
