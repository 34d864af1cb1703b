"""Test the diff of two contents: it loses and invents nothing, and it is fast."""

import random
import time
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from core.pages.diff import Line, Run, text_runs, value_lines
from governance.desk.dossier.differences import list_differences
from governance.models import ProposalDraft
from tests import acts

WORDS = st.sampled_from(["the", "ice", "quay", "4,", "–", "été", "a"])
GAPS = st.sampled_from([" ", " ", "\n\n", "\u202f", "  ", "\n- "])
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.tuples(WORDS, GAPS), max_size=90).map(lambda pairs: "".join(word + gap for word, gap in pairs)),
)
EUROS, NO_BREAK, NARROW = "€", "\u00a0", "\u202f"


def joined(runs: list[Run], *kinds: str) -> str:
    return "".join(run.text for run in runs if run.kind in kinds)


@given(TEXTS, TEXTS)
@example("", "")
@example(" \n", "a")
@example("\x1c a", "a \x1f")
def test_the_runs_of_each_side_are_its_text_to_the_space(before: str, after: str) -> None:
    runs = text_runs(before, after)
    assert joined(runs, "same", "removed") == before
    assert joined(runs, "same", "added") == after
    assert all(run.text for run in runs)
    kinds = [run.kind for run in runs]
    assert all(one != other for one, other in pairwise(kinds))


@given(TEXTS, TEXTS)
def test_folding_hides_words_but_loses_none(before: str, after: str) -> None:
    line = Line("", "", text_runs(before, after))
    assert "".join(run.text for run in line.before) == before
    assert "".join(run.text for run in line.after) == after
    assert all(run.text for run in line.before + line.after)
    assert {run.kind for run in line.before} <= {"same", "removed", "folded"}
    assert {run.kind for run in line.after} <= {"same", "added", "folded"}


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {run.kind for run in text_runs(text, text)} <= {"same"}


