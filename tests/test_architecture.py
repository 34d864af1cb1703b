"""Check the architecture rules (§2, §4, §6, §7) in the syntax trees; `make check` covers the layers of imports."""

import ast
import re
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from core.access import all_permissions, permission_tables
from core.search_index.sources import STARTS
from governance.enums import Act as GovernanceAct
from governance.workspace_registry import OF_PROJECT
from projects.ledger.enums import ACTS, Act
from roles.enums import Authority
from tests.sources import ROOT, all_strings, called, modules, nodes, sources, strings, templates

ASKING = {"can", "ensure"}
ACCESS = "core/access.py"
#: The permission module passes names on.
THE_DOOR = {ACCESS, "core/acts.py", "roles/accounts/models.py"}
#: A form view asks for the permission that its class names, a panel of a kind for its own, the menu for its entries'.
GRIDS = "core/pages/grid/views.py"
FORM_VIEWS, PANELS, MENU = (
    "core/pages/form_views.py",
    "governance/decide/kinds/base.py",
    "governance/templatetags/menu.py",
)
PALETTE = "governance/desk/search/pages.py"
#: The proof of permissions loops over all registered names; a list from a file asks for what its importer names.
ASKS_ALL = {
    "governance/desk/permissions/simulation.py",
    "governance/desk/permissions/rights.py",
    "projects/imports/rules.py",
}
#: Definitions of permissions; other modules ask for a permission by name.
DEFINES_AUTHORITY = re.compile(
    r"(/rules|/authorities|/predicates|/holders|/seats|/models|/guards|/enums|roles/role_templates/\w+)\.py$"
)
#: Allowed comparisons of a role's code or authority, not of the actor's rights: file → comparison and its reason.
ABOUT_THE_ROLE_ITSELF = {
    "amoa/questions/queries.py": "which side a person speaks for: who writes requirements, or who builds",
    "projects/seats/mandates/services.py": "the role given decides, so it is named by name_owner, not appointed",
    "governance/desk/permissions/simulation.py": "which advisers a submission would ask, as the trigger computes them",
    "projects/seats/matrix/levels.py": "a portfolio with a provider has the rules of a project",
    "projects/seats/launch/checklist.py": "what must be held before the launch differs by authority (R3)",
}
ROLE_WORDS = {"MOA", "PMO", "AMOA", "MOE", "DEST", *Authority.values}
#: Bulk updates of rows and their versions, through the one exception the database allows.
ERASES = "governance/record/erasure/services.py"
#: Bulk writes with their history versions.
WRITES_MANY = "core/history.py"
#: Django finds these by their names.
BY_NAME = {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"} | {
    "account/password_reset_help_text.html",  # called by allauth, which has no permissions of its own
    "account/email/sign_in_link_subject.txt",  # allauth completes the name of a mail
    "account/email/sign_in_link_message.txt",
}


