"""Test compiled statements that give instances: the same rows as their queryset, for the values of each call."""

from typing import Any

import pytest
from django.db.models import CharField

from core.compiled_sql import CompiledRows, Parameter
from projects.models import Mandate, Project
from tests.database import statements

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
