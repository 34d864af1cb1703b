"""Pure functions that check a requirement's wording (domain.md §5). They advise and never refuse.

The rules read French and English (lexicon.py names their sources). A text is read in its own language, else in the
language of the project.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

from amoa.requirements import lexicon
from amoa.requirements.enums import RequirementKind

SOLUTION_KINDS = {RequirementKind.CONSTRAINT, RequirementKind.TRANSITION}


@dataclass(frozen=True)
class Finding:
    """One piece of advice: the rule, the field, and a sentence in the reader's language."""

    rule: str
    field: str
    sentence: str


@dataclass(frozen=True)
class Draft:
    """The texts of a requirement to check, its kind, and the working language of its project."""

    title: str
    statement: str
    criteria: Sequence[str]
    kind: str
    language: str

    @property
    def is_need(self) -> bool:
        """Return whether it is a need; a need has no criteria of its own."""
        return self.kind == RequirementKind.NEED


def list_findings(draft: Draft) -> list[Finding]:
    """List every finding, in reading order."""
    findings = [*_check_empty(draft)]
    if draft.statement.strip():
        findings += [finding for check in CHECKS for finding in check(draft)]
    return [*findings, *_check_measurable(draft)]


def detect_language(text: str, otherwise: str) -> str:
    """Return the language of a text, guessed from its frequent words; `otherwise` on a tie."""
    words = re.findall(r"[a-zà-ÿœ]+", text.lower())
    matches = {language: sum(word in known for word in words) for language, known in lexicon.FREQUENT_WORDS.items()}
    if matches["fr"] == matches["en"]:
        return otherwise if otherwise in lexicon.FREQUENT_WORDS else "fr"
    return max(matches, key=lambda language: matches[language])


def list_ambiguous_words(text: str, language: str) -> list[str]:
    """List the vague words, loopholes and open lists of `text` as written, each once."""
    return _list_words(text, (*lexicon.AMBIGUOUS[language], *lexicon.ESCAPES[language], *lexicon.UNBOUNDED[language]))


def list_comparisons(text: str, language: str) -> list[str]:
    """List the comparatives and verbs of improvement of a text that gives no figure."""
    if re.search(lexicon.FIGURE, text, re.IGNORECASE):
        return []
    return _list_words(text, lexicon.COMPARATIVE[language])


def list_placeholders(text: str) -> list[str]:
    """List the parts of a text that are still to be written."""
    return _unique(match.group() for match in re.finditer(lexicon.PLACEHOLDER, text, re.IGNORECASE))


def list_loose_references(text: str, language: str) -> list[str]:
    """List the references to something the text does not name, and the acronyms it does not explain."""
    words = _list_words(text, lexicon.REFERENCES[language])
    if pronoun := re.search(lexicon.PRONOUN[language], text, re.IGNORECASE):
        words.insert(0, pronoun.group().split()[0])
    return [*words, *_list_acronyms(text)]


def count_obligations(text: str, language: str) -> int:
    """Count the obligations in a text; verbs of functions joined in one sentence count each."""
    obligations = len(re.findall(lexicon.OBLIGES[language], text, re.IGNORECASE))
    if obligations > 1:
        return obligations
    joined = len(re.findall(_joined_functions(language), text, re.IGNORECASE))
    return joined + 1 if joined else obligations


def has_no_actor(text: str, language: str) -> bool:
    """Return whether the sentence is impersonal, or passive without an agent."""
    if re.search(lexicon.IMPERSONAL[language], text, re.IGNORECASE):
        return True
    passive = re.search(lexicon.PASSIVE[language], _main_clauses(text, language), re.IGNORECASE)
    return bool(passive) and not re.search(lexicon.BY_WHOM[language], text, re.IGNORECASE)


def is_negative(text: str, language: str) -> bool:
    """Return whether the sentence says what must not happen."""
    return bool(re.search(lexicon.NEGATIVE[language], _main_clauses(text, language), re.IGNORECASE))


def is_measurable(text: str, language: str) -> bool:
    """Return whether a criterion holds a figure, a comparison, or something observable; a vague word needs a figure."""
    if list_ambiguous_words(text, language) and not re.search(lexicon.FIGURE, text, re.IGNORECASE):
        return False
    return bool(re.search(lexicon.MEASURABLE[language], text, re.IGNORECASE))


def list_solutions(text: str) -> list[str]:
    """List the technical means that a text names, each once."""
    matches = re.findall(rf"(?<![\w-])(?:{lexicon.SOLUTIONS})(?![\w-])", text, re.IGNORECASE)
    matches = [
        word for word in matches if word.upper() not in lexicon.ACRONYMS or word == word.upper()
    ]  # REST is no rest
    return list(dict.fromkeys(matches))


def _main_clauses(text: str, language: str) -> str:
    """Return the text without its subordinate clauses, each taken to end at the next comma or full stop."""
    return re.sub(rf"{lexicon.SUBORDINATE[language]}[^,.;:]*", "", text, flags=re.IGNORECASE)


def _list_words(text: str, patterns: Sequence[str]) -> list[str]:
    """List the matches of `patterns` as whole words, as written, each once."""
    pattern = rf"(?<![\w-])(?:{'|'.join(patterns)})(?![\w-])"
    return _unique(match.group() for match in re.finditer(pattern, text, re.IGNORECASE))