WRITES_NO_RECORD = "the import, which its author drives, and how words are read: nothing of the project changes"
READ_FIRST = "who read another revision is told so, before who may"
#: Acts that lock nothing at the start, and why.
LOCK_LATER = {
    "amoa/imports/services.py: start": WRITES_NO_RECORD,
    "amoa/imports/services.py: import_requirements": "another connection says meanwhile how far the import is",
    "governance/decide/decisions/services.py: decide": READ_FIRST,
    "governance/decide/decisions/services.py: rehearse": READ_FIRST,
    "governance/decide/opinions/services.py: advise": READ_FIRST,
    "governance/decide/opinions/services.py: note_binding": READ_FIRST,
    "projects/people/vouching/services.py: vouch": "the projects of the person are locked before the organisation",
    "projects/imports/services.py: receive": WRITES_NO_RECORD,
    "projects/imports/services.py: read_again": WRITES_NO_RECORD,
    "projects/imports/services.py: choose_columns": WRITES_NO_RECORD,
    "projects/imports/services.py: choose_meanings": WRITES_NO_RECORD,
    "projects/imports/services.py: stop": WRITES_NO_RECORD,
    "pmo/steering/reviews/services.py: archive_review": "nobody else waits while the pages are set",
}
#: Services that check another permission as well, or one on another object than their first argument.
ASK_SOMETHING_ELSE = {
    "governance/decide/decisions/services.py: _close_rivals",
    "governance/decide/proposals/services.py: edit",
    "pmo/registers/risks/bulk_services.py: edit_risks",
    "pmo/registers/risks/bulk_services.py: undo_risks",
}
#: Acts without a permission: from a shell on the server, by the worker, on one's own account, or before anybody's.
ASK_NOBODY = {
    "demo/scenarios/loader.py: _close_account",
    "projects/management/commands/load_catalogue.py: _apply",
    "governance/record/erasure/services.py: erase_text",
    "governance/record/erasure/services.py: erase_person",
    "governance/decide/disputes/services.py: dispute",
    "governance/decide/lapses/services.py: lapse",
    "governance/life/second_look/services.py: come_back",
    "governance/decide/independence/services.py: judge_project",
    "projects/people/accounts/employers.py: apply_employment",
    "governance/record/records/services.py: store_record",
    "projects/people/addresses/services.py: ask_address",
    "projects/people/addresses/services.py: close_address",
    "projects/people/addresses/services.py: confirm_address",
    "projects/people/addresses/services.py: object_to_address",
    "projects/people/addresses/services.py: settle_address",
    "projects/people/addresses/services.py: take_back_address",
    "projects/people/credentials/services.py: give_credential",
    "projects/people/credentials/services.py: confirm_credential",
    "projects/people/credentials/services.py: rename_credential",
    "projects/people/credentials/services.py: prove_credentials",
    "projects/people/credentials/services.py: end_credential",
    "projects/ledger/upgrades.py: tell",
    "projects/people/accounts/services.py: set_up",
    "projects/people/second_factors/services.py: add_passkey",
    "projects/people/second_factors/services.py: add_code_app",
    "projects/people/second_factors/services.py: make_recovery_codes",
    "projects/people/second_factors/services.py: remove_factor",
    "projects/people/second_factors/services.py: end_factors",
    "projects/people/accounts/services.py: close_departed",
    "projects/people/accounts/services.py: close_provisioned",
    "projects/people/provisioning/services.py: provision_person",
    "projects/people/provisioning/services.py: change_provisioned",
    "projects/people/accounts/services.py: choose_password",
    "projects/people/accounts/services.py: change_password",
    "projects/people/accounts/services.py: reset_password",
    "projects/people/accounts/services.py: edit_account",
    "projects/people/sign_in_provider/services.py: open_account",
    "projects/people/sign_in_provider/services.py: accept_invitation",
    "projects/people/sign_in_provider/services.py: link_provider",
    "projects/people/sign_in_provider/services.py: unlink_provider",
    "projects/people/administrators/services.py: invite_operator",
    "projects/people/administrators/services.py: end_departed",
    "projects/people/administrators/services.py: object_to_ending",
    "projects/people/administrators/services.py: settle_ending",
    "projects/people/accounts/services.py: mail_reset",
    "projects/people/replacements/services.py: announce",
    "projects/people/replacements/services.py: ask_closing",
    "projects/people/replacements/services.py: object_to_replacement",
    "projects/people/replacements/services.py: settle_closing",
    "projects/seats/role_templates/installation.py: write_pack",
    "projects/seats/role_templates/preparation.py: _prepare_level",
    "projects/seats/role_templates/preparation.py: _prepare_version",
    "projects/people/vouching/services.py: ask_vouch",
    "projects/people/vouching/services.py: remind_vouch",
    "projects/people/vouching/services.py: count_alone",
    "roles/accounts/views.py: choose",
}


def permission_asked(node: ast.Call) -> list[str]:
    """List the permission names of a call, an f-string over the acts expanded."""
    name = node.args[1] if len(node.args) > 1 else None
    if isinstance(name, ast.Constant):
        return [str(name.value)]
    if isinstance(name, ast.JoinedStr):
        return [text for text in strings(name) if "." in text]
    return []


def permissions_of_views() -> list[tuple[str, str]]:
    """Map the permissions of form views (`permission` or `get_permission`) to their files."""
    named = []
    for path, node in nodes(ast.ClassDef):
        for part in node.body:
            attribute = isinstance(part, ast.Assign) and [getattr(target, "id", "") for target in part.targets]
            if attribute == ["permission"] or getattr(part, "name", "") == "get_permission":
                named += [(path, text) for text in strings(part) if re.fullmatch(r"[a-z]+\.[a-z_]+", text)]
    return named


def test_form_views_name_their_permissions() -> None:
    assert len({name for _path, name in permissions_of_views()}) >= 20


