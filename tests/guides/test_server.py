"""Follow the guides from an empty machine to a restored server; machine.py says what stands for what, and why."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
import urllib3
import yaml

from config.processes import Failure, Progress, free_port
from tests.guides.guide import read_blocks, read_commands
from tests.guides.machine import SERVICES, Machine, has_program
from tools.servers import embedded, instance, start
from tools.servers.embedded import ROOT
from tools.servers.instance import KEPT_PORT

INSTALL, OPERATE, UPGRADE = (f"docs/{name}.md" for name in ("install", "operate", "upgrade"))
SITE, ADMINISTRATOR, PASSWORD = "ouvrage.example.org", "alix@example.org", "a-long-word-nobody-knows"
SET_UP = {
    "organisation": "Ville de Brillance",
    "language": "fr",
    "time_zone": "Europe/Paris",
    "holidays": "france",
    "email": ADMINISTRATOR,
    "name": "Alix Mercadier",
    "password": PASSWORD,
}
INVITED = {
    "email": "nadia@example.org",
    "name": "Nadia Perrault",
    "title": "",
    "organisation": "Port",
    "language": "en",
}


def cluster_of_the_guide() -> list[str]:
    """Return the words of `initdb` in the guide."""
    [words] = re.findall(r'PGSETUP_INITDB_OPTIONS="([^"]+)"', (ROOT / INSTALL).read_text())
    return str(words).split()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Install a server by the commands of the guide, as far as the address that sets it up."""
    made = Machine(tmp_path_factory.mktemp("server"), cluster_of_the_guide())
    try:
        make_certificate(made)
        commands = read_commands(INSTALL, "One server, without containers", "", *proxies())
        made.said = made.run([line.replace("<the address of the repository>", "address") for line in commands])
        yield made
    finally:
        made.end()


def proxies() -> list[str]:
    """List the proxies of the guide that this machine has."""
    return ["nginx"] if has_program("nginx") else []


def make_certificate(machine: Machine) -> None:
    """Make the certificate that certbot would ask for."""
    folder = machine.below(f"/etc/letsencrypt/live/{SITE}")
    folder.mkdir(parents=True)
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={SITE}"]
    words += ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(words, check=True, capture_output=True)


class Visitor:
    """A browser that asks the proxy by TLS, or web itself where there is no proxy here."""

    def __init__(self, of: Machine | str) -> None:
        """Visit the server of a machine, or the pilot at an address."""
        self.session = requests.Session()
        self.session.verify, self.session.trust_env = False, False
        if isinstance(of, str):
            self.origin = of
            return
        self.session.headers.update({"Host": SITE, "Referer": f"https://{SITE}/"})
        if proxies():
            self.origin = f"https://127.0.0.1:{of.ports[443]}"
        else:
            self.origin = f"http://127.0.0.1:{of.ports[8000]}"
            self.session.headers["X-Forwarded-Proto"] = "https"

    def ask(self, method: str, path: str, **fields: str) -> requests.Response:
        """Send a request, with the cookies of the answers before and the token of forms; follow no redirect."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)
        token = next((cookie.value for cookie in self.session.cookies if cookie.name.endswith("csrftoken")), "")
        return self.session.request(
            method,
            self.origin + path,
            data=fields | {"csrfmiddlewaretoken": token or ""} if fields else None,
            headers={"Cookie": cookies},
            allow_redirects=False,
            timeout=60,
        )


@pytest.fixture(autouse=True)
def _no_warning_of_our_certificate() -> None:
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


def wait_for(ready: Callable[[], Any], machine: Machine, seconds: float = 90) -> Any:
    """Return the first true answer. Raises Failure with the logs."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            if answer := ready():
                return answer
        except (requests.ConnectionError, OSError):
            pass
        time.sleep(0.1)
    raise Failure("".join(map(machine.read_log, SERVICES)))


def healthy(machine: Machine) -> dict[str, str]:
    """Wait until web answers, and return what it says of each part."""
    visitor = Visitor(machine)

    def ask() -> Any:
        answer = visitor.ask("GET", "/readyz")
        return answer.json()["parts"] if answer.status_code in {200, 503} else None

    found: dict[str, str] = wait_for(ask, machine)
    return found


def anchors(machine: Machine) -> list[Path]:
    """List the checkpoints that the notary has copied."""
    return sorted(machine.below("/var/lib/ouvrage-anchors").glob("checkpoint-*.json"))


def count_chains(anchor: Path) -> int:
    """Count the chains that a copied checkpoint covers."""
    return len(json.loads(anchor.read_bytes())["openings"])


def verdict(machine: Machine, words: str) -> str:
    """Verify the ledger of the server; return the verdict."""
    return str(json.loads(machine.run([f"deploy/ouvrage manage ledger_verify --json {words}"]))["verdict"])


