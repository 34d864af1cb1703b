"""Create the roles and the database of Ouvrage on an embedded or external PostgreSQL server. Idempotent.

`ouvrage_owner` owns the tables and migrates. `ouvrage_app` serves and owns nothing. `ouvrage_notary` adds signed
checkpoints of the ledger.
"""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.processes import Failure, write_private

OWNER, RUNTIME, NOTARY = "ouvrage_owner", "ouvrage_app", "ouvrage_notary"


@dataclass(frozen=True)
class Dsn:
    """Connection strings of the roles; `notary` is empty without a notary, `owner` where it is unknown."""

    runtime: str
    owner: str | None
    notary: str | None = None
    superuser: str | None = None


def passwords(file: Path) -> dict[str, str]:
    """Return the random passwords in a private file; create the missing ones."""
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = {"postgres", OWNER, RUNTIME, NOTARY, "redis", "secret_key"} - known.keys()
    if missing:
        known |= {name: secrets.token_urlsafe(48) for name in missing}
        write_private(file, json.dumps(known))
    return known


def with_parts(dsn: str, *, user: str | None = None, password: str = "", name: str | None = None) -> str:
    """Return the DSN of the same server with another login or another database."""
    parts = urlsplit(dsn)
    where = parts.netloc.rpartition("@")[2]
    login = parts.netloc.rpartition("@")[0] if user is None else f"{quote(user)}:{quote(password)}"
    return urlunsplit(
        parts._replace(netloc=f"{login}@{where}" if login else where, path=f"/{name}" if name else parts.path)
    )


def database_name(dsn: str) -> str:
    """Return the database name of a DSN."""
    return unquote(urlsplit(dsn).path.lstrip("/"))


def create_roles(admin: str, keys: dict[str, str]) -> None:
    """Create the missing roles; existing roles keep a password that we do not know.

    The owner is a member of the others, so that tests can act as they do.
    """
    with psycopg.connect(admin, autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        rights: dict[str, LiteralString] = {OWNER: "LOGIN CREATEDB", RUNTIME: "LOGIN", NOTARY: "LOGIN"}
        for role, words in rights.items():
            if role in known:
                continue
            statement = sql.SQL("CREATE ROLE {} " + words + " PASSWORD {}")
            connection.execute(statement.format(sql.Identifier(role), sql.Literal(keys[role])))
            if role != OWNER:
                connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(OWNER)))


def create_database(owner: str, name: str) -> bool:
    """Create the database as its owner, who needs CREATEDB; return False when it exists."""
    with psycopg.connect(with_parts(owner, name="postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return True


def prepare_given(runtime: str, owner: str | None, notary: str | None, file: Path) -> Dsn:
    """Prepare an external server: use the owner that is given, or the one role as it is.

    A single role with CREATEROLE creates our roles; without it, the database must be prepared already.

    The passwords of created roles are stored in the private file `file`.
    """
    if owner:
        return Dsn(runtime, owner, notary)
    try:
        with psycopg.connect(runtime) as connection:
            row = connection.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
            may_create = (row.fetchone() or (False,))[0]
        if not may_create:
            return Dsn(runtime, None, notary)
        keys = passwords(file)
        create_roles(runtime, keys)
        take_over(runtime)
        own = with_parts(runtime, user=OWNER, password=keys[OWNER])
        app = with_parts(runtime, user=RUNTIME, password=keys[RUNTIME])
        signs = with_parts(runtime, user=NOTARY, password=keys[NOTARY])
        for dsn in (own, app, signs):
            psycopg.connect(dsn).close()
    except psycopg.OperationalError as error:
        raise Failure(
            f"cannot log in: {str(error).strip()}\nset DATABASE_URL (runtime role) and DATABASE_OWNER_URL (owner role)"
        ) from None
    return Dsn(app, own, signs, runtime)


def take_over(admin: str) -> None:
    """Give the database of a DSN to the owner role, so that it may create tables and trusted extensions."""
    name = sql.Identifier(database_name(admin))
    with psycopg.connect(admin, autocommit=True) as connection:
        if not connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user AND rolsuper").fetchone():
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(OWNER)))