def _unique(words: Iterable[str]) -> list[str]:
    """Return the words in their order, each once whatever its case."""
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(word.lower(), word)
    return list(first.values())


def _list_acronyms(text: str) -> list[str]:
    """List the acronyms that the text neither explains in brackets nor shares with every reader."""
    if sum(map(str.isupper, text)) > sum(map(str.isalpha, text)) / 2:  # a text in capitals
        return []
    acronyms = re.findall(r"(?<![\w(-])(?<!\d )[A-ZÉ]{2,6}\d?(?![\w-])(?! ?\()", text)
    explained = {*lexicon.KNOWN_CAPITALS, *list_placeholders(text)}
    return [word for word in dict.fromkeys(acronyms) if word not in explained and f"({word})" not in text]


@cache
def _joined_functions(language: str) -> str:
    """Return the pattern of a verb joined to another verb before it."""
    verbs = "|".join(form for verb in lexicon.FUNCTIONS[language].split("|") for form in _inflect(verb, language))
    joins = lexicon.JOINS[language]
    before = rf"(?<![\w-])(?:{verbs})(?![\w-])[^.;:]{{0,80}}?"
    return rf"{before}(?:,| (?:{joins}))(?: (?:à|de|to|also|then))? (?={verbs})(?:{verbs})(?![\w-])"


def _inflect(verb: str, language: str) -> list[str]:
    """List the forms of a verb that a statement uses: infinitive and present."""
    if language == "en":
        return [verb, *([] if verb in lexicon.NOUNS_TOO else [rf"{verb}e?s"])]
    if verb.endswith("yer"):
        return [verb, rf"{verb[:-3]}ie(?:nt)?"]
    if verb.endswith("er"):
        return [verb, rf"{verb[:-2]}e(?:nt)?"]
    return [verb]


def _check_empty(draft: Draft) -> Iterator[Finding]:
    if not draft.statement.strip():
        yield Finding(
            "empty", "statement", _("There is no statement yet: write one sentence with its actor and its action.")
        )
    if not draft.is_need and not any(text.strip() for text in draft.criteria):
        yield Finding(
            "empty",
            "criteria",
            _("There is no acceptance criterion yet. Describe how to check that the requirement is met."),
        )


def _check_placeholder(draft: Draft) -> Iterator[Finding]:
    text = "\n".join((draft.title, draft.statement, *draft.criteria))
    if words := list_placeholders(text):
        sentence = _("Complete this text: %(words)s.")
        yield Finding("placeholder", "statement", sentence % {"words": ", ".join(words)})


def _check_single(draft: Draft) -> Iterator[Finding]:
    count = count_obligations(draft.statement, _language(draft))
    if count > 1:
        sentence = _(
            "The statement contains %(count)d obligations: keep one, and write a requirement for each other one."
        )
        yield Finding("several", "statement", sentence % {"count": count})


def _check_actor(draft: Draft) -> Iterator[Finding]:
    if not draft.is_need and has_no_actor(draft.statement, _language(draft)):
        yield Finding("nobody", "statement", _("This sentence has no subject: name who does or receives what."))


def _check_negative(draft: Draft) -> Iterator[Finding]:
    if not draft.is_need and is_negative(draft.statement, _language(draft)):
        sentence = _("No test can show that something never happens. Describe what happens instead.")
        yield Finding("negative", "statement", sentence)


def _check_ambiguity(draft: Draft) -> Iterator[Finding]:
    text = f"{draft.title}\n{draft.statement}"
    if words := list_ambiguous_words(text, detect_language(text, draft.language)):
        sentence = _("These words are vague. Enter a figure or a fact instead: %(words)s.")
        yield Finding("ambiguous", "statement", sentence % {"words": ", ".join(words).removesuffix(".")})


def _check_comparison(draft: Draft) -> Iterator[Finding]:
    if words := list_comparisons(draft.statement, _language(draft)):
        sentence = _("These words compare without a figure. Enter the figure to reach: %(words)s.")
        yield Finding("comparative", "statement", sentence % {"words": ", ".join(words)})


def _check_reference(draft: Draft) -> Iterator[Finding]:
    if words := list_loose_references(draft.statement, _language(draft)):
        sentence = _("The reader must guess what this refers to. Name it in full: %(words)s.")
        yield Finding("reference", "statement", sentence % {"words": ", ".join(words)})


def _check_solution(draft: Draft) -> Iterator[Finding]:
    if draft.kind not in SOLUTION_KINDS and (means := list_solutions(f"{draft.title}\n{draft.statement}")):
        sentence = _("This names a solution, not what is needed: %(words)s. Leave the means to the solution provider.")
        yield Finding("solution", "statement", sentence % {"words": ", ".join(means)})


def _check_measurable(draft: Draft) -> Iterator[Finding]:
    for number, text in enumerate(filter(str.strip, draft.criteria), start=1):
        if not is_measurable(text, detect_language(text, draft.language)):
            sentence = _("Criterion %(number)d cannot be measured. Enter a figure, a unit, or an observable result.")
            yield Finding("unmeasured", "criteria", sentence % {"number": number})


def _language(draft: Draft) -> str:
    return detect_language(draft.statement, draft.language)


#: Checks of a statement, in the order of their findings.
CHECKS = (
    _check_placeholder,
    _check_single,
    _check_actor,
    _check_negative,
    _check_ambiguity,
    _check_comparison,
    _check_reference,
    _check_solution,
)
