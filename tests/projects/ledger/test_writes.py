"""Compare what the verifiers say that acts write with the acts, the models and what the tests see them write."""

import pgtrigger
import pytest
from django.db import models

from core.acts import open_act
from core.history import INSERT_ONLY, bypassing_history
from core.record.sealing import SealedModel
from governance.enums import Act as GovernanceAct
from governance.models import Erasure
from projects.ledger.enums import ACTS, Act, LedgerAct
from projects.ledger.row_seals import sealed_columns, sealed_models, tables_sealed_later
from projects.ledger.services import record
from projects.models import Notification, Project
from roles.models import User
from tests.act_writes import Unlisted
from tools.verify_ledger import ACCOUNTS, ACT_WRITES, KEYS, QUOTED, VERSIONED, WITHOUT_EVENT, WRITES, base_of

pytestmark = pytest.mark.django_db
WHERE = "add it to WRITES of tools/verify_ledger.py, with the tables it adds rows to and the columns it changes"


def tables() -> dict[str, type[models.Model]]:
    """Return the sealed models by table."""
    return {model._meta.db_table: model for model in sealed_models()}


def test_every_act_says_what_it_writes() -> None:
    assert [act for act in ACTS if act not in WRITES] == [], WHERE
    assert set(WRITES) - {*ACTS, WITHOUT_EVENT} == set()


def test_what_it_says_is_there_to_be_written() -> None:
    """A table of the record by its name, and columns that its seals cover; histories go without saying."""
    known = tables()
    for act, line in ACT_WRITES.items():
        for table, writes in line.items():
            assert table in known, (act, table)
            assert not base_of(table), (act, table)
            assert writes.columns <= {*sealed_columns(known[table])}, (act, table)


def test_rows_that_are_only_added_are_changed_by_an_erasure_alone() -> None:
    insert_only = {model._meta.db_table for model, trigger in pgtrigger.registered() if trigger.name == INSERT_ONLY}
    for act, line in ACT_WRITES.items():
        for table in insert_only & line.keys():
            assert act == Act.ERASE or (not line[table].columns and not line[table].removes), (act, table)


def test_an_erasure_says_what_may_be_erased() -> None:
    expected = {}
    for model in sealed_models():
        erasable = {model._meta.get_field(name).attname for name in getattr(model, "ERASABLE", ())}  # type: ignore[union-attr]
        if erasable and not hasattr(model, "history_object"):
            expected[model._meta.db_table] = erasable | ({"salt"} if issubclass(model, SealedModel) else set())
    account = {"organisation_id", "is_active", "last_day", "absent_from", "absent_until", "stand_in_id"}
    expected[ACCOUNTS] |= account
    [quoted] = QUOTED
    assert quoted == Notification._meta.db_table
    told = {table: {*writes.columns} for table, writes in ACT_WRITES[Act.ERASE].items()}
    assert told == expected | {quoted: {"about"}, Erasure._meta.db_table: set()}


def test_histories_and_keys_are_those_of_the_models() -> None:
    histories = {table: model for table, model in tables().items() if hasattr(model, "history_object")}
    assert {base_of(table) for table in histories} == VERSIONED
    assert {base_of(table) for table in tables()} - {""} == VERSIONED
    assert {model.instance_type._meta.db_table for model in histories.values()} == VERSIONED  # type: ignore[attr-defined]
    bases = {table: model for table, model in tables().items() if table in VERSIONED}
    assert {table: model._meta.pk.column for table, model in bases.items() if model._meta.pk.column != "id"} == KEYS
    assert set(tables_sealed_later()) & VERSIONED == set()


def test_an_act_that_writes_more_fails_and_is_told_where_to_say_so(project_one: Project, owner: User) -> None:
    @open_act
    def rename(*, actor: User, project: Project, act: LedgerAct) -> None:
        project.title_en += "!"
        project.save()
        record(act=act, actor=actor, project=project, subject=project)

    project = Project.objects.lock().get(pk=project_one.pk)
    rename(actor=owner, project=project, act=GovernanceAct.EDIT_FACTS)
    said = r"archive wrote projects_project ~ title_en: add that to its line in WRITES of tools/verify_ledger\.py"
    with pytest.raises(Unlisted, match=said):
        rename(actor=owner, project=project, act=Act.ARCHIVE)


def test_an_act_that_leaves_no_version_fails(project_one: Project, owner: User) -> None:
    @open_act
    def rename(*, actor: User, project: Project) -> None:
        with bypassing_history():
            Project.objects.filter(pk=project.pk).update(title_en="Another")
        record(act=GovernanceAct.EDIT_FACTS, actor=actor, project=project, subject=project)

    with pytest.raises(Unlisted, match="without its history"):
        rename(actor=owner, project=Project.objects.lock().get(pk=project_one.pk))