def test_the_guide_leads_from_an_empty_machine_to_the_first_page(machine: Machine) -> None:
    [link] = re.findall(r"https://\S+(/set-up/\S+)", machine.said)
    assert re.search(r"^[0-9a-f]{64}$", machine.said, flags=re.MULTILINE), "the public key of the notary"
    healthy(machine)
    visitor = Visitor(machine)
    first = visitor.ask("GET", "/")
    assert (first.status_code, first.headers["Strict-Transport-Security"]) == (302, "max-age=31536000")
    if proxies():
        plain = requests.get(
            f"http://127.0.0.1:{machine.ports[80]}/x/", headers={"Host": SITE}, allow_redirects=False, timeout=60
        )
        assert (plain.status_code, plain.headers["Location"]) == (301, f"https://{SITE}/x/")
    assert visitor.ask("GET", link).status_code == 200
    assert visitor.ask("POST", link, **SET_UP).status_code == 302
    assert visitor.ask("GET", "/administration/system/").status_code == 200
    assert visitor.ask("POST", "/administration/people/invite/", **INVITED).status_code == 302
    wait_for(lambda: "Invité, courriel non parti" in visitor.ask("GET", "/administration/people/").text, machine)


def test_what_the_services_do_is_seen(machine: Machine) -> None:
    state = wait_for(lambda: (found := healthy(machine))["worker"] == "ok" and found, machine)
    assert (state["database"], state["redis"], state["versions"]) == ("ok", "ok", "ok")
    assert wait_for(lambda: anchors(machine), machine), "the notary signs and anchors"
    assert wait_for(lambda: "beat: Starting" in machine.read_log("ouvrage-beat"), machine)


def test_the_units_are_what_an_init_system_takes(machine: Machine) -> None:
    if not has_program("systemd-analyze"):
        pytest.skip("no systemd here")
    units = sorted(machine.below("/etc/systemd/system").iterdir())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if "ouvrage-" in line] == []


#: As a server with Compose: without the settings of the other kind, and with a file beside docker-compose.yml.
COMPOSE = {"OUVRAGE_SETTINGS": "/nowhere"}


def test_a_server_is_saved_destroyed_and_restored(machine: Machine) -> None:
    open_project(machine, "QUAIS")
    machine.run(["systemctl start ouvrage-backup.service"])
    [saved] = machine.below("/var/backups/ouvrage").iterdir()
    assert {path.name for path in (saved / "apart").iterdir()} == {"notary.key", "anchors", "settings"}
    assert (saved.stat().st_mode & 0o777, (saved / "apart/settings/owner.env").exists()) == (0o700, True)

    # An act after the dump, whose anchor somebody keeps elsewhere: it covers the organisation and both projects.
    open_project(machine, "LOST")
    assert wait_for(lambda: count_chains(anchors(machine)[-1]) == 3, machine)
    kept = shutil.copytree(machine.below("/var/lib/ouvrage-anchors"), machine.root / "elsewhere")

    destroy(machine)
    machine.below("/opt/ouvrage/.env").write_text("SITE=ouvrage.example\n")
    said = machine.run([f"deploy/ouvrage restore {saved} {kept}"], fails=True, **COMPOSE)
    assert "TRUNCATED" in said, "the anchor knows more than the dump"
    assert "The services stay stopped" in said
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{machine.ports[8000]}/healthz", timeout=5)

    with psycopg.connect(machine.superuser._replace(path="/ouvrage").geturl()) as connection:
        newest = connection.execute("SELECT max(xact) FROM projects_ledgerevent").fetchone()
    assert newest[0] < 0, "this server may give those numbers again"

    machine.run(["docker compose up --detach"])
    assert healthy(machine)["database"] == "ok"
    assert sign_in(machine).ask("GET", "/administration/people/").status_code == 200
    assert codes(machine) == {"QUAIS"}
    shutil.copytree(saved / "apart/anchors", machine.below("/opt/ouvrage/deploy/kept"))
    assert verdict(machine, "--anchor deploy/kept") == "INTACT"


def test_compose_saves_the_same(machine: Machine) -> None:
    [save] = read_commands(OPERATE, "Save")
    machine.run([save.replace("/var/backups/ouvrage", "/var/backups/compose")], **COMPOSE)
    [folder] = machine.below("/var/backups/compose").iterdir()
    assert {path.name for path in (folder / "apart/settings").iterdir()} == {".env"}
    key = machine.below("/var/lib/ouvrage-notary/notary.key")
    assert (folder / "apart/notary.key").read_bytes() == key.read_bytes()
    assert list((folder / "apart/anchors").glob("checkpoint-*.json"))
    assert (folder / "ouvrage.dump").stat().st_size > 100_000


def test_one_command_tells_the_state(machine: Machine) -> None:
    [status] = read_commands(OPERATE, "Is it well?")
    said = machine.run([f"{status} || true"])
    assert said.splitlines()[:4] == ["active"] * 4
    for part in ("database", "backup", "anchors"):
        assert re.search(rf"^ok +{part}: ", said, flags=re.MULTILINE), said
    said = machine.run(["systemctl stop ouvrage-worker", status], fails=True)
    assert re.search(r"^bad +worker: ", said, flags=re.MULTILINE), said
    machine.run(["systemctl start ouvrage-worker"])


