"""Test the matrix of a project: its display, its marks and its exports."""

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from governance.desk.responsibilities.differences import Kind, list_differences
from governance.desk.responsibilities.exports import Export, as_csv, as_pdf, as_xlsx
from governance.desk.responsibilities.figures import Figures, count_figures
from governance.desk.responsibilities.matrix import (
    Row,
    Sheet,
    build_sheet,
    list_adaptations,
    list_duties_behind,
    list_held_roles,
)
from governance.desk.responsibilities.problems import Flaw, Held
from governance.desk.responsibilities.role_comparison import compare_letters, describe_basis, list_dimensions
from governance.desk.responsibilities.services import adapt_roles, without_duty
from projects.seats.matrix.letters import LETTERS, RASCI, View, legend, signs
from roles.enums import Nature
from roles.models import ComparisonDimension
from roles.role_templates.content import Duty, Line, Matrix, Role, published_matrix
from tests import acts, pdf

OUR_ORDER = ["D", "P", "A", "E", "S", "I"]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English unless a test says otherwise."""
    with override("en"):
        yield


def duty(code: str, nature: str, *activities: str, because: str = "") -> Duty:
    """Build a responsibility with every text."""
    return Duty(code, f"{code} fr", f"{code} en", nature, ("business",), activities, "p", "e", "once", because)


def role(code: str, authority: str, *duties: Duty, **more: Any) -> Role:
    """Build a role with every text."""
    return Role(code, 1, authority, True, f"{code} fr", f"{code} en", "m", "m", duties=duties, **more)


def small(*roles: Role) -> Matrix:
    """Build a content of two activities without decisions and these roles."""
    lines = (
        Line("PAY", "business", "Payer", "Paying"),
        Line("PLAN", "project_management", "Planifier", "Planning"),
    )
    return Matrix(lines, roles)


OWNER = role("MOA", "decides", duty("O-1", "decide", "PAY", "PLAN"))
ADVISER = role("PMO", "advises", duty("P-1", "propose", "PLAN"), duty("P-2", "advise", "PAY"))
BUILDER = role("MOE", "delivers", duty("B-1", "produce", "PAY"), duty("B-2", "informed", "PLAN"))
WHOLE = small(OWNER, ADVISER, BUILDER)
FILLED = [Held("MOA", 1, "Port"), Held("PMO", 2, "Office"), Held("MOE", 3, "Quays")]


def shown(content: Matrix = WHOLE, held: list[Held] | None = None, **more: Any) -> Sheet:
    """Build the sheet of a content, without the mandatory items of a whole pack."""
    made = build_sheet(content, FILLED if held is None else held, more.pop("view", View.LETTERS), **more)
    kinds = "kind of decision"
    return replace(made, gaps=without(made.gaps, kinds), conflicts=without(made.conflicts, kinds))


def without(told: Any, words: str) -> Any:
    """Drop the findings with these words in their message."""
    return tuple(gap for gap in told if words not in gap.problem.sentence)


def row(made: Sheet, code: str) -> Row:
    """Return the row of an activity."""
    return next(row for row in made.rows if row.line.code == code)


def marks(made: Sheet, code: str) -> dict[str, str]:
    """List the marks in the cells of a row."""
    return {cell.role: cell.flaw for cell in row(made, code).cells if cell.flaw}


# — letters —


def test_every_nature_has_one_letter_with_its_word_in_both_views() -> None:
    assert set(LETTERS) == set(RASCI) == set(Nature.values)
    assert [sign.letter for sign in legend(View.LETTERS)] == OUR_ORDER
    assert [sign.letter for sign in legend(View.RASCI)] == ["R", "A", "S", "C", "I"]
    for language in ("en", "fr"):
        with override(language):
            words = [str(sign.word) for sign in (*legend(View.LETTERS), *legend(View.RASCI))]
            assert all(words)
            assert len(set(words[:6])) == 6


def test_a_cell_has_every_letter_of_its_natures_once_and_rasci_joins_those_it_calls_alike() -> None:
    assert [sign.letter for sign in signs(["advise", "decide", "advise"])] == ["D", "A"]
    assert [sign.letter for sign in signs(["produce", "propose"], View.RASCI)] == ["R"]
    assert [sign.letter for sign in signs(["decide", "advise", "support"], View.RASCI)] == ["A", "S", "C"]
    assert signs([]) == ()


def test_the_letters_have_their_french_words() -> None:
    with override("fr"):
        assert [(s.letter, str(s.word)) for s in legend(View.LETTERS)] == [
            ("D", "décide"),
            ("P", "propose"),
            ("A", "donne un avis"),
            ("E", "réalise"),
            ("S", "appuie"),
            ("I", "est informé"),
        ]


# — the sheet —


def test_activities_are_rows_under_their_domains_and_roles_are_columns() -> None:
    made = shown()
    assert [section.domain for section in made.sections] == ["project_management", "business"]
    assert [row.line.code for row in made.rows] == ["PLAN", "PAY"]
    cells = {cell.role: [sign.letter for sign in cell.signs] for cell in row(made, "PAY").cells}
    assert cells == {"MOA": ["D"], "PMO": ["A"], "MOE": ["E"]}
    assert len({row.anchor for row in made.rows}) == 2


def test_a_matrix_with_nothing_wrong_is_complete() -> None:
    made = shown()
    assert (made.complete, made.conflicts, made.gaps, made.vacant) == (2, (), (), frozenset())
    assert [row.flaw for row in made.rows] == [None, None]


def test_an_activity_that_nobody_carries_is_a_gap_with_its_sentence_and_its_row() -> None:
    made = shown(small(OWNER, replace(ADVISER, duties=ADVISER.duties[1:]), BUILDER))
    assert row(made, "PLAN").flaw == Flaw.GAP
    [told] = [gap for gap in made.gaps if gap.problem.lines == {"PLAN"}]
    assert "No role carries “Planning”" in told.problem.sentence
    assert told.anchor == row(made, "PLAN").anchor
    assert made.complete == 1


def test_an_activity_with_decisions_that_one_adviser_hears_is_a_gap() -> None:
    pay, plan = WHOLE.lines
    lines = (replace(pay, kinds=("budget",)), plan)
    [told] = shown(replace(WHOLE, lines=lines)).gaps
    assert "heard by fewer than two advising roles" in told.problem.sentence
    assert told.problem.lines == {"PAY"}
    second = role("AMOA", "advises", duty("A-1", "advise", "PAY"))
    two = replace(small(OWNER, ADVISER, BUILDER, second), lines=lines)
    assert shown(two, [*FILLED, Held("AMOA", 4, "Needs")]).gaps == ()


def test_two_roles_that_decide_the_same_activity_are_a_conflict_in_both_cells() -> None:
    second = replace(ADVISER, duties=(*ADVISER.duties, duty("P-3", "decide", "PAY")))
    made = shown(small(OWNER, second, BUILDER))
    assert row(made, "PAY").flaw == Flaw.CONFLICT
    assert marks(made, "PAY") == {"MOA": "conflict", "PMO": "conflict"}
    assert marks(made, "PLAN") == {}


def test_a_role_that_nobody_holds_is_a_gap_where_it_is_needed_and_not_where_it_is_only_informed() -> None:
    made = shown(held=FILLED[:2])
    assert made.vacant == {"MOE"}
    assert (marks(made, "PAY"), marks(made, "PLAN")) == ({"MOE": "gap"}, {})
    [told] = made.gaps
    assert told.problem.sentence == "MOE is vacant, and 1 activity needs it. The owner appoints a person."
    assert told.problem.vacant == "MOE"
    assert [sign.letter for sign in row(made, "PAY").cells[2].signs] == ["E"]


def test_a_provider_still_to_be_appointed_by_a_gate_is_no_gap() -> None:
    made = shown(held=FILLED[:2], provider_comes=True)
    assert (made.gaps, made.vacant) == ((), {"MOE"})
    assert shown(held=FILLED[:1], provider_comes=True).gaps[0].problem.vacant == "PMO"


def test_a_project_without_owner_is_told_that_an_administrator_names_one() -> None:
    [told] = shown(held=FILLED[1:]).gaps
    assert "an administrator names one" in told.problem.sentence
    assert told.problem.lines == {"PAY", "PLAN"}


def test_an_organisation_that_builds_and_judges_is_a_conflict_where_it_does_both() -> None:
    made = shown(held=[FILLED[0], Held("PMO", 3, "Quays"), FILLED[2]])
    [told] = made.conflicts
    assert "Quays has both PMO and MOE" in told.problem.sentence
    assert marks(made, "PAY") == {"PMO": "conflict", "MOE": "conflict"}
    assert marks(made, "PLAN") == {}


def test_roles_that_exclude_each_other_by_the_template_are_a_conflict_on_either_side() -> None:
    users = role("DEST", "receives", duty("U-1", "advise", "PLAN"), incompatible=("PMO",))
    held = [*FILLED, Held("DEST", 2, "Office")]
    [told] = shown(small(OWNER, ADVISER, BUILDER, users), held).conflicts
    assert told.problem.roles == {"PMO", "DEST"}
    assert told.problem.lines == {"PLAN"}
    free = replace(users, incompatible=())
    assert shown(small(OWNER, ADVISER, BUILDER, free), held).conflicts == ()


def test_holders_without_organisation_are_never_on_two_sides() -> None:
    assert shown(held=[Held(code, None, "") for code in ("MOA", "PMO", "MOE")]).conflicts == ()


def test_the_worst_of_a_row_comes_first() -> None:
    made = shown(held=[Held("PMO", 3, "Quays"), FILLED[2]])
    assert [problem.flaw for problem in row(made, "PAY").problems] == [Flaw.CONFLICT, Flaw.GAP]
    assert row(made, "PAY").flaw == Flaw.CONFLICT


def test_behind_an_activity_stand_the_responsibilities_of_each_role_with_their_letters() -> None:
    found = list_duties_behind(WHOLE, "PAY", View.RASCI)
    assert [(letter.role.code, letter.duty.code, letter.sign.letter) for letter in found] == [
        ("MOA", "O-1", "A"),
        ("PMO", "P-2", "C"),
        ("MOE", "B-1", "R"),
    ]
    assert list_duties_behind(WHOLE, "ABSENT", View.LETTERS) == []


def test_an_adaptation_of_the_project_is_shown_with_its_reason() -> None:
    own = replace(ADVISER, duties=(*ADVISER.duties, duty("X-1", "support", "PAY", because="Asked.")))
    content = small(OWNER, replace(own, dropped={"P-9": "No port."}), BUILDER)
    assert [
        (adaptation.role, adaptation.code, bool(adaptation.label), adaptation.because)
        for adaptation in list_adaptations(content)
    ] == [
        ("PMO", "X-1", True, "Asked."),
        ("PMO", "P-9", False, "No port."),
    ]


# — versions —


def test_the_differences_of_two_versions_are_told_duty_by_duty_with_the_reason() -> None:
    changed = replace(
        ADVISER,
        duties=(replace(ADVISER.duties[0], nature="support"), duty("P-7", "informed", "PAY", because="Asked.")),
        dropped={"P-2": "The port does it."},
    )
    users = role("DEST", "receives", duty("U-1", "advise", "PLAN"))
    found = list_differences(WHOLE, small(OWNER, changed, users))
    told = [(adaptation.kind, adaptation.role, adaptation.code, adaptation.because) for adaptation in found]
    assert told == [
        (Kind.CHANGED, "PMO", "P-1", ""),
        (Kind.ADDED, "PMO", "P-7", "Asked."),
        (Kind.GONE, "PMO", "P-2", "The port does it."),
        (Kind.ADDED, "DEST", "", ""),
        (Kind.GONE, "MOE", "", ""),
    ]
    assert ([s.letter for s in found[0].before], [s.letter for s in found[0].after]) == (["P"], ["S"])
    assert list_differences(WHOLE, WHOLE) == []
    renamed = list_differences(WHOLE, small(replace(OWNER, version=2), ADVISER, BUILDER))
    assert [(adaptation.kind, adaptation.role, adaptation.code) for adaptation in renamed] == [
        (Kind.CHANGED, "MOA", "")
    ]


# — files —


@pytest.fixture
def export(project_one: Any) -> Export:
    """Return the matrix of project one as its exports read it."""
    made = build_sheet(project_one.matrix.read(), list_held_roles(project_one, timezone.now()), View.LETTERS)
    return Export(project_one, project_one.matrix, made, timezone.now(), "en")


def hostile(export: Export, label: str) -> Export:
    """Return the same matrix with one activity under this label."""
    content = export.matrix.read()
    lines = (replace(content.lines[0], label_en=label, label_fr=label), *content.lines[1:])
    return replace(export, sheet=build_sheet(replace(content, lines=lines), [], View.LETTERS))


FORMULAS = ('=HYPERLINK("http://x.example","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1")


@pytest.mark.django_db
def test_the_csv_has_a_byte_order_mark_and_a_line_for_each_activity(export: Export) -> None:
    made = as_csv(export)
    assert made.startswith(b"\xef\xbb\xbf")
    head, *lines = csv.reader(io.StringIO(made.decode("utf-8-sig")))
    roles = ["MOA", "PMO", "AMOA", "MOE", "DEST", "CDP", "RSSI", "DPD"]
    assert head == ["Domain", "Code", "Activity", *roles, "State", "What to do"]
    assert len(lines) == len(export.matrix.content["lines"])
    [budget] = [line for line in lines if line[1] == "BUDGET"]
    assert (budget[2], budget[3]) == ("Budget and schedule", "D")


@pytest.mark.django_db
@pytest.mark.parametrize("label", FORMULAS)
def test_no_cell_of_a_file_is_ever_a_formula(export: Export, label: str) -> None:
    harmful = hostile(export, label)
    cells = [c for line in csv.reader(io.StringIO(as_csv(harmful).decode("utf-8-sig"), newline="")) for c in line]
    assert f"'{label}" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    sheets = workbook(as_xlsx(harmful))
    assert all("<f>" not in text and "<f " not in text for text in sheets.values())
    assert label.strip() in texts(sheets)
    assert "hyperlink" not in "".join(text for name, text in sheets.items() if "sheet1" in name)


def workbook(made: bytes) -> dict[str, str]:
    """Return the parts of a workbook as text."""
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        return {name: book.read(name).decode() for name in book.namelist() if name.endswith((".xml", ".rels"))}


def texts(parts: dict[str, str]) -> str:
    """Return the texts of a workbook's cells."""
    return html.unescape(re.sub(r"<[^>]+>", "", parts["xl/sharedStrings.xml"]))