def test_every_permission_that_is_asked_is_registered() -> None:
    unknown = []
    for path, node in nodes(ast.Call):
        if called(node) in ASKING and path not in THE_DOOR | ASKS_ALL | {FORM_VIEWS, GRIDS, PANELS, MENU, PALETTE}:
            asked = permission_asked(node)
            assert asked, f"{path}:{node.lineno} asks for a permission that cannot be read"
            prefixed = [name for name in asked if not name.endswith(".")]
            unknown += [f"{path}: {name}" for name in prefixed if name not in all_permissions()]
    unknown += [f"{path}: {name}" for path, name in permissions_of_views() if name not in all_permissions()]
    of_entries = [(entry.view, name) for entry in OF_PROJECT for name in entry.permissions]
    of_entries += [(start.view, start.permission) for start in STARTS]
    unknown += [f"menu, {view}: {name}" for view, name in of_entries if name not in all_permissions()]
    for name, source in templates().items():
        asked = re.findall(r"{%\s*can\b[^%]*?[\"']([a-z_.]+)[\"']", source)
        unknown += [f"{name}: {permission}" for permission in asked if permission not in all_permissions()]
    assert unknown == []


def decorated(path: str, tree: ast.Module) -> dict[str, ast.Call]:
    """Map the name of each service in a file to its `@act(…)` call."""
    return {
        node.name: decorator
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and called(decorator) == "act"
    }


def acts() -> dict[str, ast.Call]:
    """Map "path: service" to every `@act(…)` call of the product."""
    return {f"{path}: {name}": one for path, tree in modules().items() for name, one in decorated(path, tree).items()}


#: Permissions to read what is no row of a project; they guard a page alone.
TO_READ = {"projects.find_person"}


def test_every_registered_permission_guards_a_service() -> None:
    assert set(all_permissions()) - TO_READ == {ast.literal_eval(act.args[0]) for act in acts().values()}


def test_acts_that_lock_later_ask_again_by_themselves() -> None:
    """`@act` asks, locks and asks again elsewhere; a service must not repeat it."""
    later = {name for name, one in acts().items() for key in one.keywords if key.arg == "lock" and is_none(key.value)}
    assert later == set(LOCK_LATER)
    asking = {
        f"{path}: {node.name}"
        for path, tree in modules().items()
        if path.endswith("services.py")
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and called(call) == "ensure"
    }
    assert asking == {name for name, why in LOCK_LATER.items() if why != WRITES_NO_RECORD} | set(ASK_SOMETHING_ELSE)


def is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def test_permissions_are_named_after_the_acts() -> None:
    asked_of_nobody = {
        GovernanceAct.DRAFT,
        Act.FOUND,
        GovernanceAct.SUPERSEDE,
        GovernanceAct.BREAK_SEAL,
        Act.ERASE,
        Act.APPLY_ROLES,
        GovernanceAct.LAPSE,
    }
    asked_of_nobody |= {GovernanceAct.COME_BACK}  # by the night
    asked_of_nobody |= {GovernanceAct.MARK_INDEPENDENCE}  # of the facts
    asked_of_nobody |= {Act.DISPUTE}  # of the signatory alone, also when their account is held or closed
    asked_of_nobody |= {Act.ASK_RIGHTS_END, Act.OBJECT_RIGHTS_END, Act.KEEP_RIGHTS}  # by who may end them
    asked_of_nobody |= {Act.ASK_REPLACEMENT, Act.ANNOUNCE_REPLACEMENT, Act.OBJECT_REPLACEMENT}
    asked_of_nobody |= {GovernanceAct.REQUIRE_WORKSPACES, Act.PROVISION_ACCOUNT}
    asked_of_nobody |= {GovernanceAct.CHANGE_PLACE}  # with the decision of the owner above
    asked_of_nobody |= {GovernanceAct.CARRY_OVER}  # with the decision that closes the project
    of_ones_own_account = {Act.SET_UP, Act.OPEN_ACCOUNT, Act.EDIT_ACCOUNT, Act.CHANGE_PASSWORD}
    of_ones_own_account |= {Act.GIVE_CREDENTIAL, Act.CONFIRM_CREDENTIAL, Act.RENAME_CREDENTIAL}
    of_ones_own_account |= {Act.END_CREDENTIAL, Act.ASK_VOUCH, Act.PROVE_CREDENTIAL}
    asked_of_nobody |= {
        Act.REMIND_VOUCH,
        Act.COUNT_ALONE,
        Act.CHANGE_HAND,
    }  # of the installation, or beside another act
    of_ones_own_account |= {Act.ASK_ADDRESS, Act.CONFIRM_ADDRESS, Act.CHANGE_ADDRESS, Act.END_ADDRESS}
    acts = {*ACTS, "propose"} - asked_of_nobody - of_ones_own_account - {Act.STORE_RECORD, Act.SEAL_ROWS}
    named = {name.partition(".")[2] for name in set(all_permissions()) - TO_READ}
    assert named == acts | {"found", "configure"}