def open_project(machine: Machine, code: str) -> None:
    """Open a project from a file as the guide shows, with its first entry."""
    file = machine.root / "projects.yaml"
    file.write_text(yaml.safe_dump([project(code)]))
    [command] = re.findall(r"`(deploy/ouvrage manage open_project[^`]+)`", (ROOT / INSTALL).read_text())
    machine.run([command.replace("administrator@example.org", ADMINISTRATOR).replace("projects.yaml", str(file))])


def project(code: str) -> dict[str, str]:
    """Return an entry of a file of projects, as in the guide."""
    [block] = read_blocks(INSTALL, "From the first page to the first decision")
    [entry] = yaml.safe_load(block.lines[0])
    return entry | {"code": code, "prefix": code[:2], "owner": "nadia@example.org"}


def destroy(machine: Machine) -> None:
    """Lose the database, the key and the anchors."""
    machine.run([f"systemctl stop {' '.join(SERVICES)}"])
    drop = "'DROP DATABASE ouvrage WITH (FORCE)'"
    machine.run([f"runuser -u postgres -- psql --quiet --dbname postgres --command {drop}"])
    for folder in ("/var/lib/ouvrage-notary", "/var/lib/ouvrage-anchors"):
        for path in machine.below(folder).iterdir():
            path.unlink()


def sign_in(machine: Machine, email: str = ADMINISTRATOR) -> Visitor:
    """Sign an administrator in, and return their browser."""
    visitor = Visitor(machine)
    assert visitor.ask("GET", "/sign-in/").status_code == 200
    assert visitor.ask("POST", "/sign-in/", login=email, password=PASSWORD).status_code == 302
    return visitor


def codes(machine: Machine) -> set[str]:
    """List the codes of the projects in the database."""
    with psycopg.connect(machine.superuser._replace(path="/ouvrage").geturl()) as connection:
        rows = connection.execute("SELECT code FROM projects_project WHERE level <> 'organisation'").fetchall()
    return {code for (code,) in rows}


# — from the pilot to the server —


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Start a pilot as `make start` does, and set it up."""
    folder = tmp_path_factory.mktemp("pilot")
    try:
        started = instance.start(folder, (), free_port(), Progress(instance.steps(())), {}, {"WEB_CONCURRENCY": "1"}, 1)
        link = urlsplit(instance.set_up_url(started)).path
        visitor = Visitor(started.base_url)
        assert visitor.ask("GET", link).status_code == 200
        assert visitor.ask("POST", link, **SET_UP | {"email": "pilot@example.org"}).status_code == 302
        assert (folder / KEPT_PORT).read_text() == str(urlsplit(started.base_url).port)
        yield folder
    finally:
        instance.end(folder)
        embedded.remove(folder)


def test_a_pilot_is_saved_and_goes_on_on_the_server(pilot: Path, machine: Machine) -> None:
    wait_for(lambda: list((pilot / "anchors").iterdir()), machine)
    saved = start.save(pilot, machine.folder / "saved")
    instance.end(pilot)
    assert start.run(pilot, ["check_database"]) == 0, "while it does not run, too"
    shutil.copytree(saved, machine.below("/root/saved"))

    said = machine.run(read_commands(INSTALL, "From the pilot to a server"))
    assert "INTACT" in said
    healthy(machine)
    administrator = sign_in(machine, "pilot@example.org")
    key = machine.below("/var/lib/ouvrage-notary/notary.key").read_bytes()
    assert key == (pilot / "secret/notary.key").read_bytes()
    known = len(anchors(machine))
    assert administrator.ask("POST", "/administration/people/invite/", **INVITED).status_code == 302
    assert wait_for(lambda: anchors(machine)[known:], machine), "the notary goes on"


def test_a_command_of_a_pilot_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="There is no pilot here yet"):
        start.run(tmp_path, ["check_database"])
    with pytest.raises(Failure, match="save FOLDER"):
        start.main(["save"])


def test_a_server_that_nobody_installed_says_so(machine: Machine, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    for word in ("backup", "restore .", "manage check_database", "status", "upgrade v0.3.0"):
        said = machine.run([f"cd {tmp_path}", f"deploy/ouvrage {word}"], fails=True, OUVRAGE_SETTINGS="/nowhere")
        assert "docs/install.md" in said


def test_settings_are_never_written_over(machine: Machine) -> None:
    said = machine.run([f"deploy/settings.sh {SITE} smtp://mail.example.org:25 ouvrage@example.org"], fails=True)
    assert "holds secrets that the data needs" in said


# — the next version —


def test_the_guide_of_the_upgrade_leads_to_a_server_that_serves(machine: Machine) -> None:
    [upgrade] = [line for block in read_blocks(UPGRADE) for line in block.lines]
    packages = "requirements/prod.txt"
    said = machine.run([f"mv {packages} {packages}.gone", upgrade], fails=True)
    way_back = re.search(r"The way back: git checkout v0\.2\.0 && (deploy/ouvrage restore \S+)", said)
    assert way_back, said
    machine.run([f"mv {packages}.gone {packages}", way_back[1]])
    assert healthy(machine)["database"] == "ok"
    assert "INTACT" in machine.run([upgrade])
    assert healthy(machine)["database"] == "ok"
