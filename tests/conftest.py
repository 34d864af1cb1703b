"""Fixtures of the strict tests: the cast on its three projects, as the runtime role, rolled back after each test.

The session creates the test database as the owner role and loads the scenario `cast` once. Every test then runs in a
transaction that is rolled back, under the role of production; `as_owner()` switches to the owner role. Nothing is ever
committed: a test that needs several connections goes over HTTP, against a real instance.
"""

import fcntl
import gc
import os
import re
import sys
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.models import CharField, IntegerField
from django.http import HttpRequest, HttpResponse
from django.template import Context, RequestContext, Template, engines
from django.test import Client
from django.test.signals import template_rendered
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone, translation
from hypothesis import settings as examples
from psycopg.sql import SQL, Identifier
from xdist.scheduler import LoadScopeScheduling

from config.database import with_parts
from core.commits import commit
from core.pages.sessions.store import SessionStore
from tests import act_writes
from tests.effort import EFFORT
from tests.markup import squeeze
from tests.plans import keep_plans, keep_readings

CAST = (
    "owner",
    "former_owner",
    "future_owner",
    "delegate",
    "pmo",
    "amoa",
    "moe",
    "recipient",
    "other_owner",
    "outsider",
    "inactive_owner",
    "staff_admin",
    "superuser",
    "anonymous",
)
#: The database that the first worker leaves for the others.
FILLED = "ouvrage_filled"
#: What a hash of a password costs in these tests, and as Django ships it: a tenth of a second of processor.
CHEAP = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
AS_SHIPPED = {name: getattr(Argon2PasswordHasher, name) for name in CHEAP}
#: Tests that start servers of their own, and use none of the others.
OWN_SERVERS = [Path(__file__).parent / place for place in ("e2e", "guides/test_server.py", "guides/test_cluster.py")]
HOUSEKEEPING = ("account_session", "config_cache")
WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "MERGE")

#: Random examples of a test that names no number of its own.
examples.register_profile("effort", max_examples=30 * EFFORT)
examples.load_profile("effort")


# — the workers —


#: Files that read every source file of the product, which one worker parses for all of them.
ON_THE_SOURCES = {
    "tests/pages/test_local_days.py",
    "tests/security/test_asvs.py",
    "tests/test_architecture.py",
    "tests/test_translations.py",
    "tests/test_words.py",
}
#: A test or fixture that stands on the scenarios of the demo.
ASKS_FOR_THE_DEMO = re.compile(r"\bdemo(_database)?: (None|str)\b")

#: Files of half a minute or more, with those that stay with them: begun last, they would leave other workers idle.
LONG = {
    "tests/demo/test_authority.py",
    "tests/demo/test_population.py",
    "tests/governance/desk/search/test_privacy.py",
    "tests/pages/test_access_matrix.py",
    "tests/pages/test_bad_input.py",
    "tests/pages/test_links.py",
    "tests/pages/test_page_rules.py",
    "tests/pages/test_queries.py",
    "tests/projects/test_undo.py",
    "tests/releases/test_upgrade.py",
    "tests/security/test_every_alteration_is_seen.py",
    "tests/security/test_ledger_promises.py",
    "tests/security/test_nothing_is_sealed_twice.py",
    "tests/test_how_to.py",
    "tests/workspaces/test_without_workspaces.py",
}


class Files(LoadScopeScheduling):  # type: ignore[misc]
    """Schedule whole files in their order; those that share what takes long to build stay on one worker."""

    def _split_scope(self, nodeid: str) -> str:
        """Return the group of files that one worker runs in sequence."""
        file = nodeid.partition("::")[0]
        if is_on_the_demo(file):
            return "tests/demo"
        if file in ON_THE_SOURCES:
            return "tests/sources"
        return "tests/e2e" if file.startswith("tests/e2e/") else file


@cache
def is_on_the_demo(file: str) -> bool:
    """Return whether this file looks at the scenarios of the demo, which one worker enters for all such files."""
    return bool(ASKS_FOR_THE_DEMO.search((settings.ROOT / file).read_text()))