def test_permissions_are_registered_in_the_rules_only() -> None:
    """Every capability has its own table, which Django discovers like `admin.py`."""
    written = {path for path, node in nodes(ast.Call) if called(node) == "Permission"}
    assert {name.replace(".", "/") + ".py" for name in permission_tables()} == written
    assert {path for path, node in nodes(ast.Call) if called(node) in {"add_perm", "set_perm", "add_rule"}} == {ACCESS}
    assert sum(map(len, permission_tables().values())) == len(all_permissions())


def test_no_table_knows_another_capability_but_those_its_rows_are_about() -> None:
    """Removing a capability removes its permissions."""
    known = {
        (path, node.module or "")
        for path, node in nodes(ast.ImportFrom)
        if path.endswith("/rules.py") and (node.module or "").endswith(".rules")
    }
    assert known == {("governance/decide/opinions/rules.py", "governance.decide.proposals.rules")}


def test_the_page_of_rules_is_what_the_product_says() -> None:
    said = StringIO()
    call_command("show_rules", stdout=said)
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == said.getvalue()


def test_one_module_names_what_the_library_of_sign_ins_may_move() -> None:
    within = {path for path, node in nodes(ast.ImportFrom) if re.match(r"allauth\..*\binternal\b", node.module or "")}
    assert within == {"core/allauth_internals.py"}


def test_permissions_are_asked_through_the_one_door() -> None:
    found = {path for path, node in nodes(ast.Call) if called(node) in {"has_perm", "has_perms", "test_rule"}}
    assert found <= THE_DOOR
    assert [path for path, source in sources().items() if "permission_required" in source] == []


def compares_a_role(node: ast.Compare) -> bool:
    """Return whether one side of a comparison is a role's code or authority."""
    for side in (node.left, *node.comparators):
        for part in ast.walk(side):
            if isinstance(part, ast.Attribute) and getattr(part.value, "id", "") == "Authority":
                return True
            if isinstance(part, ast.Constant) and part.value in ROLE_WORDS:
                return True
    return False


def test_roles_are_compared_only_where_authority_is_defined() -> None:
    found = {path for path, node in nodes(ast.Compare) if compares_a_role(node) and not DEFINES_AUTHORITY.search(path)}
    assert found == set(ABOUT_THE_ROLE_ITSELF)


def test_no_template_compares_a_role_or_asks_who_is_staff_or_superuser_to_allow_an_act() -> None:
    words = "|".join(ROLE_WORDS)
    for name, source in templates().items():
        tags = re.findall(r"{%\s*(?:if|elif)\b(.*?)%}", source)
        assert not [tag for tag in tags if re.search(rf"[\"'](?:{words})[\"']|is_superuser|perms\.", tag)], name


def test_news_travels_by_return_values_not_by_signals() -> None:
    imports = {
        path
        for path, node in nodes(ast.ImportFrom)
        if re.match(r"django\.(dispatch|db\.models\.signals|core\.signals)|simple_history\.signals", node.module or "")
    }
    receivers = {path for path, node in nodes(ast.Call) if called(node) == "receiver"}
    assert imports | receivers == set()


def test_governed_rows_are_written_one_at_a_time() -> None:
    """Querysets refuse it themselves (tests/test_history.py); two doors write the versions too."""
    doors = {path for path, node in nodes(ast.Call) if called(node) == "bypassing_history"}
    assert doors == {ERASES, WRITES_MANY}
    around = {path for path, node in nodes(ast.Attribute) if node.attr == "_base_manager"}
    assert around == set()


