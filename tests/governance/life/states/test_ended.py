"""Test that a project that has ended takes nothing but its reopening, and what its closing named."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused, all_permissions, can
from governance.decide.independence.tasks import judge_independence
from governance.life.second_look.enums import LookAnswer
from governance.life.second_look.services import look_back
from governance.life.states.ended import PERMISSIONS_AFTER, TABLES_AFTER, TAKES_NOTHING, guarded_models
from governance.models import Decision, IndependenceMark
from projects.ledger.row_seals import project_sql
from projects.models import Project
from projects.people.accounts.employers import change_employer
from projects.seats.mandates.services import appoint, role_on
from tests import acts
from tests.attacks import switch
from tests.database import OWNER, backdate, disabled, fire_deferred_triggers, refusal, run, triggers

pytestmark = pytest.mark.django_db
NAME = "a_closed_project_takes_nothing"
NO_ROWS = "no row to hang on"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture(scope="module")
def ended(kept_cast: dict[str, Any]) -> Project:
    """Close project one, as of an earlier transaction."""
    project = Project.objects.get(code="ONE")
    acts.close(kept_cast["owner"], project)
    fire_deferred_triggers()
    backdate("governance_effect", "recorded_at", timezone.now() - timedelta(days=1), "field = 'state'")
    return acts.fresh(project)


def _switches() -> dict[str, Any]:
    return {switch(name.partition(".")[2]): found for name, found in triggers().items()}


def _find_parent(model: Any, project: Project) -> tuple[str, int] | None:
    """Return the column of the shortest way to the project, and the key of a row there."""
    for field in model._meta.local_concrete_fields:
        if not field.remote_field or field.null or field.name.startswith("history_"):
            continue
        if field.related_model is Project:
            return field.column, project.pk
    for field in model._meta.local_concrete_fields:
        if field.remote_field and not field.null:
            joins, of = project_sql(field.related_model)
            table, key = field.related_model._meta.db_table, field.related_model._meta.pk.column
            if of != "NULL::bigint":
                sql = f'SELECT r."{key}" FROM {table} r{joins} WHERE {of} = %s ORDER BY 1 LIMIT 1'
                if found := run(sql, [project.pk]):
                    return field.column, found[0][0]
    return None


@pytest.mark.parametrize("model", guarded_models(), ids=lambda model: model._meta.db_table)
def test_every_table_of_a_project_refuses_a_row_after_its_end(model: Any, ended: Project) -> None:
    parent, table = _find_parent(model, ended), model._meta.db_table
    assert parent, NO_ROWS
    column, key = parent
    insert = f'INSERT INTO public.{table} ("{column}") VALUES (%s)'
    assert TAKES_NOTHING in refusal(lambda: run(insert, [key]), role=OWNER)
    [switched] = [switch for switch, (of, trigger) in _switches().items() if of is model and trigger.name == NAME]
    with disabled([switched]):
        assert TAKES_NOTHING not in refusal(lambda: run(insert, [key]), role=OWNER)


def test_no_row_of_a_project_changes_after_its_end(ended: Project) -> None:
    faults = []
    for model in guarded_models():
        joins, of = project_sql(model)
        table, key = model._meta.db_table, model._meta.pk.column
        rows = run(f'SELECT r."{key}" FROM {table} r{joins} WHERE {of} = %s LIMIT 1', [ended.pk])
        if not rows or table in TABLES_AFTER:
            continue
        for sql in (
            f'UPDATE {table} SET "{key}" = "{key}" WHERE "{key}" = %s',
            f'DELETE FROM {table} WHERE "{key}" = %s',
        ):
            if TAKES_NOTHING not in (said := refusal(lambda sql=sql, rows=rows: run(sql, [rows[0][0]]), role=OWNER)):
                faults.append((sql, said))
    assert not faults


def test_what_is_listed_exists() -> None:
    tables = {model._meta.db_table for model in apps.get_models()}
    assert set(TABLES_AFTER) <= tables
    assert set(PERMISSIONS_AFTER) <= set(all_permissions())
    assert all(why for why, _taken in TABLES_AFTER.values())


def test_nobody_may_do_anything_to_a_project_after_its_end(ended: Project, cast: dict[str, Any]) -> None:
    granted = {
        name
        for name in set(all_permissions()) - set(PERMISSIONS_AFTER)
        for person in (cast[role] for role in ("owner", "pmo", "amoa", "moe"))
        if can(person, name, ended) and not can(person, name, None)
    }
    assert not granted


def test_nobody_may_do_anything_to_its_rows(ended: Project, cast: dict[str, Any]) -> None:
    faults = set()
    people = [cast[role] for role in ("owner", "pmo", "amoa", "moe")]
    for model in guarded_models():
        rows = model._default_manager.filter(project=ended.pk) if hasattr(model, "project_id") else []
        for row in rows[:1]:
            for name in set(all_permissions()) - set(PERMISSIONS_AFTER):
                faults |= {(model.__name__, name) for who in people if can(who, name, row) and not can(who, name, None)}
    assert not faults


def test_an_appointment_after_the_end_is_refused(ended: Project, cast: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        appoint(actor=cast["owner"], project=ended, role=role_on(ended, "DEST"), holder=cast["amoa"], group="crews")


def test_the_pages_offer_nothing_and_say_why(english: Any, ended: Project, cast: dict[str, Any]) -> None:
    client = english(cast["owner"])
    refused = client.get(reverse("projects:appointments:mandate_appoint", args=[ended.code]))
    assert refused.status_code == 403
    assert "the project takes nothing new until the owner reopens it" in refused.text
    for view in ("projects:mandates:mandate_list", "amoa:requirements:requirement_list", "pmo:risks:risk_list"):
        page = client.get(reverse(view, args=[ended.code]))
        assert page.status_code == 200
        assert reverse("projects:appointments:mandate_appoint", args=[ended.code]) not in page.text


def test_it_is_reopened_all_the_same(ended: Project, cast: dict[str, Any]) -> None:
    acts.reopen(cast["owner"], ended)
    fire_deferred_triggers()
    assert acts.fresh(ended).state == "active"


def test_a_decision_comes_back_to_its_owner_after_the_end(ended: Project, kept_cast: dict[str, Any]) -> None:
    decision = Decision.objects.select_related("project", "proposal").get(second_look_on__isnull=False)
    assert decision.project == ended
    look = look_back(
        actor=kept_cast["owner"], decision=decision, answer=LookAnswer.KEPT, reasons="It has served every day."
    )
    fire_deferred_triggers()
    assert look.decision == decision


def test_a_fact_entered_after_the_end_marks_the_opinions_it_concerns(ended: Project, kept_cast: dict[str, Any]) -> None:
    adviser, company = kept_cast["amoa"], kept_cast["moe"].organisation
    began = timezone.localdate() - timedelta(days=400)
    change_employer(actor=adviser, person=adviser, organisation=company.name, starts_on=began)
    judge_independence(ended.pk)
    fire_deferred_triggers()
    marks = IndependenceMark.objects.filter(mandate__project=ended)
    assert marks
    assert {mark.opinion_id is None for mark in marks} == {False}
