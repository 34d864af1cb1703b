"""Check that nobody reads the day of an instant in universal time: templates, columns of lists and Python."""

import ast
import re
from datetime import UTC, date, datetime

from django.utils import timezone
from django.utils.translation import override

from core.pages.lists.columns import Column, show
from core.templatetags.ui import day, stamp, when
from tests.sources import called, nodes, templates

#: `.date` of a value, in a tag or a variable of a template.
DAY_OF_AN_INSTANT = re.compile(r"{[{%][^}]*\b[\w.]+\.date\b(?!\()[^}]*[%}]}")
#: Functions that put an instant into the time zone of the reader or of the organisation, and parsers of days.
LOCAL = {"localtime", "now", "strptime", "astimezone"}
#: Cells of files have no zone, and scenarios invent their instants.
NOT_READ = ("core/tables/cells.py", "demo/")
#: Late on 26 November in universal time, already the 27th in Paris.
LATE = datetime(2026, 11, 26, 23, 55, tzinfo=UTC)


def test_no_template_takes_the_day_of_an_instant() -> None:
    wrong = [f"{name}: {found}" for name, text in templates().items() for found in DAY_OF_AN_INSTANT.findall(text)]
    assert not wrong


def test_no_function_takes_the_day_of_an_instant_before_it_is_local() -> None:
    local_names = {
        (path, target.id)
        for path, node in nodes(ast.Assign)
        if isinstance(node.value, ast.Call) and called(node.value) in LOCAL
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    wrong = []
    for path, node in nodes(ast.Call):
        if called(node) != "date" or node.args or not isinstance(node.func, ast.Attribute) or path.startswith(NOT_READ):
            continue
        value = node.func.value
        branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
        is_local = isinstance(value, ast.Call) and called(value) in LOCAL
        is_named = isinstance(value, ast.Name) and (path, value.id) in local_names
        if not (is_local or is_named or any(isinstance(b, ast.Call) and called(b) in LOCAL for b in branches)):
            wrong.append(f"{path}:{node.lineno}: {ast.unparse(node)}")
    assert not wrong, "\n".join(wrong)


def test_a_late_instant_is_shown_as_the_day_where_its_reader_is() -> None:
    column = Column("changed", "Changed", lambda row: row, "changed_at")
    with override("en"), timezone.override("Europe/Paris"):
        assert day(LATE) == day(date(2026, 11, 27))
        assert day(date(2026, 11, 27)) in when(LATE)
        for shown in (stamp(LATE), show(LATE), column.cell(LATE)):
            assert day(date(2026, 11, 27)) in shown
        assert column.text(LATE) == "2026-11-27 00:55"


def test_the_time_of_an_instant_is_exact_wherever_it_was_written() -> None:
    with override("en"), timezone.override("Europe/Paris"):
        assert stamp(LATE) == '<time datetime="2026-11-26T23:55Z">27 Nov 2026, 00:55</time>'
        assert stamp(timezone.localtime(LATE)) == stamp(LATE)
        assert stamp(date(2026, 11, 27), "end") == '<time class="end" datetime="2026-11-27">27 Nov 2026</time>'
