"""Test that `check_database` reports each way to undo the guarantees of the database."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from config import database
from config.database_check import CHECKS, faults, verdicts
from config.database_check.verdict import Verdict
from config.grants import NOTARY, grant, rights
from tests.database import owning, refusal, run, triggers, undone

pytestmark = pytest.mark.django_db

RUNTIME = settings.RUNTIME_ROLE
DECIDES = "governance.decision.only_the_owner_decides"
NOTHING = "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"


def trigger(name: str) -> str:
    """Return the identifier of a trigger of decisions, which its function shares."""
    model, found = triggers()[f"governance.decision.{name}"]
    return found.get_pgid(model)


GUARD = "is_never_changed_or_deleted"
KNOWN = "a_decision_has_a_known_outcome"
ALONE = "one_owner_per_project_at_any_instant"

#: check → (statements of the owner role, the resulting fault); {0} is the trigger that guards decisions.
SABOTAGE: dict[str, list[tuple[str, str]]] = {
    "migrations": [
        (
            "DELETE FROM django_migrations WHERE (app, name) = ('projects', '0002_events_of_proposals')",
            "projects.0002_events_of_proposals",
        ),
        (
            "DELETE FROM django_migrations WHERE (app, name) = ('pmo', '0001_initial')",
            "pmo.0001_initial",
        ),
    ],
    "triggers": [
        ("ALTER TABLE governance_decision DISABLE TRIGGER {0}", "{0} is switched off"),
        ("ALTER TABLE governance_decision DISABLE TRIGGER USER", "{0} is switched off"),
        ("ALTER TABLE governance_decision ENABLE REPLICA TRIGGER {0}", "{0} is switched off"),
        ("ALTER TABLE governance_decision ENABLE TRIGGER {0}", "{0} does not fire in every session"),
        ("DROP TRIGGER {0} ON governance_decision", "{0} is missing"),
        (f"CREATE OR REPLACE FUNCTION {{0}}() {NOTHING}", "{0} has another body"),
        ("ALTER FUNCTION {0}() SET search_path = public", "{0} has another body"),
        ("ALTER FUNCTION {0}() SECURITY DEFINER", "{0} has another body"),
        (
            "DROP TRIGGER {0} ON governance_decision; CREATE TRIGGER {0} AFTER DELETE OR UPDATE ON governance_decision "
            "FOR EACH ROW EXECUTE FUNCTION {0}()",
            "{0} does not fire as declared",
        ),
        (
            "DROP TRIGGER {0} ON governance_decision; "
            "CREATE TRIGGER {0} BEFORE DELETE OR UPDATE ON governance_decision "
            "FOR EACH ROW WHEN (false) EXECUTE FUNCTION {0}()",
            "{0} does not fire as declared",
        ),
        (
            f"CREATE FUNCTION forget() {NOTHING}; CREATE TRIGGER forget BEFORE INSERT ON governance_decision "
            "FOR EACH ROW EXECUTE FUNCTION forget()",
            "the trigger forget is not one of Ouvrage",
        ),
    ],
    "functions": [
        (
            "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql "
            "AS 'SELECT true'",
            "the function _pgtrigger_should_ignore() has another body",
        ),
        (
            "CREATE OR REPLACE FUNCTION ouvrage_back_entry() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
            "the function ouvrage_back_entry() has another body",
        ),
        ("DROP FUNCTION ouvrage_back_entry()", "the function ouvrage_back_entry() is missing"),
        (
            "CREATE FUNCTION anything() RETURNS void LANGUAGE sql SECURITY DEFINER AS ''",
            "the function anything() runs with the rights of its owner",
        ),
    ],
    "tables": [
        ("ALTER TABLE django_session SET UNLOGGED", "django_session does not survive a crash"),
        ("ALTER TABLE governance_decision ENABLE ROW LEVEL SECURITY", "governance_decision has row security"),
        ("CREATE RULE hush AS ON DELETE TO governance_decision DO INSTEAD NOTHING", "governance_decision has a rule"),
        ("CREATE TABLE more () INHERITS (governance_decision)", "governance_decision has an heir"),
        ("DROP TABLE django_session", "django_session is missing"),
        (
            "ALTER TABLE django_session RENAME TO kept; CREATE VIEW django_session AS SELECT * FROM kept",
            "django_session is no plain table",
        ),
    ],
    "columns": [
        ("ALTER TABLE governance_decision ALTER revision_hash DROP NOT NULL", "revision_hash is not as strict"),
        ("ALTER TABLE governance_decision ALTER signature SET DATA TYPE varchar(9000)", "signature has another type"),
        ("ALTER TABLE governance_decision DROP COLUMN signature", "governance_decision.signature is missing"),
    ],
    "constraints": [
        (f"ALTER TABLE governance_decision DROP CONSTRAINT {KNOWN}", f"{KNOWN} is missing"),
        (
            f"ALTER TABLE governance_decision DROP CONSTRAINT {KNOWN}, ADD CONSTRAINT {KNOWN} CHECK (outcome <> '')",
            f"{KNOWN} says something else",
        ),
        (
            f"ALTER TABLE governance_decision DROP CONSTRAINT {KNOWN}, "
            f"ADD CONSTRAINT {KNOWN} CHECK (outcome IN ('approved')) NOT VALID",
            f"{KNOWN} is not enforced on every row",
        ),
        (
            f"ALTER TABLE governance_decision DROP CONSTRAINT {KNOWN}, "
            f"ADD CONSTRAINT {KNOWN} CHECK (outcome IN ('approved')) NOT ENFORCED",
            f"{KNOWN} is not enforced on every row",
        ),
        (f"ALTER TABLE projects_mandate DROP CONSTRAINT {ALONE}", f"{ALONE} is missing"),
        (
            f"ALTER TABLE projects_mandate DROP CONSTRAINT {ALONE}, ADD CONSTRAINT {ALONE} "
            "EXCLUDE USING gist (project_id WITH =, holder_id WITH =, period WITH &&) "
            "WHERE (authority = 'decides' AND NOT taken_back)",
            f"{ALONE} says something else",
        ),
        (
            f"ALTER TABLE projects_mandate DROP CONSTRAINT {ALONE}, ADD CONSTRAINT {ALONE} "
            "EXCLUDE USING gist (project_id WITH =, period WITH &&) WHERE (authority = 'decides' AND taken_back)",
            f"{ALONE} says something else",
        ),
        (
            "ALTER TABLE projects_ledgerevent DROP CONSTRAINT one_event_per_place_in_the_chain, "
            "ADD CONSTRAINT one_event_per_place_in_the_chain UNIQUE (project_id, seq, id)",
            "one_event_per_place_in_the_chain says something else",
        ),
        (
            "ALTER TABLE projects_ledgerevent DROP CONSTRAINT one_event_per_place_in_the_chain, "
            "ADD CONSTRAINT one_event_per_place_in_the_chain UNIQUE (project_id, seq) DEFERRABLE",
            "one_event_per_place_in_the_chain says something else",
        ),
        ("ALTER TABLE governance_decision RENAME outcome TO result", "the conditions of the tables cannot be compared"),
        ("DROP INDEX one_published_role_decides_in_a_pack", "one_published_role_decides_in_a_pack is missing"),
        (
            "DROP INDEX one_account_per_email_whatever_the_case; "
            "CREATE UNIQUE INDEX one_account_per_email_whatever_the_case ON roles_user (email)",
            "one_account_per_email_whatever_the_case says something else",
        ),
        ("ALTER TABLE governance_decision DROP CONSTRAINT {1}", "the constraint FOREIGN KEY of mandate_id is missing"),
        (
            "ALTER TABLE governance_decision DROP CONSTRAINT {1}, ADD FOREIGN KEY (mandate_id) "
            "REFERENCES projects_mandate ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "the constraint FOREIGN KEY of mandate_id says something else",
        ),
        (
            "ALTER TABLE projects_ledgerevent DROP CONSTRAINT projects_ledgerevent_seq_check",
            "the constraint CHECK of seq is missing",
        ),
    ],
    "indexes": [
        ("DROP INDEX proposal_by_state", "the index proposal_by_state is missing"),
        ("DROP INDEX {2}", "no index begins with mandate_id"),
    ],
    "roles": [
        (
            f"GRANT CREATE ON SCHEMA public TO {RUNTIME}; ALTER TABLE django_session OWNER TO {RUNTIME}",
            f"{RUNTIME} owns the table django_session",
        ),
    ],
    "rights": [
        (f"GRANT UPDATE ON governance_decision TO {RUNTIME}", f"{RUNTIME} has UPDATE on governance_decision"),
        (f"GRANT TRUNCATE ON governance_decision TO {RUNTIME}", f"{RUNTIME} has TRUNCATE on governance_decision"),
        (f"GRANT UPDATE (outcome) ON governance_decision TO {RUNTIME}", "UPDATE on governance_decision.outcome"),
        (f"GRANT SELECT ON roles_user TO {RUNTIME} WITH GRANT OPTION", "SELECT on roles_user with the right to pass"),
        ("GRANT DELETE ON governance_opinion TO PUBLIC", "PUBLIC has DELETE on governance_opinion"),
        ("GRANT SELECT ON governance_opinion TO PUBLIC", "PUBLIC has SELECT on governance_opinion"),
        (f"REVOKE INSERT ON governance_decision FROM {RUNTIME}", f"{RUNTIME} lacks INSERT on governance_decision"),
        (f"GRANT UPDATE ON SEQUENCE governance_decision_id_seq TO {RUNTIME}", "UPDATE on governance_decision_id_seq"),
        (f"GRANT SELECT ON roles_user TO {NOTARY}", f"{NOTARY} has SELECT on roles_user"),
        (f"CREATE VIEW v AS SELECT 1; GRANT SELECT ON v TO {RUNTIME}", f"{RUNTIME} has SELECT on v"),
    ],
    "outside": [
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "PUBLIC has CREATE on the schema public"),
        (f"GRANT CREATE ON SCHEMA public TO {RUNTIME}", f"{RUNTIME} has CREATE on the schema public"),
        ("GRANT TEMPORARY ON DATABASE {3} TO PUBLIC", "PUBLIC has TEMPORARY on the database"),
        (f"GRANT CREATE ON DATABASE {{3}} TO {RUNTIME}", f"{RUNTIME} has CREATE on the database"),
    ],
    "settings": [
        (f"SET ROLE {RUNTIME}; ALTER ROLE CURRENT_USER SET synchronous_commit = off", f"set to off for {RUNTIME}"),
        ("ALTER ROLE CURRENT_USER SET synchronous_commit = off", "synchronous_commit is set to off for"),
        ("ALTER DATABASE {3} SET synchronous_commit = off", "set to off for every role in"),
        ("ALTER DATABASE {3} SET search_path = public, pg_catalog", "search_path is set to public, pg_catalog"),
        ("SET LOCAL synchronous_commit = off", "synchronous_commit is off"),
        ("SET LOCAL search_path = public, pg_catalog", "names are looked up in public, pg_catalog"),
    ],
}
#: Switch everything on as it was: the guards in every session.
ON_AGAIN = """DO $$ DECLARE guard name; BEGIN
  ALTER TABLE governance_decision ENABLE TRIGGER ALL;
  FOR guard IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'governance_decision'::regclass AND NOT tgisinternal LOOP
    EXECUTE format('ALTER TABLE governance_decision ENABLE ALWAYS TRIGGER %I', guard);
  END LOOP;
