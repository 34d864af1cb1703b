"""Hold every register to what it declares: its addresses, its form and import, its columns, and the page about it."""

import re
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.http import QueryDict
from django.urls import URLPattern, get_resolver, reverse

from core.pages.grid.paste import PasteView
from core.pages.lists.neighbours import find_neighbours
from core.pages.register.registers import Register, all_registers
from projects.bulk_views import ChangeRowsView, UndoRowsView
from projects.copy_views import CopyRowsView
from projects.form_views import ProjectGridView
from projects.imports.registry import autodiscover, find_importer
from tests.sources import ROOT, sources

REGISTERS = {register.name: register for register in all_registers()}
#: Registers with a change of ticked rows of their own: the form of every field of many requirements empties some.
CHANGED_BY_THEIR_OWN = {"requirements"}


def list_patterns(resolver: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """List (name of the address, view) of all addresses."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join([*names, pattern.name or ""]), pattern.callback
        else:
            yield from list_patterns(pattern, (*names, pattern.namespace) if pattern.namespace else names)


VIEWS = dict(list_patterns(get_resolver()))


@pytest.fixture(params=REGISTERS)
def register(request: pytest.FixtureRequest) -> Register:
    return REGISTERS[request.param]


def test_the_page_of_registers_is_what_the_product_says() -> None:
    said = StringIO()
    call_command("show_registers", stdout=said)
    assert (ROOT / "docs" / "registers.md").read_text(encoding="utf-8") == said.getvalue()


def test_its_addresses_lead_to_what_it_declares(register: Register) -> None:
    grid: Any = VIEWS[register.grid_url].view_class if register.grid_url else None
    if grid:
        assert issubclass(grid, ProjectGridView)
        assert grid.register is register
    for name, kind in ((register.change_url, ChangeRowsView), (register.undo_url, UndoRowsView)):
        if name and not (kind is ChangeRowsView and register.name in CHANGED_BY_THEIR_OWN):
            assert VIEWS[name].view_class is kind
            assert VIEWS[name].view_initkwargs == {"grid": grid}
    for name, kind in ((register.paste_url, PasteView), (register.copy_url, CopyRowsView)):
        if name:
            assert issubclass(VIEWS[name].view_class, kind)
    assert reverse(register.list_url, args=["ONE"])
    assert reverse(register.row_url, args=[1])


def test_every_grid_is_that_of_a_register() -> None:
    grids = {
        view.view_class for view in VIEWS.values() if issubclass(getattr(view, "view_class", int), ProjectGridView)
    }
    assert {VIEWS[register.grid_url].view_class for register in REGISTERS.values() if register.grid_url} == grids


def test_a_file_brings_in_its_fields(register: Register, db: None) -> None:
    brought = register.list_file_columns()
    if not register.importer:
        assert brought == ()
        return
    autodiscover()
    importer = find_importer(register.importer)
    assert importer is not None
    assert importer.columns == brought
    assert importer.permission
    assert importer.back_url_name == register.list_url
    assert set(importer.synonyms) <= {column.name for column in brought}


@pytest.mark.django_db
def test_its_list_reads_what_it_names(register: Register, project_one: Any) -> None:
    columns = [column.name for column in register.list_columns("en")]
    assert len(columns) == len(set(columns))
    assert set(register.columns) | set(register.file) <= set(columns)
    assert register.sort.removeprefix("-") in columns
    assert [column.head for column in register.list_columns("en")].count(True) == 1
    listing, asked = register.build(project_one, QueryDict("q=nothingislikethis"))
    assert list(listing.rows) == []
    assert asked.words == "nothingislikethis"
    assert not listing.before
    assert not listing.change_url
    assert bool(register.build(project_one, QueryDict(), changes=True)[0].before) == bool(register.change_url)


@pytest.mark.django_db
def test_the_file_of_all_fields_has_every_column(register: Register, project_one: Any) -> None:
    listing = register.build_file(project_one, QueryDict("column=whim&sort=x"), "csv")
    named = [column.name for column in listing.shown]
    assert sorted(named) == sorted(column.name for column in register.list_columns("en"))
    assert named[: len(register.file)] == list(register.file)


def test_a_page_leads_to_its_neighbours_where_it_says_so(register: Register) -> None:
    calls = [source for source in sources().values() if f"{find_neighbours.__name__}(" in source]
    found = (vars(module) for name, module in sys.modules.items() if name.endswith(".register"))
    [name] = {name for names in found for name, value in names.items() if value is register}
    assert any(re.search(rf"lambda query: {name}\.build\(", source) for source in calls) == register.leads_on
