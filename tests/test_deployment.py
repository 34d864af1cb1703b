"""Run the commands and settings of docker-compose.yml against the servers of the tests."""

import ast
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from psycopg import sql

from config import database
from config.processes import Record, free_port, spawn, stop, wait_until
from tests.database import another_database
from tools.servers import instance, postgres
from tools.servers.embedded import ROOT

PROGRAMS = Path(sys.executable).parent
GIVEN = {
    "SITE": "ouvrage.example",
    "SECRET_KEY": "".join(chr(code) for code in range(ord("A"), ord("z"))),
    "POSTGRES_PASSWORD": "superuser-password",
    "OWNER_PASSWORD": "owner-password",
    "APP_PASSWORD": "runtime-password",
    "NOTARY_PASSWORD": "notary-password",
    "REDIS_PASSWORD": "redis-password",
    "MAIL_URL": "smtp://mail.example:25",
    "MAIL_FROM": "ouvrage@ouvrage.example",
}
#: Shorter waits, for the tests of a whole instance.
OF_TESTS = {"SWEEP_SECONDS", "SNAPSHOT_SECONDS", "LEDGER_VERIFY_SECONDS", "IMPORT_SILENT_SECONDS"}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def filled_in(text: str) -> str:
    """Expand a value as compose does: `${NAME:?why}` and `${NAME:-default}` from the environment, `$$` as a dollar."""
    return re.sub(
        r"\$\{(\w+):([?-])([^}]*)\}", lambda found: GIVEN[found[1]] if found[2] == "?" else found[3], text
    ).replace("$$", "$")