@cache
def has_own_servers(path: Path) -> bool:
    """Return whether the tests of this file start servers of their own."""
    return any(path.is_relative_to(place) for place in OWN_SERVERS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the cases of a test, so that every worker collects the same order even from a set.

    Browsers and installed servers come first: they need no database of these tests, so they start while the first
    worker enters it. Long files follow. Tests on what a file builds once come last in it: the others see none of it.
    """
    first: dict[str, int] = {}
    for place, item in enumerate(items):
        first.setdefault(item.nodeid.partition("[")[0], place)
        first.setdefault(item.nodeid.partition("::")[0], place)

    def place_of(item: Any) -> tuple[bool, bool, int, bool, int, str]:
        file, test = item.nodeid.partition("::")[0], item.nodeid.partition("[")[0]
        is_kept = "kept_database" in getattr(item, "fixturenames", ())
        return not has_own_servers(item.path), file not in LONG, first[file], is_kept, first[test], item.nodeid

    items.sort(key=place_of)


def pytest_xdist_auto_num_workers() -> int:
    """Return a worker for each processor, one more for the browsers, which work beside it, and at most four."""
    return min((os.process_cpu_count() or 1) + 1, 4)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Files:
    """Choose the schedule when several workers share the suite."""
    return Files(config, log)


@pytest.fixture(autouse=True)
def _server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Lock the database server that all workers share; a test marked `changes_the_server` holds it alone.

    Roles are global to the server. A waiting test holds the turnstile, so that later tests queue behind it. Tests with
    an instance have its own server.
    """
    if has_own_servers(request.path):
        yield
        return
    folder = tmp_path_factory.getbasetemp().parent
    alone = request.node.get_closest_marker("changes_the_server") is not None
    with (folder / "turnstile").open("w") as turnstile, (folder / "server").open("w") as server:
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        fcntl.flock(server, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(turnstile, fcntl.LOCK_UN)
        yield


@pytest.fixture(scope="session", autouse=True)
def _mails_beside_a_reply(django_test_environment: None) -> Iterator[None]:
    """Send the mails of the sign-in pages at once: another thread has another outbox."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("roles.accounts.mails.SENDERS.submit", lambda send, message: send(message))
        yield


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """Reset the language before every test: a request leaves the one of its reader active."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


# — the database —


@pytest.fixture(autouse=True)
def _nothing_is_backdated() -> None:
    """Forget what the test before wrote past the triggers."""
    act_writes.BACKDATED.clear()


@pytest.fixture(scope="session")
def acts_are_watched() -> Iterator[None]:
    """Hold every act of the session against what the verifiers say that it writes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.acts.commit", act_writes.watch(commit))
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    acts_are_watched: None,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Create the test database of this worker with the catalogue and the cast, then switch to the runtime role."""
    if not settings.OWNS_DATABASE:
        pytest.exit("The tests create their database: set OUVRAGE_DB_ROLE=owner (see `make test`).", 2)
    for name, cost in CHEAP.items():
        setattr(Argon2PasswordHasher, name, cost)
    with django_db_blocker.unblock():
        if "PYTEST_XDIST_WORKER" in os.environ:
            created = _create_or_copy(tmp_path_factory.getbasetemp().parent / "filled")
        else:
            created = _create_filled()
        options = connection.settings_dict["OPTIONS"]["options"]
        keep_readings()
        connection_created.connect(keep_plans)
        _connect_with(f"{options} -c plan_cache_mode=force_generic_plan -c role={settings.RUNTIME_ROLE}")
    gc.collect()
    gc.freeze()  # what lives as long as the session is left out of garbage collections
    yield
    from tests.database import end_sessions

    with django_db_blocker.unblock():
        _connect_with(options)
        with psycopg.connect(with_parts(os.environ["DATABASE_OWNER_URL"], name="postgres"), autocommit=True) as server:
            end_sessions(server, connection.settings_dict["NAME"])
        teardown_databases(created, verbosity=0)


def _create_filled() -> list[Any]:
    """Create the test database and enter the catalogue and the cast; return what Django needs to drop it."""
    from demo.scenarios import loader

    created: list[Any] = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    call_command("load_catalogue", stdout=StringIO())
    deque(loader.load("cast"), maxlen=0)
    loader.close_accounts("cast")
    _save_settings()
    _give_credential()
    return created


def _create_or_copy(done: Path) -> list[Any]:
    """Create the test database as the first worker, and leave a copy of it; create it from the copy as another one.

    The file `done` of this run says that there is a copy; that of an earlier run is replaced.
    """
    with done.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.stat().st_size:
            connection.settings_dict["TEST"]["TEMPLATE"] = FILLED
            return setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        created = _create_filled()
        tested, copy = Identifier(connection.settings_dict["NAME"]), Identifier(FILLED)
        connection.close()  # a database is copied while nobody is connected to it
        with psycopg.connect(with_parts(os.environ["DATABASE_OWNER_URL"], name="postgres"), autocommit=True) as server:
            server.execute(SQL("DROP DATABASE IF EXISTS {}").format(copy))
            server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(copy, tested))
        lock.write("done")
    return created


def _save_settings() -> None:
    """Save settings once, as an administrator, so that there is a row; they stay the defaults, and nobody is told."""
    from core.acts import back_entry
    from projects.organisation_settings.services import edit_settings
    from roles.models import User

    admin = User.objects.get(email="staff.admin@example.org")
    with back_entry(timezone.now()):
        edit_settings(actor=admin, fields={"sender_name": "Ouvrage"}, seen="")


def _give_credential() -> None:
    """Record the password of one person, so that there is a credential; it counts, and nobody is notified."""
    from core.acts import back_entry
    from projects.people.credentials.enums import CredentialKind, Origin
    from projects.people.credentials.services import give_credential
    from roles.models import User

    person = User.objects.get(email="recipient@example.org")
    with back_entry(timezone.now()):
        give_credential(actor=person, person=person, kind=CredentialKind.PASSWORD, origin=Origin.EXCHANGED)


def _connect_with(options: str) -> None:
    connection.close()
    connection.settings_dict["OPTIONS"]["options"] = options


@pytest.fixture(scope="session")
def demo_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Enter the scenarios of the demo once for this worker, in a database of their own; return its name."""
    from tests.demo import scenarios

    with django_db_blocker.unblock(), scenarios.demo_database() as name:
        yield name


@pytest.fixture(scope="module")
def demo(demo_database: str, django_db_blocker: Any) -> Iterator[None]:
    """Let the tests of a file work where the scenarios of the demo stand; each rolls back only its own acts."""
    from tests.demo import scenarios

    with django_db_blocker.unblock(), scenarios.connected_to(demo_database):
        yield


@pytest.fixture(scope="module")
def kept_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep what the fixtures of a file build until its last test; each test rolls back only its own acts."""
    from tests.database import undone

    with django_db_blocker.unblock(), undone():
        yield


# — the people —


@pytest.fixture(scope="session")
def scenario() -> dict[str, Any]:
    """Load the file of the cast."""
    from demo.scenarios import loader

    return loader.read("cast")


@cache
def _accounts() -> Any:
    from core.sql.compiled_sql import CompiledRows
    from roles.models import User

    return CompiledRows(User.objects.select_related("organisation"))


def _people(scenario: dict[str, Any]) -> dict[str, Any]:
    by_email = {user.email: user for user in _accounts().fetch()}
    return {entry["key"]: by_email[entry["email"]] for entry in scenario["people"]} | {"anonymous": AnonymousUser()}


@pytest.fixture
def cast(db: None, scenario: dict[str, Any]) -> dict[str, Any]:
    """Map every person of the scenario and `anonymous` by key; fresh, so that a test may change them."""
    return _people(scenario)


@pytest.fixture(scope="module")
def kept_cast(kept_database: None, scenario: dict[str, Any]) -> dict[str, Any]:
    """Map the people for what a file builds once for its tests."""
    return _people(scenario)


@pytest.fixture
def owner(cast: dict[str, Any]) -> Any:
    """Return the owner of project one, in office."""
    return cast["owner"]


@pytest.fixture
def former_owner(cast: dict[str, Any]) -> Any:
    """Return the former owner of project one, whose mandate has ended."""
    return cast["former_owner"]


@pytest.fixture
def future_owner(cast: dict[str, Any]) -> Any:
    """Return the next owner of project one, whose mandate has not begun."""
    return cast["future_owner"]


@pytest.fixture
def delegate(cast: dict[str, Any]) -> Any:
    """Return the delegate of project one's owner, for some kinds and up to a cap."""
    return cast["delegate"]


@pytest.fixture
def pmo(cast: dict[str, Any]) -> Any:
    """Return the PMO of project one."""
    return cast["pmo"]


@pytest.fixture
def amoa(cast: dict[str, Any]) -> Any:
    """Return the AMOA of project one."""
    return cast["amoa"]


@pytest.fixture
def moe(cast: dict[str, Any]) -> Any:
    """Return the provider of project one."""
    return cast["moe"]


@pytest.fixture
def recipient(cast: dict[str, Any]) -> Any:
    """Return a recipient of project one."""
    return cast["recipient"]


@pytest.fixture
def other_owner(cast: dict[str, Any]) -> Any:
    """Return the owner of project two."""
    return cast["other_owner"]


@pytest.fixture
def outsider(cast: dict[str, Any]) -> Any:
    """Return a person without a role on any project."""
    return cast["outsider"]


@pytest.fixture
def inactive_owner(cast: dict[str, Any]) -> Any:
    """Return the owner of project three, whose account is closed."""
    return cast["inactive_owner"]


@pytest.fixture
def staff_admin(cast: dict[str, Any]) -> Any:
    """Return an administrator without any role on a project."""
    return cast["staff_admin"]


@pytest.fixture
def superuser(cast: dict[str, Any]) -> Any:
    """Return a superuser without any role on a project."""
    return cast["superuser"]


@pytest.fixture
def anonymous(cast: dict[str, Any]) -> Any:
    """Return a visitor who has not signed in."""
    return cast["anonymous"]


# — the projects and their proposals —


@cache
def _project_of_code() -> Any:
    from core.sql.compiled_sql import CompiledRows, Parameter
    from projects.models import Project

    return CompiledRows(Project.objects.filter(code=Parameter("code", CharField())))


def _project(code: str) -> Any:
    [found] = _project_of_code().fetch(code=code)
    return found


@pytest.fixture
def project_one(db: None) -> Any:
    """Return the project of the cast, with an owner in office, a future one and a delegate."""
    return _project("ONE")


@pytest.fixture
def project_two(db: None) -> Any:
    """Return the project of `other_owner`."""
    return _project("TWO")


@pytest.fixture
def project_three(db: None) -> Any:
    """Return the project whose owner's account is closed."""
    return _project("THREE")


@cache
def _proposal_of_number() -> Any:
    from core.sql.compiled_sql import CompiledRows, Parameter
    from governance.models import Proposal

    place = {"project__code": Parameter("code", CharField()), "number": Parameter("number", IntegerField())}
    return CompiledRows(Proposal.objects.select_related("project", "current", "draft").filter(**place))


def _proposals(scenario: dict[str, Any]) -> Callable[[str], Any]:
    codes = {project["key"]: project["code"] for project in scenario["projects"]}
    drafted: dict[str, list[str]] = {}
    for entry in scenario["acts"]:
        if entry["act"] == "draft":
            drafted.setdefault(codes[entry["project"]], []).append(entry["proposal"])
    places = {
        key: {"code": code, "number": number}
        for code, keys in drafted.items()
        for number, key in enumerate(keys, start=1)
    }

    def read(key: str) -> Any:
        [found] = _proposal_of_number().fetch(**places[key])
        return found

    return read


@pytest.fixture
def proposal(db: None, scenario: dict[str, Any]) -> Callable[[str], Any]:
    """Return a function that reads the proposal with this key of the scenario afresh at each call."""
    return _proposals(scenario)


@pytest.fixture(scope="module")
def kept_proposal(kept_database: None, scenario: dict[str, Any]) -> Callable[[str], Any]:
    """Return that function for what a file builds once for its tests."""
    return _proposals(scenario)


# — the pages —


class ReadOnlyClient(Client):
    """A test client whose GET requests may not write to the database, except to keep a session alive."""

    def request(self, **request: Any) -> HttpResponse:
        """Perform the request. Raises AssertionError when a GET writes to the database."""
        if request["REQUEST_METHOD"] not in {"GET", "HEAD", "OPTIONS"}:
            return super().request(**request)
        with connection.execute_wrapper(_read_only):
            return super().request(**request)

    def _login(self, user: Any, backend: str | None = None) -> None:
        """Sign in a new browser in one session: Django begins one, and another in its place, by eight statements."""
        if self.cookies:
            super()._login(user, backend)
            return
        request = HttpRequest()
        request.session = SessionStore()
        login(request, user, backend)
        request.session.save()
        self._set_login_cookies(request)


class StrictClient(ReadOnlyClient):
    """The same, with pages that can be compared."""

    def request(self, **request: Any) -> HttpResponse:
        """Perform the request, and remove the line breaks from the page."""
        return _squeezed(super().request(**request))


def _squeezed(response: HttpResponse) -> HttpResponse:
    """Remove the line breaks of the templates from a page, so that no test depends on them."""
    if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
        response.content = squeeze(response.content.decode())
    return response


def _read_only(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
    statement = str(sql).lstrip(" (")
    if statement[:8].upper().startswith(WRITES) and not any(table in statement.lower() for table in HOUSEKEEPING):
        raise AssertionError(f"A reading request writes: {sql}")
    return execute(sql, params, many, context)


@pytest.fixture
def client(db: None) -> StrictClient:
    """Return a client that is not signed in."""
    return StrictClient()


@pytest.fixture
def client_of(db: None) -> Callable[[Any], StrictClient]:
    """Return a function that builds a client signed in as a person; for `anonymous` it is not signed in."""

    def browser(user: Any) -> StrictClient:
        client = StrictClient()
        if user.is_authenticated:
            client.force_login(user)
        return client

    return browser


@pytest.fixture
def english(client_of: Callable[[Any], StrictClient]) -> Callable[[Any], StrictClient]:
    """Return a function that builds a client signed in as a person, who reads English unless they chose otherwise."""

    def browser(user: Any) -> StrictClient:
        client = client_of(user)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return browser


class _Undefined(str):
    """Raise on an undefined variable in our own templates; render nothing in those of packages."""

    def __contains__(self, part: object) -> bool:
        return part == "%s" or super().__contains__(part)  # type: ignore[operator]

    def __mod__(self, variable: Any) -> str:
        context = sys._getframe(1).f_locals["context"]
        origin = context.render_context.template.origin.name
        if origin.startswith(str(settings.ROOT / "templates")):
            raise AssertionError(f"{origin} uses a variable that does not exist: {variable}")
        return ""


@pytest.fixture(scope="session", autouse=True)
def _undefined_variables_fail() -> None:
    engines["django"].engine.string_if_invalid = _Undefined("?")


def _render_page(template: Template, context: Context) -> Any:
    """Render a template, and keep the context of a whole page for `response.context`.

    Django keeps a copy of the context of each included template too, a hundred on a page.
    """
    if isinstance(context, RequestContext) and context.template is template:
        template_rendered.send(sender=template, template=template, context=context)
    return template.nodelist.render(context)


@pytest.fixture(scope="session", autouse=True)
def _contexts_of_pages(django_test_environment: None) -> None:
    Template._render = _render_page


# — acting as the other role —


@pytest.fixture
def as_owner(db: None) -> Callable[[], Any]:
    """Return a context manager that runs its statements as the role that owns the tables."""
    from tests.database import owning

    return owning
