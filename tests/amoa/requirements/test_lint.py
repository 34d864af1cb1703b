"""Test the advice on a requirement: its findings in French and in English, and its false positives."""

from typing import Any

import pytest
from django.utils.translation import override

from amoa.requirements.lint import (
    Draft,
    count_obligations,
    detect_language,
    has_no_actor,
    is_measurable,
    list_ambiguous_words,
    list_findings,
    list_solutions,
)


def rules(statement: str = "A crew reads its berth number from 30 metres.", **changes: Any) -> list[tuple[str, str]]:
    """List the (rule, field) findings of a good requirement with these changes."""
    criteria = changes.pop("criteria", ["Nine people out of ten read it."])
    given = {"title": "Read the berth number", "kind": "functional", "language": "en"} | changes
    return [
        (found.rule, found.field) for found in list_findings(Draft(statement=statement, criteria=criteria, **given))
    ]


GOOD = {
    "fr": [
        "L’équipage lit le numéro de son poste à 30 mètres.",
        "Le bureau du port doit afficher le plan des postes en moins de 2 secondes.",
        "La capitainerie envoie à chaque équipage l’heure de la marée, au plus tard 30 minutes avant.",
        "Le patron reçoit un accusé par message dans les 5 minutes.",
        "Le dossier doit être signé par le maître d’ouvrage.",
    ],
    "en": [
        "A crew reads its berth number from 30 metres at night.",
        "The harbour office shall show the berth plan within 2 seconds.",
        "The clerk sends each crew the hour of the tide 30 minutes ahead.",
        "The skipper receives a receipt within 5 minutes.",
        "The file must be signed by the project owner.",
    ],
}


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in GOOD.items() for text in texts])
def test_a_good_statement_is_left_alone(language: str, text: str) -> None:
    assert rules(text, language=language, title="Poste" if language == "fr" else "Berth") == []


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("fr", "Le système répond rapidement.", ["rapidement"]),
        ("fr", "L’écran est facile, convivial et intuitif.", ["facile", "convivial", "intuitif"]),
        (
            "fr",
            "Le patron est prévenu dans les meilleurs délais, si possible par message.",
            ["dans les meilleurs délais", "si possible"],
        ),
        ("fr", "Le plan montre les postes, les bouées, etc.", ["etc."]),
        ("fr", "Plusieurs langues et/ou certaines aides sont proposées.", ["Plusieurs", "et/ou", "certaines"]),
        ("fr", "Une aide adaptée et suffisante est donnée.", ["adaptée", "suffisante"]),
        ("fr", "Le journal est notamment lu le matin.", ["notamment"]),
        ("fr", "Les accès rapides restent ouverts.", ["rapides"]),
        ("en", "The system answers quickly.", ["quickly"]),
        ("en", "The screen is easy, user-friendly and intuitive.", ["easy", "user-friendly", "intuitive"]),
        (
            "en",
            "The skipper is told as soon as possible, if possible by message.",
            ["as soon as possible", "if possible"],
        ),
        ("en", "The plan shows berths, buoys, etc.", ["etc."]),
        ("en", "Several languages and/or some help are offered.", ["Several", "and/or", "some"]),
        ("en", "Adequate and sufficient help is given.", ["Adequate", "sufficient"]),
        ("en", "The log is regularly read.", ["regularly"]),
        ("en", "It holds about 300 crews.", ["about 300"]),
    ],
)
def test_words_that_everybody_reads_otherwise_are_named(language: str, text: str, words: list[str]) -> None:
    assert list_ambiguous_words(text, language) == words


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le certificat est joint."),
        ("fr", "La simplification est votée."),
        ("fr", "Le souvenir reste."),
        ("en", "The breakfast is served."),
        ("en", "Somebody reads it."),
        ("en", "The manyfold is closed."),
    ],
)
def test_a_word_within_another_is_no_ambiguous_word(language: str, text: str) -> None:
    assert list_ambiguous_words(text, language) == []


def test_a_word_that_comes_back_is_named_once() -> None:
    assert list_ambiguous_words("Fast, fast and faster: fast.", "en") == ["Fast"]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("fr", "Le bureau doit afficher le plan et doit envoyer l’heure.", 2),
        ("fr", "Les équipages doivent répondre. Le bureau devra archiver.", 2),
        ("fr", "Le bureau doit afficher le plan.", 1),
        ("fr", "Le bureau affiche le plan.", 0),
        ("en", "The office shall show the plan and shall send the hour.", 2),
        ("en", "Crews must answer. The office has to file it.", 2),
        ("en", "The office shall show the plan.", 1),
        ("en", "The office shows the plan.", 0),
    ],
)
def test_obligations_are_counted(language: str, text: str, count: int) -> None:
    assert count_obligations(text, language) == count