END $$"""
#: The same by a superuser: committed, then reverted by the last statement.
BY_A_SUPERUSER: dict[str, list[tuple[str, str, str]]] = {
    "triggers": [
        (
            "ALTER TABLE governance_decision DISABLE TRIGGER ALL",
            "behind the foreign key governance_decision_mandate_id",
            ON_AGAIN,
        ),
    ],
    "roles": [
        *[
            (f"ALTER ROLE {RUNTIME} {word}", f"{RUNTIME} has {word}", f"ALTER ROLE {RUNTIME} NO{word}")
            for word in ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION")
        ],
        (f"ALTER ROLE {NOTARY} CREATEROLE", f"{NOTARY} has CREATEROLE", f"ALTER ROLE {NOTARY} NOCREATEROLE"),
        (
            f"GRANT pg_write_all_data TO {RUNTIME}",
            f"{RUNTIME} is a member of pg_write_all_data",
            f"REVOKE pg_write_all_data FROM {RUNTIME}",
        ),
    ],
    "outside": [
        (
            f"GRANT SET ON PARAMETER session_replication_role TO {RUNTIME}",
            f"{RUNTIME} has SET on the parameter session_replication_role",
            f"REVOKE SET ON PARAMETER session_replication_role FROM {RUNTIME}",
        ),
    ],
    "settings": [
        (
            f"ALTER ROLE {RUNTIME} SET session_replication_role = replica",
            "session_replication_role is set to replica",
            f"ALTER ROLE {RUNTIME} RESET session_replication_role",
        ),
        (
            "ALTER SYSTEM SET full_page_writes = off",
            "full_page_writes is off",
            "ALTER SYSTEM RESET full_page_writes",
        ),
    ],
}


def names() -> tuple[str, str, str, str]:
    """List the rest: a trigger, a foreign key, its index, the database."""
    ((key,),) = run(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'governance_decision'::regclass AND contype = 'f' "
        "AND confrelid = 'projects_mandate'::regclass"
    )
    ((index,),) = run(
        "SELECT indexname FROM pg_indexes WHERE tablename = 'governance_decision' AND indexdef LIKE '%%(mandate_id)'"
    )
    return trigger(GUARD), key, index, connection.ops.quote_name(connection.settings_dict["NAME"])


@cache
def checks() -> dict[str, Callable[[], Verdict]]:
    """Map the name of each check to it."""
    return {check().check: check for check in CHECKS}


def found_by(check: str) -> list[str]:
    """List the faults that this check reports."""
    return checks()[check]().faults


def test_a_migrated_database_is_as_it_must_be() -> None:
    assert faults() == []


def test_every_check_is_put_to_the_test() -> None:
    assert {verdict.check for verdict in verdicts()} == set(SABOTAGE)
    assert len(CHECKS) == len(SABOTAGE)


@pytest.mark.parametrize(
    ("check", "statements", "words"),
    [(check, statements, words) for check, known in SABOTAGE.items() for statements, words in known],
)
def test_sabotage_is_found(check: str, statements: str, words: str) -> None:
    open_names = names()
    with undone():
        with owning():
            run(statements.format(*open_names))
        found = found_by(check)
    assert any(words.format(*open_names) in fault for fault in found), found


@contextmanager
def superuser() -> Iterator[psycopg.Connection]:
    """Connect a superuser to the database of the tests."""
    if "DATABASE_SUPERUSER_URL" not in os.environ:
        pytest.skip("a given server: the superuser is not ours")
    dsn = database.with_parts(os.environ["DATABASE_SUPERUSER_URL"], name=connection.settings_dict["NAME"])
    with psycopg.connect(dsn, autocommit=True) as opened:
        yield opened


@pytest.mark.changes_the_server
@pytest.mark.parametrize(
    ("check", "statement", "words", "back"),
    [(check, *known) for check, several in BY_A_SUPERUSER.items() for known in several],
)
def test_sabotage_by_a_superuser_is_found(check: str, statement: str, words: str, back: str) -> None:
    with superuser() as boss:
        try:
            boss.execute(statement)
            reload(boss, statement)
            found = found_by(check)
        finally:
            run("ROLLBACK; BEGIN")  # releases the locks on the tables that the check read
            boss.execute(back)
            reload(boss, back)
    assert any(words in fault for fault in found), found


def reload(boss: psycopg.Connection, statement: str) -> None:
    """Make the server reload its settings, and wait until this session sees them."""
    if "SYSTEM" not in statement:
        return
    wanted = "off" if "= off" in statement else "on"
    boss.execute("SELECT pg_reload_conf()")
    for _ in range(200):
        run("SELECT pg_sleep(0.02)")
        if run("SHOW full_page_writes") == [(wanted,)]:
            return
    pytest.fail("the server did not read its settings")


def test_the_command_says_all_is_well_and_exits_with_zero() -> None:
    said = StringIO()
    call_command("check_database", stdout=said)
    lines = said.getvalue().splitlines()
    assert len(lines) == len(CHECKS) + 1  # and the search index, which only the command compares
    assert all(line.startswith("ok ") for line in lines)


def test_the_command_names_the_fault_and_exits_with_one() -> None:
    said = StringIO()
    with undone():
        with owning():
            run(f"ALTER TABLE governance_decision DROP CONSTRAINT {KNOWN}")
        with pytest.raises(SystemExit) as ended:
            call_command("check_database", "--json", stdout=said)
    assert ended.value.code == 1
    bad = [line for line in json.loads(said.getvalue()) if not line["ok"]]
    assert bad == [
        {
            "check": "constraints",
            "ok": False,
            "sentence": f"governance_decision: the constraint {KNOWN} is missing",
        }
    ]


# — the rights themselves —


def test_the_notary_has_one_name() -> None:
    assert database.NOTARY == NOTARY
    assert database.RUNTIME == RUNTIME or "DATABASE_SUPERUSER_URL" not in os.environ


def test_only_the_notary_adds_checkpoints_and_it_does_nothing_else() -> None:
    with undone():
        with owning():
            run("CREATE TABLE IF NOT EXISTS governance_checkpoint (id bigint GENERATED BY DEFAULT AS IDENTITY)")
            assert set(grant()) == {RUNTIME, NOTARY}
        assert faults() == []
        added = "INSERT INTO governance_checkpoint SELECT * FROM governance_checkpoint"
        assert "permission denied" in refusal(lambda: run(added))
        assert refusal(lambda: run("SELECT FROM governance_checkpoint")) == ""

        def as_notary(statement: str) -> str:
            return refusal(lambda: run(f"SET ROLE NONE; SET ROLE {NOTARY}; {statement}"))

        stamped = "INSERT INTO governance_timestamp SELECT * FROM governance_timestamp"
        assert "permission denied" in refusal(lambda: run(stamped))
        for statement in (added, stamped, "SELECT FROM projects_ledgerevent", "SELECT FROM projects_project"):
            assert as_notary(statement) == ""
        for statement in (
            "UPDATE governance_checkpoint SET id = id",
            "DELETE FROM governance_checkpoint",
            "INSERT INTO projects_ledgerevent SELECT * FROM projects_ledgerevent",
            "SELECT FROM roles_user",
            "SELECT FROM governance_decision",
            "CREATE TABLE mine ()",
            "CREATE TEMPORARY TABLE mine ()",
        ):
            assert "permission denied" in as_notary(statement), statement


def test_a_table_that_does_not_exist_yet_is_skipped() -> None:
    assert rights(RUNTIME, "governance_checkpoint") == "SELECT"
    assert rights(NOTARY, "governance_checkpoint") == "SELECT, INSERT"


def test_migrating_takes_back_what_was_granted_beyond() -> None:
    with undone():
        with owning():
            run(
                f"GRANT ALL ON governance_decision TO {RUNTIME}; "
                f"GRANT UPDATE (outcome) ON governance_decision TO {RUNTIME}"
            )
            run("GRANT ALL ON governance_opinion TO PUBLIC; GRANT CREATE ON SCHEMA public TO PUBLIC")
            run(f"GRANT ALL ON SEQUENCE governance_decision_id_seq TO {RUNTIME}")
            grant()
        assert faults() == []
