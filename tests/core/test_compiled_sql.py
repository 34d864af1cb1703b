"""Test compiled statements: the same rows as their queryset, for the values of each call; few, each with its gain."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.db.models import CharField

from core.sql.compiled_sql import CompiledRows, Named, Parameter, compile_query, execute, planned_for_all
from projects.models import Mandate, Project
from tests.database import statements
from tests.sources import modules

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_project() -> CompiledRows[Mandate]:
    seats = Mandate.objects.select_related("holder").prefetch_related("project__decisions").defer("period")
    return CompiledRows(seats.filter(project__code=Parameter("code", CharField())).order_by("pk"))


def test_each_call_gives_the_rows_of_its_values(of_project: CompiledRows[Mandate], project_one: Project) -> None:
    for code in ("ONE", "TWO", "ONE"):
        assert of_project.fetch(code=code) == list(Mandate.objects.filter(project__code=code).order_by("pk")) != []
    assert of_project.fetch(code="NONE") == []


def test_rows_come_with_what_was_selected_and_prefetched(
    of_project: CompiledRows[Mandate], project_one: Project
) -> None:
    with statements() as sent:
        seats = of_project.fetch(code="ONE")
        assert all(seat.holder.name for seat in seats)
        assert {len(seat.project.decisions.all()) for seat in seats} == {project_one.decisions.count()} != {0}
    assert sent.total() == 4  # seats, their project, its decisions; and the count
    assert {name for seat in seats for name in seat.get_deferred_fields()} == {"period"}


def test_a_value_is_missing(of_project: CompiledRows[Mandate]) -> None:
    with pytest.raises(KeyError, match="code"):
        of_project.fetch()


def test_rows_of_one_call_are_not_those_of_another(of_project: CompiledRows[Mandate], cast: dict[str, Any]) -> None:
    first, second = of_project.fetch(code="ONE")[0], of_project.fetch(code="ONE")[0]
    assert first == second
    assert first is not second


#: Most statements that are compiled: what else a page reads is a queryset.
MOST = 8
#: What runs a compiled statement or columns of one, and what compiles them.
RUNS = {"execute", "fill_columns", "CompiledRows", "CompiledArray"}
COMPILES = {"compile_query", "compile_columns", "CompiledRows"}
GAIN = re.compile(r"Gains [\d.]+ ms of [\d.]+ on .+")


def list_calls() -> Iterator[tuple[str, str, str]]:
    """List the calls of functions of core.sql.compiled_sql: place, name, docstring of the function around."""
    for name, tree in modules().items():
        imported = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "core.sql.compiled_sql"
            for alias in node.names
        }
        for function in (node for node in ast.walk(tree) if imported and isinstance(node, ast.FunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in imported:
                    yield f"{name}.{function.name}", node.func.id, ast.get_docstring(function) or ""


def test_few_statements_are_compiled_and_each_says_what_it_gains() -> None:
    calls = list(list_calls())
    assert 1 < len([name for _place, name, _text in calls if name in RUNS]) <= MOST
    assert [place for place, name, text in calls if name in COMPILES and not GAIN.search(text)] == []


def run(sql: str) -> list[Any]:
    """Return the rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_a_statement_is_planned_once_for_all_values(project_one: Project) -> None:
    statement = compile_query(Project.objects.filter(code=Parameter("code", CharField())).values_list("pk", "state"))
    for code in ("ONE", "TWO", "ONE"):
        run("SET plan_cache_mode = force_custom_plan")
        assert len(execute(statement, code=code)) == 1
    plans = "SELECT statement, generic_plans > 0, custom_plans FROM pg_prepared_statements"
    assert [told for sent, *told in run(plans) if sent == statement[0].replace("%s", "$1")] == [[True, 0]]


def test_the_rows_of_a_queryset_are_planned_once_for_all_values_too(project_one: Project) -> None:
    for code in ("ONE", "TWO", "ONE"):
        rows = Project.objects.filter(code=code).only("starts_on", "code")
        run("SET plan_cache_mode = force_custom_plan")
        with planned_for_all():
            assert [row.code for row in rows] == [code]
    sql = compile_query(rows)[0].replace("%s", "$1")
    plans = "SELECT statement, generic_plans > 0, custom_plans FROM pg_prepared_statements"
    assert [told for sent, *told in run(plans) if sent == sql] == [[True, 0]]


def _read_settings() -> list[tuple[str, ...]]:
    return run("SELECT current_setting('plan_cache_mode'), current_setting('random_page_cost')")


def test_whatever_is_raised_inside_leaves_no_setting() -> None:
    before = _read_settings()
    with pytest.raises(KeyError), planned_for_all():
        raise KeyError
    with pytest.raises(DataError), transaction.atomic(), planned_for_all():
        run("SELECT 1 / 0")
    assert _read_settings() == before


def test_a_statement_that_fails_is_an_error_of_the_database_and_leaves_no_setting() -> None:
    before = _read_settings()
    with pytest.raises(DataError), transaction.atomic():
        execute(("SELECT 1 / %s::int", (Named("by"),)), by=0)
    assert _read_settings() == before
    assert execute(("SELECT 4 / %s::int", (Named("by"),)), by=2) == [(2,)]