def test_two_obligations_are_one_too_many() -> None:
    assert ("several", "statement") in rules("The office shall show the plan and shall send the hour.")
    with override("fr"):
        draft = Draft("T", "Le bureau doit lire et doit dire 2 fois.", ["2 fois."], "functional", "fr")
        assert "2 obligations" in list_findings(draft)[0].sentence


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Il faut afficher le plan."),
        ("fr", "Il convient de prévenir les équipages."),
        ("fr", "Il doit être possible de lire le plan."),
        ("fr", "On doit prévenir les équipages."),
        ("fr", "Permettre la lecture du plan."),
        ("fr", "Le plan doit être affiché en 2 secondes."),
        ("fr", "Les heures devront être envoyées."),
        ("en", "It shall be possible to read the plan."),
        ("en", "There shall be a plan."),
        ("en", "One must read the plan."),
        ("en", "Enable crews to read the plan."),
        ("en", "The plan shall be shown within 2 seconds."),
        ("en", "The hours must be sent."),
    ],
)
def test_a_sentence_in_which_nobody_acts_is_found(language: str, text: str) -> None:
    assert has_no_actor(text, language)


@pytest.mark.parametrize(
    ("language", "text", "measurable"),
    [
        ("fr", "Le plan s’affiche en 2 secondes.", True),
        ("fr", "Aucun message n’est perdu.", True),
        ("fr", "Chaque équipage est nommé.", True),
        ("fr", "L’écran refuse un numéro inconnu.", True),
        ("fr", "Le plan est lisible par un enfant en une minute.", True),
        ("fr", "Le plan est clair.", False),
        ("fr", "Les équipages sont satisfaits.", False),
        ("fr", "La lecture est aisée.", False),
        ("en", "The plan is shown in 2 seconds.", True),
        ("en", "No message is lost.", True),
        ("en", "Each crew is named.", True),
        ("en", "The screen rejects an unknown number.", True),
        ("en", "A child reads the plan within one minute.", True),
        ("en", "The plan is clear.", False),
        ("en", "Crews are happy.", False),
        ("en", "Reading is comfortable.", False),
    ],
)
def test_a_criterion_holds_a_figure_or_what_one_sees(language: str, text: str, *, measurable: bool) -> None:
    assert is_measurable(text, language) is measurable


def test_a_criterion_that_cannot_be_measured_is_named_by_its_place() -> None:
    draft = Draft("T", "A crew reads it.", ["Read by 9 of 10.", " ", "It is clear."], "functional", "en")
    with override("en"):
        [found] = list_findings(draft)
        assert found.sentence == "Criterion 2 cannot be measured. Enter a figure, a unit, or an observable result."


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("Un bouton rouge ouvre la base de données.", ["bouton", "base de données"]),
        ("A button opens the database over a REST API.", ["button", "database", "REST", "API"]),
        ("The crews rest at the quay.", []),
        ("Les équipages lisent le plan.", []),
        ("Les données sortent en XML d’un serveur Oracle.", ["XML", "serveur", "Oracle"]),
    ],
)
def test_a_solution_is_told_from_a_need(text: str, means: list[str]) -> None:
    assert list_solutions(text) == means


def test_a_constraint_may_name_a_solution() -> None:
    sentence = "The office keeps its Oracle database for 5 years."
    assert ("solution", "statement") in rules(sentence)
    assert rules(sentence, kind="constraint") == []


def test_an_empty_field_is_reported_once_and_a_need_requires_no_criterion() -> None:
    assert rules(" ", criteria=["", " "]) == [("empty", "statement"), ("empty", "criteria")]
    assert rules(" ", criteria=[], kind="need") == [("empty", "statement")]


@pytest.mark.parametrize(
    ("text", "otherwise", "language"),
    [
        ("The office shows the plan.", "fr", "en"),
        ("Le bureau affiche le plan.", "en", "fr"),
        ("Plan", "fr", "fr"),
        ("Plan", "en", "en"),
        ("Plan", "de", "fr"),
        ("", "en", "en"),
    ],
)
def test_a_text_is_read_in_its_own_language(text: str, otherwise: str, language: str) -> None:
    assert detect_language(text, otherwise) == language


@pytest.mark.parametrize("text", ["", " ", "\x00", "a" * 20_000, "(" * 5_000, "doit être " * 2_000, "é\u200b"])
def test_nothing_crashes_or_takes_long(text: str) -> None:
    rules(text, title=text, criteria=[text])