def test_raw_sql_stays_where_the_database_is_set_up() -> None:
    raw = {path for path, node in nodes(ast.Call) if called(node) in {"raw", "extra", "RawSQL"}}
    cursors = {path for path, node in nodes(ast.Call) if called(node) == "cursor"}
    put_into_sql_once = "core/sql/compiled_sql.py"  # called on every request by querysets, where a class costs nothing
    assert raw == {put_into_sql_once}
    others = {path for path in cursors if not path.startswith(("config/", "demo/population/"))}
    seals_of_rows = {
        "projects/ledger/row_seals.py",
        "projects/ledger/services.py",
        "governance/record/verification/rows.py",
        "governance/record/verification/verifier.py",
    }
    # One SQL text answers service and trigger.
    shared_with_a_trigger = {
        "projects/seats/mandates/availability.py",
        "projects/seats/organisations/queries.py",
        "projects/independence/queries.py",
        "amoa/requirements/seals.py",
        "governance/life/closure/queries.py",
        "governance/decide/decisions/dependents.py",
        "governance/life/facts/queries.py",
        "projects/workspaces.py",
    }
    # Full text, trigrams and excerpts of one table that its triggers fill.
    search = {"core/search_index/sources.py", "governance/desk/search/queries.py"}
    assert others == {"core/acts.py", put_into_sql_once, *shared_with_a_trigger, *seals_of_rows, *search}


def test_every_service_that_acts_is_an_act() -> None:
    """A public function of services.py with an `actor` is one act with a registered permission."""
    bare = []
    for path, tree in modules().items():
        if not path.endswith("services.py"):
            continue
        asked = {
            name for name, one in decorated(path, tree).items() if ast.literal_eval(one.args[0]) in all_permissions()
        }
        bare += [
            f"{path}: {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and "actor" in [arg.arg for arg in node.args.kwonlyargs]
            if node.name not in asked | {"record"} and f"{path}: {node.name}" not in ASK_NOBODY
        ]
    assert bare == []


def test_acts_that_ask_for_no_permission_are_few() -> None:
    found = {
        f"{path}: {node.name}"
        for path, node in nodes(ast.FunctionDef)
        if "open_act" in [getattr(decorator, "id", "") for decorator in node.decorator_list]
    }
    assert found == set(ASK_NOBODY)


# — templates —


def overrides_a_package(name: str) -> bool:
    """Return whether a template overrides one that a package finds by name."""
    for package, folder in (
        ("allauth", "templates"),
        ("django", "forms/templates"),
        ("django.contrib.admin", "templates"),
    ):
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        if (Path(spec.origin).parent / folder / name).exists():
            return True
    return False


def test_every_template_is_used() -> None:
    told = {text.partition("#")[0] for text in all_strings()}
    for source in templates().values():
        told |= set(re.findall(r"{%\s*(?:include|extends)\s+[\"']([^\"'#]+)", source))
    unused = [name for name in templates() if name not in told | BY_NAME and not overrides_a_package(name)]
    assert not unused, "\n".join(unused)


def test_every_template_that_is_named_exists() -> None:
    told = {
        text.partition("#")[0]
        for text in all_strings()
        if re.fullmatch(r"[a-z_]+/[a-z_/]+\.(html|txt)(#[a-z_]+)?|\d{3}\.html", text)
    }
    for source in templates().values():
        told |= {name for name in re.findall(r"{%\s*(?:include|extends)\s+[\"']([^\"'#]+)", source) if name}
    assert {name for name in told if name not in templates() and not overrides_a_package(name)} == set()


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("inline script", r"<script(?![^>]*\bsrc=)"),
        ("inline style", r"<style|\sstyle="),
        ("inline handler", r"<[^>]*\son[a-z]+="),
        ("javascript: address", r"javascript:"),
        ("unescaped text", r"\|\s*safe\b|{%\s*autoescape\s+off"),
        ("address of another host", r"(?:src|href)=[\"'](?:https?:)?//"),
    ],
)
def test_no_template_has(what: str, pattern: str) -> None:
    """The content security policy forbids it; mails in plain text are not escaped."""
    found = [n for n, source in templates().items() if n.endswith(".html") and re.search(pattern, source, re.I)]
    assert found == [], what


# — migrations —


@pytest.mark.django_db
def test_migrations_are_in_step_with_the_models() -> None:
    said = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())


# — what a file must not hold —


@pytest.mark.parametrize(
    "pattern",
    [r"(?<!governance/desk)/home/\w+|/work/|/tmp/\w", r"#\s*(TODO|FIXME|XXX)\b", r"\bprint\((?!f?[\"']Translations)"],
)
def test_no_file_of_the_apps_holds(pattern: str) -> None:
    found = [path for path, source in sources().items() if re.search(pattern, source)]
    assert [path for path in found if not path.startswith("config/")] == []
