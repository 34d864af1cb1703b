"""Check that the triggers exist, are enabled, and run our code."""

import re

import pgtrigger

from config.database_check.verdict import Verdict, rows
from config.grants import NO_TRIGGER_IS_IGNORED
from core.record.erasure import BLANKED_SQL, ERASES_SQL, ERASING_SQL
from core.record.guards import BACK_ENTRY_SQL
from core.record.meaning import MEANINGFUL_SQL
from core.record.sealing import CANONICAL_SQL
from core.words.characters import HIDDEN_SQL, TEXTS_SQL
from projects.ledger.row_seals import ROW_CHANGES_SQL, ROW_LAYOUT_SQL, ROWS_SEALED_SQL, SEAL_ROW_SQL
from projects.organisation_settings.guards import ZONE_SQL
from projects.people.administrators.guards import ADMINISTERS_SINCE_SQL, ADMINISTERS_SQL
from projects.people.credentials.counting import DECIDED_SQL, DUE_SQL, WAITS_SQL
from projects.people.replacements.guards import MAY_SECOND_SQL, SUSPENDED_SQL
from projects.people.second_factors.guards import FACTOR_REQUIRED_SQL
from projects.people.vouching.guards import ALONE_SQL, ARGUMENTS, MAY_VOUCH_SQL, VOUCHED_SQL, VOUCHERS_SQL
from projects.seats.mandates.availability import UNAVAILABLE_SQL
from roles.accounts.guards import SKELETON_SQL

#: PostgreSQL prints the events of a trigger in this order.
EVENTS = ("INSERT", "DELETE", "UPDATE", "TRUNCATE")
FIRES = re.compile(
    r"CREATE (?P<constraint>CONSTRAINT )?TRIGGER (?P<name>\S+) (?P<when>.+?) "
    r'(?P<events>(?:INSERT|DELETE|UPDATE|TRUNCATE).*?) ON "?(?P<table>\w+)"? (?P<rest>.*?) EXECUTE PROCEDURE'
)
BODY = re.compile(r"RETURNS TRIGGER AS \$\$(.*?)\$\$ LANGUAGE plpgsql;", re.DOTALL)
INSTALLED = """
SELECT c.relname, t.tgname, t.tgisinternal, t.tgenabled::text, pg_get_triggerdef(t.oid), p.prosrc,
       l.lanname = 'plpgsql' AND p.proconfig IS NULL AND NOT p.prosecdef, k.conname
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_language l ON l.oid = p.prolang LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint
WHERE c.relnamespace = 'public'::regnamespace
"""
FUNCTIONS = """
SELECT p.proname, pg_get_function_identity_arguments(p.oid), p.prosrc, p.prosecdef, p.proconfig IS NOT NULL
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
"""


#: Values of `tgenabled`: a guard fires in every session, whatever its session_replication_role.
ALWAYS, BY_DEFAULT = "A", "O"

OF_A_VOUCH = ARGUMENTS.replace("timestamptz", "timestamp with time zone")
#: Function and its arguments → body.
CALLED = {
    ("_pgtrigger_should_ignore", "trigger_name name"): NO_TRIGGER_IS_IGNORED.split("AS '")[1].rpartition("'")[0],
    ("ouvrage_back_entry", ""): BACK_ENTRY_SQL.split("$$")[1],
    ("ouvrage_canonical", "value jsonb"): CANONICAL_SQL.split("$$")[1],
    ("ouvrage_zone", ""): ZONE_SQL.split("$$")[1],
    ("ouvrage_meaningful", "value text"): MEANINGFUL_SQL.split("$$")[1],
    ("ouvrage_hides", "value text"): HIDDEN_SQL.split("$$")[1],
    ("ouvrage_skeleton", "address text"): SKELETON_SQL.split("$$")[1],
    ("ouvrage_texts", "value jsonb"): TEXTS_SQL.split("$$")[1],
    (
        "ouvrage_unavailable",
        "on_project bigint, of_role text, moment timestamp with time zone",
    ): UNAVAILABLE_SQL.split("$$")[1],
    ("ouvrage_due", "person bigint, since timestamp with time zone, span interval"): DUE_SQL.split("$$")[1],
    ("ouvrage_administers_since", "person bigint"): ADMINISTERS_SINCE_SQL.split("$$")[1],
    ("ouvrage_administers", "person bigint, moment timestamp with time zone"): ADMINISTERS_SQL.split("$$")[1],
    (
        "ouvrage_may_second",
        "candidate bigint, of_kind text, of_project bigint, former bigint, successor bigint, proposer bigint, "
        "asked timestamp with time zone, moment timestamp with time zone",
    ): MAY_SECOND_SQL.split("$$")[1],
    ("ouvrage_suspended", "person bigint"): SUSPENDED_SQL.split("$$")[1],
    (
        "ouvrage_decided",
        "person bigint, since timestamp with time zone, moment timestamp with time zone",
    ): DECIDED_SQL.split("$$")[1],
    ("ouvrage_waits", "of_credential bigint, moment timestamp with time zone"): WAITS_SQL.split("$$")[1],
    ("ouvrage_may_vouch", f"voucher bigint, {OF_A_VOUCH}"): MAY_VOUCH_SQL.split("$$")[1],
    ("ouvrage_vouchers", f"{OF_A_VOUCH}, capacity text"): VOUCHERS_SQL.split("$$")[1],
    ("ouvrage_vouched", OF_A_VOUCH): VOUCHED_SQL.split("$$")[1],
    ("ouvrage_alone", OF_A_VOUCH): ALONE_SQL.split("$$")[1],
    ("ouvrage_factor_required", "person bigint, moment timestamp with time zone"): FACTOR_REQUIRED_SQL.split("$$")[1],
    ("ouvrage_erasing", ""): ERASING_SQL.split("$$")[1],
    ("ouvrage_blanked", "value jsonb, mark text"): BLANKED_SQL.split("$$")[1],
    ("ouvrage_row_layout", "of_table text, of_columns text[]"): ROW_LAYOUT_SQL.split("$$")[1],
    (
        "ouvrage_seal_row",
        "project bigint, of_table text, row_id bigint, layout bigint, fixed_text text, row_text text, tells text, "
        "again boolean",
    ): SEAL_ROW_SQL.split("$$")[1],
    ("ouvrage_row_changes", "before jsonb, after jsonb"): ROW_CHANGES_SQL.split("$$")[1],
    ("ouvrage_rows_sealed", "of_chain bigint"): ROWS_SEALED_SQL.split("$$")[1],
    ("ouvrage_erases", "before jsonb, after jsonb, erasable text[]"): ERASES_SQL.split("$$")[1],
}