@pytest.mark.django_db
def test_every_cell_of_the_workbook_is_a_text_and_it_says_which_version_it_is(export: Export) -> None:
    parts = workbook(as_xlsx(export))
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        kinds = re.findall(r"<c [^>]*>", parts[name])
        assert kinds
        assert all('t="s"' in cell for cell in kinds)
    assert export.matrix.hash in texts(parts)
    assert 'orientation="landscape"' in parts["xl/worksheets/sheet1.xml"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pdf_is_accessible_and_carries_version_fingerprint_and_every_activity(
    export: Export, language: str
) -> None:
    with override(language):
        made = as_pdf(replace(export, language=language))
        said = pdf.text(made)
        assert b"<pdfuaid:part>1</pdfuaid:part>" in made
        assert pdf.squeezed(f"{export.matrix.hash[:4]} {export.matrix.hash[4:8]}") in said
        assert pdf.squeezed(export.version_line) in said
        for row in export.sheet.rows:
            assert pdf.squeezed(row.line.label) in said
        assert re.search(rb"/MediaBox ?\[0 0 841\.8\d* 595\.2", made)


@pytest.mark.django_db
def test_the_pdf_shows_markup_and_strange_signs_as_they_are(export: Export) -> None:
    said = pdf.text(as_pdf(hostile(export, '#read("/etc/passwd") $x$ 🙂')))
    assert pdf.squeezed('#read("/etc/passwd") $x$ [U+1F642]') in said


@pytest.mark.django_db
def test_the_pdf_is_the_same_each_time_it_is_made(export: Export) -> None:
    assert as_pdf(export) == as_pdf(export)


@pytest.mark.django_db
def test_a_large_matrix_goes_on_over_several_sheets(export: Export) -> None:
    content = large()
    made = replace(export, sheet=build_sheet(content, [], View.LETTERS))
    assert pdf.pages(as_pdf(made)) > 1


def large(roles: int = 8, activities: int = 40) -> Matrix:
    """Build a matrix of this size in which every role takes part in every activity."""
    codes = [f"ACT-{n}" for n in range(activities)]
    domains = ("project_management", "business", "technical")
    lines = tuple(
        Line(code, domains[n % 3], f"Activité numéro {n}", f"Activity number {n}", ("change",) if n == 0 else ())
        for n, code in enumerate(codes)
    )
    natures = ("propose", "advise", "produce", "support", "informed")
    others = [
        role(f"R{n}", "advises", *(duty(f"R{n}-{k}", nature, *codes) for k, nature in enumerate(natures)))
        for n in range(1, roles)
    ]
    return Matrix(lines, (role("MOA", "decides", duty("MOA-01", "decide", *codes)), *others))


# — two roles on a project —


@pytest.mark.django_db
def test_opinions_count_as_followed_unless_the_answer_contradicts_them(
    owner: Any, pmo: Any, amoa: Any, project_two: Any, cast: dict[str, Any]
) -> None:
    two = cast["other_owner"], cast["other_pmo"], cast["other_amoa"]
    before = count_figures(project_two, ["PMO", "AMOA"])
    for position, outcome in (
        ("favourable", "approved"),
        ("with_reservations", "approved"),
        ("unfavourable", "approved"),
        ("unfavourable", "rejected"),
        ("favourable", "rejected"),
        ("no_opinion", "approved"),
        ("favourable", "rework"),
    ):
        file = acts.draft(two[2], project_two, "arbitration")
        acts.submit(two[2], file)
        acts.advise(two[1], file, position)
        acts.decide(two[0], file, outcome)
    after = count_figures(project_two, ["PMO", "AMOA"])
    assert after["PMO"].opinions - before["PMO"].opinions == 7
    assert after["PMO"].answered - before["PMO"].answered == 5
    assert after["PMO"].followed - before["PMO"].followed == 3
    assert after["AMOA"].proposals - before["AMOA"].proposals == 7
    assert after["PMO"].proposals == before["PMO"].proposals


@pytest.mark.django_db
def test_drafts_and_other_projects_count_for_nothing(amoa: Any, project_one: Any, project_three: Any) -> None:
    before = count_figures(project_one, ["AMOA"])
    acts.draft(amoa, project_one)
    assert count_figures(project_one, ["AMOA"]) == before
    assert count_figures(project_three, ["NONE"]) == {"NONE": Figures()}


def test_the_words_of_a_pack_are_read_from_either_side_and_say_their_basis() -> None:
    said = ComparisonDimension(
        left_role="PMO",
        right_role="AMOA",
        label_en="Focus",
        left_en="organisation",
        right_en="needs",
        shared_en="advice",
        basis="seed, source 18",
    )
    [there], [back] = list_dimensions([said], "PMO"), list_dimensions([said], "AMOA")
    assert (there.left, there.shared, there.right) == ("organisation", "advice", "needs")
    assert (back.left, back.shared, back.right) == ("needs", "advice", "organisation")
    assert there.basis == "founding article, another source"
    assert describe_basis("inferred from seed, 2") == "our own conclusion, founding article"
    assert describe_basis("minutes") == "minutes"


def test_the_computed_lists_follow_the_order_of_the_matrix() -> None:
    found = compare_letters(WHOLE, ADVISER, BUILDER)
    assert [(met.label, [s.letter for s in met.left], [s.letter for s in met.right]) for met in found.otherwise] == [
        ("Paying", ["A"], ["E"]),
        ("Planning", ["P"], ["I"]),
    ]
    assert (found.shared, found.only_left, found.only_right) == ([], [], [])


# — the project itself —


@pytest.mark.django_db
def test_the_holders_of_today_fill_the_matrix_each_role_and_organisation_once(project_one: Any, cast: Any) -> None:
    held = list_held_roles(project_one, timezone.now())
    assert ("PMO", cast["pmo"].organisation_id) in [(seat.role, seat.organisation_id) for seat in held]
    assert len(held) == len(set(held))
    assert "former_owner" not in [seat.organisation for seat in held]


@pytest.mark.django_db
def test_a_version_that_is_written_and_not_in_force_leaves_the_matrix_of_today_alone(
    pmo: Any, project_one: Any
) -> None:
    content = project_one.matrix.read()
    code = content.role("PMO").duties[0].code
    changed = without_duty(content, "PMO", code, "The port does it.")
    made = adapt_roles(actor=pmo, project=project_one, base=project_one.matrix.number, content=changed, reason="Less.")
    project_one.refresh_from_db()
    assert project_one.matrix.number == made.number - 1
    [one] = list_differences(project_one.matrix.read(), made.read())
    assert (one.kind, one.role, one.code, one.because) == (Kind.GONE, "PMO", code, "The port does it.")


@pytest.mark.parametrize("pack", ["fr-programme", "pm2-programme"])
@pytest.mark.django_db
def test_a_director_is_missing_above_three_projects_only(pack: str) -> None:
    content = published_matrix(pack)
    manager = "PGDIR" if pack == "fr-programme" else "PGM"
    for parts, short in ((3, []), (4, [f"{manager} is missing"])):
        made = build_sheet(content, [], View.LETTERS, level="programme", parts=parts)
        assert [row.problem.short for row in made.gaps if row.problem.vacant == manager] == short
    held = [Held(manager, 1, "Port")]
    made = build_sheet(content, held, View.LETTERS, level="programme", parts=9)
    assert manager not in {row.problem.vacant for row in made.gaps}
