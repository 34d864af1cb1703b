"""Test the advice on wording on a corpus of bad and good statements in each language.

The corpus has two halves of a hundred statements in each language: the rules are tuned on one; the other was written
by somebody who had seen neither the rules nor the first half, and is only counted.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from amoa.requirements.lint import Draft, list_findings

FOLDER = Path(__file__).with_name("wording")
#: Bad statements of one half, and good ones.
STATEMENTS = 50
#: Shares that the advice promises: of bad statements found, and of good statements flagged.
LEAST_FOUND, MOST_FLAGGED = 0.80, 0.05
HALVES = [(language, half) for language in ("fr", "en") for half in ("tuning", "held_out")]
CRITERION = {"fr": "9 essais sur 10 réussissent.", "en": "9 tries out of 10 succeed."}


def read(language: str, half: str) -> dict[str, Any]:
    """Read one half of the corpus: bad statements by family, and good ones."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / f"{language}_{half}.yaml").read_text(encoding="utf-8"))
    return content


def has_remark(entry: str | dict[str, str], language: str) -> bool:
    """Return whether the advice has a remark on a statement, with its criterion or a good one."""
    text, criterion = (
        (entry, CRITERION[language]) if isinstance(entry, str) else (entry["statement"], entry["criterion"])
    )
    return bool(list_findings(Draft("", text, [criterion], "functional", language)))


@pytest.mark.parametrize(("language", "half"), HALVES)
def test_at_least_four_bad_statements_in_five_get_a_remark(language: str, half: str) -> None:
    statements = [statement for family in read(language, half)["bad"].values() for statement in family]
    missed = [statement for statement in statements if not has_remark(statement, language)]
    assert len(statements) == STATEMENTS
    assert len(missed) <= (1 - LEAST_FOUND) * len(statements), missed


@pytest.mark.parametrize("language", ["fr", "en"])
def test_at_most_one_good_statement_in_twenty_gets_a_remark(language: str) -> None:
    statements = [statement for half in ("tuning", "held_out") for statement in read(language, half)["good"]]
    flagged = [statement for statement in statements if has_remark(statement, language)]
    assert len(statements) == 2 * STATEMENTS
    assert len(flagged) <= MOST_FLAGGED * len(statements), flagged


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_halves_of_the_corpus_share_no_statement(language: str) -> None:
    def texts(content: dict[str, Any]) -> set[str]:
        return {str(entry) for entries in [*content["bad"].values(), content["good"]] for entry in entries}

    assert not texts(read(language, "tuning")) & texts(read(language, "held_out"))


@pytest.mark.parametrize(
    ("language", "statement"),
    [("fr", "Le système doit notifier TBD."), ("en", "The system shall notify TBD.")],
)
def test_silence_is_no_praise_and_a_placeholder_is_named(language: str, statement: str) -> None:
    [finding] = list_findings(Draft("", statement, [CRITERION[language]], "functional", language))
    assert (finding.rule, "TBD" in finding.sentence) == ("placeholder", True)