def declared_triggers() -> dict[tuple[str, str], tuple[str, str]]:
    """Map (table, trigger) to its CREATE TRIGGER as PostgreSQL prints it, and the body of its function.

    Ours have no WHEN, which PostgreSQL would print in its own way: a condition belongs in the function.
    """
    definitions = {}
    for model, trigger in pgtrigger.registered():
        compiled = trigger.compile(model)
        body = BODY.search(compiled.install_sql)
        fires = FIRES.search(" ".join(compiled.install_sql.split()))
        if body is None or fires is None:
            raise ValueError(f"The SQL of {trigger.get_uri(model)} cannot be read.")
        events = sorted(fires["events"].split(" OR "), key=lambda event: EVENTS.index(event.split()[0]))
        definition = (
            f"CREATE {fires['constraint'] or ''}TRIGGER {fires['name']} {fires['when']} {' OR '.join(events)} "
            f"ON public.{fires['table']} {fires['rest']} EXECUTE FUNCTION {fires['name']}()"
        )
        definitions[model._meta.db_table, compiled.sql.pgid] = (definition, body[1])
    return definitions


def check_triggers() -> Verdict:
    """Check that the declared triggers, and no others, fire in every session, and that those of foreign keys are on."""
    wanted = declared_triggers()
    faults, seen = [], set()
    for table, name, internal, enabled, definition, body, plain, key in rows(INSTALLED):
        if enabled not in {ALWAYS, BY_DEFAULT}:
            what = f"the trigger {name} behind the foreign key {key}" if internal else f"the trigger {name}"
            faults.append(f"{table}: {what} is switched off")
        if internal:
            continue
        seen.add((table, name))
        if (table, name) not in wanted:
            faults.append(f"{table}: the trigger {name} is not one of Ouvrage")
            continue
        our_definition, our_body = wanted[table, name]
        if enabled == BY_DEFAULT:
            faults.append(f"{table}: the trigger {name} does not fire in every session (ENABLE ALWAYS)")
        if definition != our_definition:
            faults.append(f"{table}: the trigger {name} does not fire as declared")
        if body != our_body or not plain:
            faults.append(f"{table}: the function of the trigger {name} has another body")
    faults += [f"{table}: the trigger {name} is missing" for table, name in wanted.keys() - seen]
    return Verdict("triggers", f"{len(wanted)} triggers are installed, on in every session and current", sorted(faults))


def check_functions() -> Verdict:
    """Check that functions called by triggers have our bodies, and none runs as its owner (SECURITY DEFINER)."""
    installed = {(name, arguments): of_it for name, arguments, *of_it in rows(FUNCTIONS)}
    faults = []
    for (name, arguments), body in CALLED.items():
        if (name, arguments) not in installed:
            faults.append(f"the function {name}() is missing")
        elif installed[name, arguments] != [body, False, False]:
            faults.append(f"the function {name}() has another body")
    faults += [
        f"the function {name}() runs with the rights of its owner" for (name, _), of in installed.items() if of[1]
    ]
    return Verdict("functions", "the functions that triggers call have our bodies", sorted(faults))
