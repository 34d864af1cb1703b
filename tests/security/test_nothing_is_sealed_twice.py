"""Alter what was recorded under genuine acts, with the triggers that seal left on: both verifiers name each row.

In a copy of the database with a row in every table, so that each alteration is in a transaction of its own, as an
attacker's is. No hash is forged: the database itself seals the altered row, and the event of the act names that seal.
What acts cannot tell apart is listed with a reason in docs/ledger.md, and nothing else.
"""

import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import pytest
from django.db import connection, models, transaction

from config.grants import grant
from core.acts import open_act
from governance.record.verification.bundles import export
from governance.record.verification.verifier import verify
from projects.ledger.enums import ACTS, Act, LedgerAct
from projects.ledger.row_seals import fixed_columns, sealed_columns, sealed_models
from projects.ledger.services import record
from projects.models import Mandate, Project
from projects.seats.mandates.services import state_competence
from roles.models import User
from tests.database import another_database, enable_seals, installed, owning, run, triggers, undone
from tests.demo.scenarios import connected_to
from tests.effort import in_turn
from tests.security.test_every_alteration_is_seen import (
    alter,
    fill_empty_tables,
    names,
    remove,
    table_of,
)
from tools.verify_ledger import ACT_WRITES, Report, verify_bundle


@pytest.fixture(scope="module")
def newest(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """Connect to a copy of the database whose guards are off and whose seals are on; return a row of each table."""
    with django_db_blocker.unblock():
        tested = connection.settings_dict["NAME"]
        connection.close()
        with another_database(f"{tested}_sealed", template=tested), connected_to(f"{tested}_sealed"):
            with transaction.atomic(), owning():
                grant()
                prepare()
            yield {
                table_of(model): run(f'SELECT max("{model._meta.pk.column}") FROM {table_of(model)}')[0][0]
                for model in sealed_models()
            }


def prepare() -> None:
    """Take off guards and constraints, but for those of the ledger, and put a row into each empty table."""
    tables = [table_of(model) for model in sealed_models()]
    for table in tables:
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for table, constraint in run(
        "SELECT c.relname, o.conname FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid"
        " WHERE c.relname = ANY (%s) AND o.contype IN ('c', 'x', 'u', 'f')",
        [tables],
    ):
        run(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{constraint}" CASCADE')
    for (index,) in run(
        "SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        " WHERE c.relname = ANY (%s) AND i.indisunique AND NOT i.indisprimary",
        [tables],
    ):
        run(f"DROP INDEX IF EXISTS {index}")
    archive = installed(*triggers()["projects.ledgerevent.leaves_an_archive_as_it_is"]).split(" ON ")[0]
    run(f'ALTER TABLE projects_ledgerevent DISABLE TRIGGER "{archive}"')
    fill_empty_tables(sealed_models())
    run("SET CONSTRAINTS ALL IMMEDIATE")
    enable_seals(*tables)


@pytest.fixture
def attack(newest: dict[str, int], django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """Begin a transaction of the role that owns the tables, which is rolled back; return a row of each table."""
    with django_db_blocker.unblock(), undone():
        run("SET ROLE NONE")
        yield newest


@open_act
def act_as(*, actor: User, acts: list[LedgerAct]) -> None:
    """Record one event of each of these acts on every project, about a row that is none of those altered."""
    for project in Project.objects.order_by("pk"):
        for act in acts:
            about = {"about": ("governance.decision", "0"), "fields": "reasons"} if act == Act.ERASE else {}
            record(act=act, actor=actor, project=project, subject=_Subject(act, project), **about)


class _Subject:
    """Stands for a row that is the subject of one act alone: an act on one row is recorded once at a time."""

    def __init__(self, act: LedgerAct, project: Project) -> None:
        self.pk = 10_000_000 + [*ACTS].index(act) * 1000 + project.pk
        self._meta = Project._meta


def cover_everything() -> list[LedgerAct]:
    """List acts that may write together whatever any act may, and those of the record itself."""
    chosen, known = [Act.ERASE, Act.SEAL_ROWS], set[tuple[str, str]]()
    for act in ACTS.values():
        written = {
            (table, sign)
            for table, writes in ACT_WRITES[act].items()
            for sign in (*writes.columns, "+" * writes.adds, "-" * writes.removes)
        }
        if not written <= known and act != Act.ERASE:
            chosen.append(act)
            known |= written
    return chosen


EVERY = cover_everything()
THIRD = [True, False, False]


def judge(*, apart: bool = True) -> dict[str, Report]:
    """Verify the database, and an export of it `apart`, by the program alone."""
    reports = {"ledger_verify": verify()}
    if apart:
        bundle = json.loads("".join(export(Project.objects.all(), whole=True, contents=True)))
        reports["verify_ledger.py"] = verify_bundle(bundle, [], [], set())
    return reports


def unseen(altered: list[tuple[str, int]], *, apart: bool = True) -> dict[str, list[str]]:
    """List by verifier the altered rows that it does not name."""
    return {
        verifier: missed
        for verifier, report in judge(apart=apart).items()
        if (missed := [f"{table} {row}" for table, row in altered if not names(report, table, row)])
    }


def test_all_is_intact_before_and_after_a_genuine_act(attack: dict[str, int]) -> None:
    assert not [report.faults for report in judge().values() if report.faults]
    act_as(actor=User.objects.installation(), acts=EVERY)
    assert [names(report, table, row) for report in judge().values() for table, row in attack.items()].count(True) == 0
    assert all(attack.values())


def steps() -> Iterator[list[tuple[type[models.Model], str]]]:
    """Yield the columns of all tables: the first of each, the second of each… By day, a third of each table."""
    everything = [
        [(model, column) for at, column in enumerate(sealed_columns(model)) if in_turn(at + of_table, THIRD)[0]]
        for of_table, model in enumerate(sealed_models())
    ]
    for step in zip_longest(*everything):
        yield list(filter(None, step))


def alter_all(step: list[tuple[type[models.Model], str]], newest: dict[str, int]) -> list[tuple[str, int]]:
    """Alter these columns of the newest rows; return which rows."""
    for model, column in step:
        alter(table_of(model), model._meta.pk.column, newest[table_of(model)], column)
    return [(table_of(model), newest[table_of(model)]) for model, _column in step]


def test_each_column_of_each_table_under_acts_of_every_kind_at_once(attack: dict[str, int]) -> None:
    """The acts of the transaction may write everything that any act may: what they allow together, one alone does."""
    missed = {}
    for step in steps():
        with undone():
            altered = alter_all(step, attack)
            act_as(actor=User.objects.installation(), acts=EVERY)
            if found := unseen(altered, apart=False):
                missed[", ".join(f"{table_of(model)}.{column}" for model, column in step)] = found
    assert missed == {}


@pytest.mark.parametrize("acts", [[Act.STATE_COMPETENCE], EVERY], ids=["another kind", "every kind"])
@pytest.mark.parametrize("what", ["unchangeable", "changeable", "gone"])
def test_each_kind_of_alteration_inside_and_outside(what: str, acts: list[LedgerAct], attack: dict[str, int]) -> None:
    """One column that no act changes and one that some act does, of each table; and each row taken away."""
    if what == "gone":
        for model in sealed_models():
            remove(table_of(model), model._meta.pk.column, attack[table_of(model)])
        altered = list(attack.items())
    else:
        of_kind = {model: set(fixed_columns(model)) for model in sealed_models()}
        if what == "changeable":
            of_kind = {model: {*sealed_columns(model)} - fixed for model, fixed in of_kind.items()}
        chosen = {model: sorted(columns - {model._meta.pk.column}) for model, columns in of_kind.items()}
        altered = alter_all([(model, columns[-1]) for model, columns in chosen.items() if columns], attack)
    act_as(actor=User.objects.installation(), acts=acts)
    assert altered
    assert unseen(altered) == {}


#: What the attack on release 0.2 altered, each under a genuine act: table, and what is done to its oldest row.
ALTERED_THEN = {
    "the outcome of a decision": ("governance_decision", "outcome = 'rejected'"),
    "the signature of a decision": ("governance_decision", 'signature = \'{"name": "Somebody"}\''),
    "the text of an opinion": ("governance_opinion", "reasons = 'Yes, gladly.'"),
    "a revision": ("governance_proposalrevision", "question = 'Another question?'"),
    "a condition": ("governance_condition", "text = 'Something easier.'"),
    "the fingerprint of a document": ("projects_documentversion", f"sha256 = '{'0' * 64}'"),
    "the start of a mandate": (
        "projects_mandate",
        "period = tstzrange(lower(period) - interval '1 year', upper(period))",
    ),
    "the acceptance of a mandate": ("projects_mandate", "accepted_at = now() - interval '1 year'"),
    "the rights of an account": ("roles_user", "is_staff = NOT is_staff"),
    "the bytes of a document": ("projects_documentversion", "content = 'something else'"),
    "the rating of a risk": ("pmo_risk", "impact = impact + 1"),
    "the forecast of a milestone": ("pmo_milestone", "forecast_on = forecast_on + 30"),
    "the result of a test": ("amoa_testrun", "result = 'other'"),
    "the cap of a delegation": ("projects_delegation", "cap = coalesce(cap, 0) + 1000000"),
    "the weather of a project": ("pmo_weatherreport", "delay = 'other'"),
    "an acknowledgement that is gone": ("governance_acknowledgement", ""),
    "an acknowledgement of somebody else": ("governance_acknowledgement", "reader_id = reader_id + 1"),
}


def test_there_were_seventeen() -> None:
    assert len(ALTERED_THEN) == 17


@pytest.mark.parametrize("name", ALTERED_THEN)
def test_what_the_attack_altered_under_a_genuine_act_is_named(name: str, attack: dict[str, int]) -> None:
    """The act is one that people do: a statement of competence, by its service."""
    table, change = ALTERED_THEN[name]
    [[row]] = run(f"SELECT min(id) FROM {table}")
    run(f"UPDATE {table} SET {change} WHERE id = %s" if change else f"DELETE FROM {table} WHERE id = %s", [row])
    mandate = Mandate.objects.active().filter(project__code="ONE", role__code="MOE").get()
    state_competence(actor=mandate.holder, mandate=mandate, text="Ten years of ports.")
    assert unseen([(table, row)]) == {}