class Stack:
    """Run the services of the compose file on this machine: their commands and settings, our addresses."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.name = name = f"ouvrage_deployment_{os.getpid()}"
        here = {
            "DATABASE_URL": database.with_parts(os.environ["DATABASE_URL"], name=name),
            "DATABASE_OWNER_URL": database.with_parts(os.environ["DATABASE_OWNER_URL"], name=name),
            "DATABASE_NOTARY_URL": database.with_parts(os.environ.get("DATABASE_NOTARY_URL", ""), name=name),
            "OUVRAGE_NOTARY_KEY": str(folder / "notary.key"),
            "REDIS_URL": re.sub(r"/\d+$", "/7", os.environ["REDIS_URL"]),
            "BIND": f"127.0.0.1:{self.port}",
        }
        self.static = {"STATIC_ROOT": str(folder / "static"), "PATH": f"{PROGRAMS}:/usr/bin:/bin"}
        self.settings = {
            service: {key: here.get(key, filled_in(value)) for key, value in SERVICES[service]["environment"].items()}
            for service in ("migrate", *instance.SERVICES)
        }

    def command(self, service: str, words: list[str] | None = None) -> list[str]:
        """Start the service's command in an environment that holds its settings and nothing else."""
        env = self.settings[service] | self.static
        words = words or [
            str(word).replace("/tmp/beat", f"{self.folder}/beat") for word in SERVICES[service]["command"]
        ]
        return ["/usr/bin/env", "-i", *(f"{key}={value}" for key, value in env.items()), *words]

    def run(self, service: str, words: list[str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run the service until it ends."""
        command = self.command(service, words)
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    def start(self, service: str, ready: Callable[[str], bool]) -> Record:
        """Start the service in the background and wait until `ready(logged output)`."""
        log = self.folder / f"{service}.log"
        record = spawn(self.folder / "run", service, self.command(service), log=log, cwd=ROOT)
        wait_until(lambda: ready(log.read_text()), record, 60)
        return record


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("deployment"))
    with another_database(made.name):
        try:
            result = made.run("migrate")
            assert result.returncode == 0, result.stdout + result.stderr
            result = made.run("web", ["python", "manage.py", "collectstatic", "--noinput"])
            assert result.returncode == 0, result.stdout + result.stderr
            yield made
        finally:
            for service in instance.SERVICES:
                stop(made.folder / "run", service, signal.SIGTERM)


def ask(stack: Stack, path: str, **headers: str) -> tuple[int, str]:
    """Send a GET without following redirects: the status, and the body or the target."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    request = urllib.request.Request(f"http://127.0.0.1:{stack.port}{path}", headers=headers)
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=600) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Location") or error.read().decode()


def test_every_secret_is_asked_for() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{(\w+):\?", text)) == set(GIVEN)
    assert set(re.findall(r"\$\{\w+(:.)", text)) == {":?", ":-"}
    example = (ROOT / "deploy/example.env").read_text()
    assert set(re.findall(r"^(\w+)=$", example, flags=re.MULTILINE)) == set(GIVEN)


def test_what_may_be_left_out_has_the_default_of_the_settings() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    defaults = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    assert defaults.pop("TRUSTED_PROXIES") == "1"  # the default behind a proxy, which stands in the same file
    known = {name: default for name, default in list_settings().items() if name in defaults}
    assert defaults == known


def list_settings() -> dict[str, str | None]:
    """Map each variable that the settings and gunicorn read to its default, None for a required one."""
    found: dict[str, str | None] = {}
    for file in ("config/settings.py", "gunicorn.conf.py"):
        for node in ast.walk(ast.parse((ROOT / file).read_text())):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in {"env", "flag", "os.environ.get"}:
                continue
            if not isinstance(node.args[0], ast.Constant):
                continue  # the address of the role that OUVRAGE_DB_ROLE names
            given = [*node.args[1:], *(word.value for word in node.keywords)]
            default = ast.literal_eval(given[0]) if given and isinstance(given[0], ast.Constant) else None
            found[node.args[0].value] = str(int(default)) if isinstance(default, bool) else default
    return found | {"DATABASE_OWNER_URL": None, "DATABASE_NOTARY_URL": None}


@pytest.mark.parametrize("guide", ["docs/install.md", "docs/fr/install.md"])
def test_the_guide_lists_every_setting_with_its_default(guide: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", (ROOT / guide).read_text(), flags=re.MULTILINE)
    assert len(rows) == len(dict(rows))
    told = {name: default.strip().strip("`") for name, default in rows}
    assert set(told) == set(list_settings()) - OF_TESTS
    known = {name: default for name, default in list_settings().items() if name in told and default}
    assert {name: told[name] for name in known} == known


def test_the_owner_password_reaches_only_who_migrates() -> None:
    holders = {name for name, service in SERVICES.items() if "OWNER_PASSWORD" in str(service.get("environment"))}
    assert holders == {"postgres", "migrate"}


def test_only_the_notary_gets_its_secrets_and_volume() -> None:
    for secret in ("NOTARY_PASSWORD", "DATABASE_NOTARY_URL", "OUVRAGE_NOTARY_KEY"):
        holders = {name for name, service in SERVICES.items() if secret in str(service.get("environment"))}
        assert holders - {"postgres"} == {"notary"}, secret
    mounts = {name for name, service in SERVICES.items() if "notary:" in str(service.get("volumes"))}
    assert mounts == {"notary"}


def test_the_demo_starts_what_is_deployed(tmp_path: Path) -> None:
    for service, words in instance.commands(tmp_path).items():
        deployed = [
            str(tmp_path / "run/beat") if word == "/tmp/beat" else word for word in SERVICES[service]["command"]
        ]
        assert words == deployed


def test_web_answers_and_insists_on_https(stack: Stack) -> None:
    stack.start("web", lambda log: "Listening at" in log)
    status, body = ask(stack, "/healthz")
    assert (status, json.loads(body)) == (200, {"web": "ok"})
    parts = json.loads(ask(stack, "/readyz")[1])["parts"]
    assert (parts["database"], parts["redis"], parts["worker"]) == ("ok", "ok", "bad")
    assert ask(stack, "/", Host=GIVEN["SITE"]) == (301, f"https://{GIVEN['SITE']}/")
    status, where = ask(stack, "/", Host=GIVEN["SITE"], **{"X-Forwarded-Proto": "https"})
    assert status == 302
    assert where.endswith("?next=/"), "to the sign-in page"


def test_worker_answers_a_ping(stack: Stack) -> None:
    stack.start("worker", lambda log: " ready." in log)
    result = stack.run("worker", ["celery", "-A", "config", "inspect", "ping"])
    assert result.returncode == 0, result.stdout + result.stderr
    assert "pong" in result.stdout


def test_beat_keeps_its_schedule(stack: Stack) -> None:
    stack.start("beat", lambda log: "beat: Starting" in log)
    assert list(stack.folder.glob("beat*"))


def test_the_notary_makes_its_key_for_itself(stack: Stack) -> None:
    if "DATABASE_NOTARY_URL" not in os.environ:
        pytest.skip("a given server without a notary")
    key = Path(stack.settings["notary"]["OUVRAGE_NOTARY_KEY"])
    stack.start("notary", lambda _: key.exists())
    assert key.stat().st_mode & 0o777 == 0o600


def test_the_roles_script_makes_one_role_that_owns_one_that_serves_and_the_notary() -> None:
    superuser = os.environ.get("DATABASE_SUPERUSER_URL")
    if not superuser:
        pytest.skip("a given server: the superuser is not ours")
    mark = f"deployment_{os.getpid()}_"
    script = (ROOT / "deploy/roles.sh").read_text().replace("ouvrage", f"{mark}ouvrage")
    server = urlsplit(superuser)
    env = {
        "PATH": f"{postgres.program('psql').parent}:/usr/bin:/bin",
        "PGHOST": str(server.hostname),
        "PGPORT": str(server.port),
        "PGPASSWORD": str(server.password),
        **{name: GIVEN[name] for name in ("OWNER_PASSWORD", "APP_PASSWORD", "NOTARY_PASSWORD")},
    }
    owner, runtime, notary = (f"{mark}{role}" for role in (database.OWNER, database.RUNTIME, database.NOTARY))
    name = f"{mark}ouvrage"
    try:
        subprocess.run(["/bin/sh", "-c", script], env=env, check=True, timeout=60)
        own = database.with_parts(superuser, user=owner, password=GIVEN["OWNER_PASSWORD"], name=name)
        app = database.with_parts(superuser, user=runtime, password=GIVEN["APP_PASSWORD"], name=name)
        with psycopg.connect(own, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION btree_gist")
            connection.execute("CREATE TABLE evidence ()")
        signs = database.with_parts(superuser, user=notary, password=GIVEN["NOTARY_PASSWORD"], name=name)
        for dsn in (app, signs):
            with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DROP TABLE evidence")
    finally:
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            for role in (owner, runtime, notary):
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
