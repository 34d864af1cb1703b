"""Bring an ordinary register of risks and an ordinary directory in, in Chromium and in both languages."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.corpus.build import build_csv, build_xlsx
from tests.e2e.counted import Counted
from tests.effort import in_turn

Person = Callable[..., Page]
#: Words of each language, in the order of the two journeys.
WORDS = {
    "fr": {
        "read": "Lire le fichier",
        "check": "Vérifier chaque ligne",
        "category": ("Catégorie", "Métier"),
        "fill": "Saisir une valeur pour toutes les lignes",
        "import": "Importer 12 lignes",
        "done": "Importé le",
        "formula": "Cette cellule contient une formule",
        "title": "Le titre sert d’événement.",
        "assessed": "Évalué",
        "later": "Importer et inviter plus tard",
        "now": "Importer et envoyer 6 invitations",
        "waiting": "6 personnes ont un compte et n’ont pas encore reçu d’invitation.",
        "send": "Envoyer 6 invitations",
        "left": "6 invitations sont en cours d’envoi.",
        "new": "Nouveaux organismes",
    },
    "en": {
        "read": "Read the file",
        "check": "Check every line",
        "category": ("Category", "Business"),
        "fill": "Set a value for all rows",
        "import": "Import 12 lines",
        "done": "Imported on",
        "formula": "This cell contains a formula",
        "title": "The title is used as the event.",
        "assessed": "Assessed",
        "later": "Import, and invite later",
        "now": "Import, and send 6 invitations",
        "waiting": "6 people have an account and no invitation yet.",
        "send": "Send 6 invitations",
        "left": "6 invitations are on their way.",
        "new": "New organisations",
    },
}


def build_register(stem: str) -> bytes:
    """Return a register whose ratings are computed, without a category.

    Its columns differ by language: what was chosen for the first file would be kept for the second.
    """
    name = "Intitulé" if stem.endswith("FR") else "Risque"
    head = (
        "N°",
        name,
        "Cause",
        "Conséquence",
        "Probabilité",
        "Gravité",
        "Porteur",
        "Action",
        "Échéance",
        "Statut",
    )
    rows = [
        (
            f"{stem}{number}",
            f"Le quai {stem}{number} s’affaisse",
            "Le sol est mou",
            "Le chantier s’arrête",
            ("=1+1", 2),
            2,
            "PMO",
            "Sonder le sol",
            "15/03/2027",
            "Ouvert",
        )
        for number in range(12)
    ]
    return build_xlsx(["Registre des risques"], head, rows)


@pytest.mark.parametrize("language", in_turn(0, [*WORDS]))
def test_a_register_without_a_category_goes_in_with_one_value_for_all_rows(
    language: str, person: Person, complaints: list[str]
) -> None:
    words = WORDS[language]
    user = Counted(person("other_pmo", language=language))
    user.open("/projects/TWO/import/risks/")
    user.attach("registre.xlsx", build_register(f"OF{language.upper()}"))
    user.click(str(words["read"]))
    user.click(str(words["check"]))
    expect(user.page.locator(".figures")).to_contain_text("12")
    user.click(str(words["fill"]), "link")
    label, value = words["category"]
    user.page.get_by_label(re.compile(f"^{label}")).last.select_option(label=value)
    user.click(str(words["check"]))
    for text in (words["formula"], words["title"], words["assessed"]):
        expect(user.page.locator("main")).to_contain_text(str(text))
    user.click(str(words["import"]))
    expect(user.page.locator("main .lede")).to_contain_text(str(words["done"]))
    user.open(f"/projects/TWO/risks/?q=OF{language.upper()}1")  # other journeys fill the register too
    expect(user.page.locator("main")).to_contain_text(f"OF{language.upper()}1")
    assert complaints == []


def build_directory(stem: str) -> bytes:
    """Return a directory of six people, as Excel saves it in France."""
    head = ("NOM", "Prénom", "Mail", "Organisme")
    names = ("MOREL", "Le Goff", "Diallo", "Petit", "Lévêque", "Nguyen")
    rows = [
        (name, f"Claudine-{stem}", f"{stem}{number}@office.example.org", f"Mairie de {stem}")
        for number, name in enumerate(names)
    ]
    return build_csv([head, *rows])


@pytest.mark.parametrize("language", in_turn(2, [*WORDS]))
def test_people_are_shown_by_name_and_invited_later_by_one_button(
    language: str, person: Person, complaints: list[str]
) -> None:
    words, stem = WORDS[language], f"office{language}"
    user = Counted(person("staff_admin", language=language))
    user.open("/administration/import/people/")
    user.attach("annuaire.csv", build_directory(stem), "text/csv")
    user.click(str(words["read"]))
    user.click(str(words["check"]))
    main = user.page.locator("main")
    for text in (f"Claudine-{stem} MOREL", f"{stem}0@office.example.org", f"{words['new']}", f"Mairie de {stem}"):
        expect(main).to_contain_text(text)
    expect(user.page.get_by_role("button", name=str(words["now"]))).to_be_visible()
    user.click(str(words["later"]))
    expect(user.page.locator("main .lede")).to_contain_text(str(words["done"]))
    user.open("/administration/people/")
    expect(main).to_contain_text(str(words["waiting"]))
    user.click(str(words["send"]))
    expect(user.page.locator("body")).to_contain_text(str(words["left"]))
    expect(main).not_to_contain_text(str(words["waiting"]))
    assert complaints == []
