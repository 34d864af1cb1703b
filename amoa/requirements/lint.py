"""Pure functions that check a requirement's wording (domain.md §5). They advise and never refuse.

The rules read French and English. A text is read in its own language, else in the language of the project.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from amoa.requirements.enums import RequirementKind

#: Frequent words that tell the language of a text.
FREQUENT_WORDS = {
    "fr": set(
        re.findall("[a-z]+", "le la les des du de une un et est sont doit doivent pour dans avec par sur au qui")
    ),
    "en": set(re.findall("[a-z]+", "the of a an and is are shall must should for in with by on to that which")),
}
#: Ambiguous words: each reader understands them differently.
AMBIGUOUS = {
    "fr": (
        r"rapide(?:s|ment)?",
        r"facile(?:s|ment)?",
        r"simple(?:s|ment)?",
        r"convivia(?:l|le|les|ux)",
        r"ergonomiques?",
        r"intuiti(?:f|fs|ve|ves|vement)",
        r"efficace(?:s|ment)?",
        r"performante?s?",
        r"adaptée?s?",
        r"appropriée?s?",
        r"suffisante?s?",
        r"suffisamment",
        r"si possible",
        r"si nécessaire",
        r"le cas échéant",
        r"autant que possible",
        r"dans la mesure du possible",
        r"dans les meilleurs délais",
        r"au plus vite",
        r"dès que possible",
        r"etc\.?",
        r"et/ou",
        r"notamment",
        r"divers(?:es)?",
        r"certaine?s",
        r"plusieurs",
        r"quelques",
        r"régulièrement",
        r"souvent",
        r"environ",
        r"à terme",
        r"modernes?",
        r"robustes?",
        r"flexibles?",
        r"souples?",
        r"optima(?:l|le|les|ux)",
        r"raisonnables?",
        r"acceptables?",
        r"éventuel(?:s|le|les|lement)?",
        r"normalement",
        r"généralement",
        r"en temps utile",
        r"de bonne qualité",
        r"transparente?s?",
        r"court(?:s|e|es)? délais?",
    ),
    "en": (
        r"fast",
        r"quick(?:ly)?",
        r"rapid(?:ly)?",
        r"eas(?:y|ily)",
        r"simpl(?:e|y)",
        r"user[- ]friendly",
        r"intuitive(?:ly)?",
        r"efficient(?:ly)?",
        r"adequate(?:ly)?",
        r"appropriate(?:ly)?",
        r"sufficient(?:ly)?",
        r"if possible",
        r"if necessary",
        r"where applicable",
        r"as appropriate",
        r"as far as possible",
        r"as much as possible",
        r"as soon as possible",
        r"in a timely manner",
        r"etc\.?",
        r"and/or",
        r"in particular",
        r"various",
        r"several",
        r"some",
        r"many",
        r"regularly",
        r"often",
        r"approximately",
        r"about \d+",
        r"eventually",
        r"modern",
        r"robust",
        r"flexible",
        r"optimal(?:ly)?",
        r"reasonabl[ey]",
        r"acceptable",
        r"usual(?:ly)?",
        r"normal(?:ly)?",
        r"generally",
        r"seamless(?:ly)?",
        r"state[- ]of[- ]the[- ]art",
        r"high[- ]quality",
        r"minimal",
        r"good",
    ),
}
#: Patterns of an obligation.
OBLIGES = {
    "fr": r"\b(?:doit|doivent|devra|devront|devrait|devraient|est tenue? de|sont tenue?s de|il faut|il convient de)\b",
    "en": r"\b(?:shall|must|should|has to|have to|is required to|are required to)\b",
}
#: Patterns of sentences without an actor: impersonal or passive. A passive that says by whom is accepted.
IMPERSONAL = {
    "fr": (
        r"\b(?:il faut|il faudra|il convient|il y a lieu|il est (?:nécessaire|souhaitable|possible|demandé))\b"
        r"|\b(?:il (?:doit|devra) être possible|on (?:doit|devra|peut|pourra))\b"
        r"|^\s*(?:prévoir|permettre|pouvoir|avoir|disposer|assurer|mettre)\b"
    ),
    "en": (
        r"\b(?:it (?:shall|must|should) be possible|it is (?:necessary|desirable|required|possible))\b"
        r"|\b(?:there (?:shall|must|should) be|one (?:shall|must|should|can))\b"
        r"|^\s*(?:provide|allow|enable|ensure|have|be able)\b"
    ),
}
PASSIVE = {
    "fr": r"\b(?:doit|doivent|devra|devront|peut|peuvent) être \w+(?:é|i|it|u|ert|is)(?:e|s|es)?\b",
    "en": r"\b(?:shall|must|should|can) be \w+(?:ed|en|wn|ght|nt|ade|ept)\b",
}
BY_WHOM = {"fr": r"\b(?:par|grâce à)\b", "en": r"\bby\b"}
#: Patterns of something measurable, comparable, or observable as yes or no.
MEASURABLE = {
    "fr": (
        r"\d|%|\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|vingt|cent|moitié)\b"
        r"|\bune? (?:seconde|minute|heure|jour|clic|page|ligne|geste)\b"
        r"|\b(?:au plus|au moins|moins de|plus de|en moins|sous|maximum|minimum)\b"
        r"|\b(?:aucune?|chaque|toute?s?|tous|jamais|toujours|seule?s?|seulement|sans|oui|non|identiques?|compl[eè]te?)\b"
        r"|\b(?:affiche|refus|accept|envo[iy]|contien|contenu|existe|apparaî|visible|présente?s?\b|enregistr|consign|trac"
        r"|imprim|signal|bloqu|interdi|avert|lue?s?\b)"
    ),
    "en": (
        r"\d|%|\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty|hundred|half)\b"
        r"|\b(?:one|an?) (?:second|minute|hour|day|click|page|line|gesture)\b"
        r"|\b(?:at most|at least|less than|more than|no more|within|maximum|minimum)\b"
        r"|\b(?:no|none|nobody|each|every|all|never|always|only|without|yes|identical|complete|same)\b"
        r"|\b(?:show|display|refus|reject|accept|sen[dt]|contain|exist|appear|visible|present\b|record|logg|trace|print"
        r"|report|block|forbid|warn|read aloud)"
    ),
}
#: Technical means, which a requirement leaves to the provider.
SOLUTIONS = (
    r"boutons?|menus? déroulants?|cases? à cocher|base de données|serveurs?|micro-?services?|feuilles? Excel"
    r"|buttons?|drop-?downs?|check-?box(?:es)?|databases?|servers?|spreadsheets?"
    r"|SQL|API|REST|JSON|XML|Excel|SharePoint|Oracle|PostgreSQL|Java|JavaScript|Python|React|Angular|SAP"
)
#: Names that are ordinary words in lower case.
ACRONYMS = {"REST", "SAP", "API"}
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
        findings += [*_check_single(draft), *_check_actor(draft), *_check_ambiguity(draft), *_check_solution(draft)]
    return [*findings, *_check_measurable(draft)]


def detect_language(text: str, otherwise: str) -> str:
    """Return the language of a text, guessed from its frequent words; `otherwise` on a tie."""
    words = re.findall(r"[a-zà-ÿœ]+", text.lower())
    matches = {language: sum(word in known for word in words) for language, known in FREQUENT_WORDS.items()}
    if matches["fr"] == matches["en"]:
        return otherwise if otherwise in FREQUENT_WORDS else "fr"
    return max(matches, key=lambda language: matches[language])


def list_ambiguous_words(text: str, language: str) -> list[str]:
    """List the ambiguous words of `text` as written, each once."""
    pattern = rf"(?<![\w’'-])(?:{'|'.join(AMBIGUOUS[language])})(?![\w-])"
    matches = re.findall(pattern, text, re.IGNORECASE)
    return list({word.lower(): word for word in reversed(matches)}.values())[::-1]


def count_obligations(text: str, language: str) -> int:
    """Count the obligations in a text."""
    return len(re.findall(OBLIGES[language], text, re.IGNORECASE))


def has_no_actor(text: str, language: str) -> bool:
    """Return whether the sentence is impersonal, or passive without an agent."""
    if re.search(IMPERSONAL[language], text, re.IGNORECASE):
        return True
    passive = re.search(PASSIVE[language], text, re.IGNORECASE)
    return bool(passive) and not re.search(BY_WHOM[language], text, re.IGNORECASE)


def is_measurable(text: str, language: str) -> bool:
    """Return whether a criterion holds a figure, a comparison, or something observable."""
    return bool(re.search(MEASURABLE[language], text, re.IGNORECASE))


def list_solutions(text: str) -> list[str]:
    """List the technical means that a text names, each once."""
    matches = re.findall(rf"(?<![\w-])(?:{SOLUTIONS})(?![\w-])", text, re.IGNORECASE)
    matches = [word for word in matches if word.upper() not in ACRONYMS or word == word.upper()]  # REST is no rest
    return list(dict.fromkeys(matches))


def _check_empty(draft: Draft) -> Iterator[Finding]:
    if not draft.statement.strip():
        yield Finding(
            "empty", "statement", _("There is no statement yet: write one sentence with its actor and its action.")
        )
    if not draft.is_need and not any(text.strip() for text in draft.criteria):
        yield Finding(
            "empty", "criteria", _("There is no acceptance criterion yet: say how one will see that it is met.")
        )


def _check_single(draft: Draft) -> Iterator[Finding]:
    count = count_obligations(draft.statement, detect_language(draft.statement, draft.language))
    if count > 1:
        sentence = _("The statement holds %(count)d obligations: keep one, and write a requirement for each other one.")
        yield Finding("several", "statement", sentence % {"count": count})


def _check_actor(draft: Draft) -> Iterator[Finding]:
    if has_no_actor(draft.statement, detect_language(draft.statement, draft.language)):
        yield Finding("nobody", "statement", _("Nobody acts in this sentence: name who does or receives what."))


def _check_ambiguity(draft: Draft) -> Iterator[Finding]:
    text = f"{draft.title}\n{draft.statement}"
    if words := list_ambiguous_words(text, detect_language(text, draft.language)):
        sentence = _("Everybody reads these words otherwise; give a figure or a fact instead: %(words)s.")
        yield Finding("ambiguous", "statement", sentence % {"words": ", ".join(words).removesuffix(".")})


def _check_solution(draft: Draft) -> Iterator[Finding]:
    if draft.kind not in SOLUTION_KINDS and (means := list_solutions(f"{draft.title}\n{draft.statement}")):
        sentence = _("This names a solution, not what is needed: %(words)s. Leave the means to the solution provider.")
        yield Finding("solution", "statement", sentence % {"words": ", ".join(means)})


def _check_measurable(draft: Draft) -> Iterator[Finding]:
    for number, text in enumerate(filter(str.strip, draft.criteria), start=1):
        if not is_measurable(text, detect_language(text, draft.language)):
            sentence = _("Criterion %(number)d cannot be measured: give a figure, a unit, or what one sees.")
            yield Finding("unmeasured", "criteria", sentence % {"number": number})