def shown(runs: list[Run]) -> str:
    """Join the runs into one text: [-removed-], {+added+}, (folded)."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}", "folded": "({})"}
    return "".join(f"{run.lead}{marks[run.kind].format(run.body)}" for run in runs)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("Open on 1 February 2027.", "Open on 1 March 2027.", "Open on 1 [-February-] {+March+} 2027."),
        ("One.\n\nThree.", "One.\n\nTwo.\n\nThree.", "One.\n\n{+Two.+}\n\nThree."),
        ("- ice\n- salt", "- ice", "- ice\n[-- salt-]"),
        ("Needed.", "", "[-Needed.-]"),
        ("", "Needed.", "{+Needed.+}"),
        ("A and b and c.", "E and f and g.", "[-A-]{+E+} and [-b-] {+f+} and [-c.-] {+g.+}"),
        (
            "Ice of the quay is late.",
            "Nobody asked for this, nor wants the rest.",
            "[-Ice of the quay is late.-]{+Nobody asked for this, nor wants the rest.+}",
        ),
    ],
)
def test_words_that_changed_are_marked_in_their_place(before: str, after: str, told: str) -> None:
    assert shown(text_runs(before, after)) == told


def test_unchanged_text_far_from_a_change_is_folded() -> None:
    words = [str(number) for number in range(200)]
    changed = [*words[:100], "new", *words[101:]]
    line = Line("", "", text_runs(" ".join(words), " ".join(changed)))
    assert [(run.kind, run.words) for run in line.before] == [
        ("folded", 88),
        ("same", 12),
        ("removed", 1),
        ("same", 12),
        ("folded", 87),
    ]
    assert line.after[2] == Run("added", " new")


def long_texts() -> dict[str, tuple[list[str], list[str]]]:
    """Yield pairs of texts of 2,000 words that are hard to compare in different ways."""
    dice = random.Random(4)  # noqa: S311
    vocabulary = [f"w{number}" for number in range(3000)]
    natural = dice.choices(vocabulary, [1 / (rank + 1) for rank in range(3000)], k=2000)
    alone = [f"u{number}" for number in range(2000)]
    pairs = [word for n in range(0, 2000, 2) for word in (alone[n + 1], alone[n])]
    return {
        "a fifth changed": (natural, [dice.choice(vocabulary) if n % 5 == 0 else w for n, w in enumerate(natural)]),
        "shuffled": (natural, dice.sample(natural, 2000)),
        "halves swapped": (natural, natural[1000:] + natural[:1000]),
        "another text": (natural, dice.choices(vocabulary, k=2000)),
        "every two words swapped": (alone, pairs),
        "backwards": (alone, alone[::-1]),
        "one word": (["a"] * 2000, ["a", "b"] * 1000),
        "a table": ([f"x{n % 100}" for n in range(2000)], [f"x{n % 100}" if n % 7 else "y" for n in range(2000)]),
    }


@pytest.mark.parametrize("name", long_texts())
def test_two_thousand_words_are_compared_in_no_time(name: str) -> None:
    before, after = (" ".join(words) for words in long_texts()[name])

    def took() -> float:
        began = time.process_time()
        runs = text_runs(before, after)
        spent = time.process_time() - began
        assert joined(runs, "same", "removed") == before
        return spent

    assert min(took() for _ in range(3)) < 0.15


def test_a_long_text_with_many_changes_keeps_what_did_not_change() -> None:
    before, after = (" ".join(words) for words in long_texts()["a fifth changed"])
    assert sum(run.words for run in text_runs(before, after) if run.kind == "same") >= 1500


# — the fields of a content —


def content(**changes: Any) -> ProposalDraft:
    return ProposalDraft(**acts.CONTENT | changes)


def told(before: ProposalDraft, after: ProposalDraft) -> list[tuple[str, list[tuple[str, str, str]]]]:
    with override("en"):
        return [
            (field.label, [(line.label, line.note, shown(line.runs)) for line in field.lines])
            for field in list_differences(before, after)
        ]


def test_equal_contents_have_no_difference() -> None:
    assert list_differences(content(), content()) == []


def test_amounts_and_days_are_shown_before_and_after() -> None:
    changed = content(amount=Decimal("24000.50"), decide_by=date(2026, 12, 1))
    field = "Committed amount (€)"
    assert told(content(amount=None, decide_by=date(2026, 11, 24)), changed) == [
        (field, [(field, "", f"{{+{EUROS}24,000.50+}}")]),
        ("Latest date for deciding", [("Latest date for deciding", "", "[-24 Nov 2026-]{+1 Dec 2026+}")]),
    ]


def test_amounts_and_days_are_written_as_the_reader_does() -> None:
    with override("fr"):
        [field] = list_differences(content(), content(amount=Decimal(24000)))
    assert field.label == "Montant engagé (€)"
    assert shown(field.lines[0].runs) == (f"[-18{NARROW}000{NO_BREAK}{EUROS}-]{{+24{NARROW}000{NO_BREAK}{EUROS}+}}")


def test_fields_come_in_the_order_they_are_read_and_only_those_that_changed() -> None:
    changed = content(evidence="Quotation 13", title="Ice machine of quay 5", recommended="B")
    assert told(content(), changed) == [
        ("Title", [("Title", "", "Ice machine of quay [-4-] {+5+}")]),
        ("Recommended option", [("Recommended option", "", "[-A-]{+B+}")]),
        ("Evidence", [("Evidence", "", "Quotation [-12-] {+13+}")]),
    ]


OLD = [
    {"title": "Order now", "description": "Delivered before the move."},
    {"title": "Rent one", "description": "Until the autumn."},
    {"title": "Do nothing", "description": "The crews keep fetching ice at quay 1."},
]


def test_options_are_compared_one_by_one() -> None:
    new = [
        {"title": "Order now", "description": "Delivered after the move."},
        OLD[2],
        {"title": "Share that of the fish market", "description": "As agreed with its board."},
    ]
    assert told(content(options=OLD), content(options=new)) == [
        (
            "Options",
            [
                ("Option A", "", "Order now\nDelivered [-before-] {+after+} the move."),
                ("Option B", "Was option C", "Do nothing\nThe crews keep fetching ice at quay 1."),
                ("Option C", "Added", "{+Share that of the fish market\nAs agreed with its board.+}"),
                ("Option B", "Removed", "[-Rent one\nUntil the autumn.-]"),
            ],
        ),
    ]


def test_an_option_is_the_same_one_when_its_name_or_most_of_its_words_stay() -> None:
    new = [
        {"title": "Order it in spring", "description": "Delivered before the move."},
        {"title": "Rent one", "description": "From the yard next door, at its usual price."},
        OLD[2],
    ]
    [(_, lines)] = told(content(options=OLD), content(options=new))
    assert [(label, note) for label, note, _ in lines] == [("Option A", ""), ("Option B", "")]


def test_options_that_only_changed_places_say_where_they_were() -> None:
    [(_, lines)] = told(content(options=OLD), content(options=OLD[::-1]))
    assert [(label, note) for label, note, _ in lines] == [("Option A", "Was option C"), ("Option C", "Was option A")]


def test_documents_are_compared_by_name_version_and_fingerprint() -> None:
    def document(name: str, version: int) -> dict[str, Any]:
        return {"document": len(name), "version": version, "name": name, "sha256": f"{version}" * 64}

    with override("en"):
        lines = value_lines(
            "Attachments",
            [document("Quotation.pdf", 1), document("Plan.pdf", 1)],
            [document("Plan.pdf", 1), document("Quotation.pdf", 2), document("Letter of the crews.pdf", 1)],
        )
    assert [(line.note, shown(line.runs)) for line in lines] == [
        ("", "Quotation.pdf\nversion [-1, 1111 1111 1111-] {+2, 2222 2222 2222+}"),
        ("Added", "{+Letter of the crews.pdf\nversion 1, 1111 1111 1111+}"),
    ]


def test_an_object_of_texts_is_compared_key_by_key() -> None:
    lines = value_lines(
        "Terms", {"end": "in May", "scope": "quay 4"}, {"scope": "quay 4", "end": "in June", "new": "x"}
    )
    assert [(line.label, shown(line.runs)) for line in lines] == [
        ("Terms, end", "in [-May-] {+June+}"),
        ("Terms, new", "{+x+}"),
    ]
