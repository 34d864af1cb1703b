"""Build the workbook that a workshop leaves: two sheets, a merged title, banners, duplicates, words of its own."""

from io import BytesIO

import xlsxwriter

LINES, BANNERS, DUPLICATES = 300, 6, 3
HEAD = (
    "N° exigence",
    "Intitulé",
    "Description",
    "Nature",
    "Priorité",
    "Critère(s) de vérification",
    "Charge (j)",
)
KINDS = ("Fonctionnelle", "Donnée", "NF", "Sécurité", "Contrainte")
PRIORITIES = ("Indispensable", "Haute", "1", "Souhaitable")
#: Value of each word that Ouvrage does not know.
MEANT = {"Donnée": "constraint", "NF": "non_functional", "Sécurité": "non_functional", "Haute": "must", "1": "must"}


def workbook(stem: str = "EX", lines: int = LINES) -> bytes:
    """Return the workbook; its last lines repeat the first codes."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        readme = book.add_worksheet("Lisez-moi")
        for row, text in enumerate(("Expression de besoin", "Version 3", "", "Légende : NF = non fonctionnelle")):
            readme.write_string(row, 0, text)
        page = book.add_worksheet("Exigences")
        page.merge_range(0, 0, 0, len(HEAD) - 1, "Cahier des exigences du guichet")
        page.write_row(3, 0, HEAD)
        row = 4
        for number in range(lines):
            if number % (lines // BANNERS) == 0:
                page.write_string(row, 0, f"Thème {number // (lines // BANNERS) + 1}")
                row += 1
            code = number - (lines - DUPLICATES) if number >= lines - DUPLICATES else number
            page.write_row(
                row,
                0,
                (
                    f"{stem}-{code:03d}",
                    f"Le guichet affiche la pièce {number}",
                    f"La pièce {number} est affichée.",
                    KINDS[number % len(KINDS)],
                    PRIORITIES[number % len(PRIORITIES)],
                    f"La pièce {number} apparaît en 2 s",
                ),
            )
            page.write_number(row, len(HEAD) - 1, 2.5)
            row += 1
    return out.getvalue()


def register(risks: int = 40) -> bytes:
    """Return a register of risks as a team keeps it."""
    head = ("N°", "Risque(s)", "Causes", "Description", "Conséquences", "Type", "Probabilité", "Gravité")
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Risques")
        page.write_string(0, 0, "Registre des risques")
        page.write_row(2, 0, head)
        for number in range(risks):
            kind = ("Planning", "Technique")[number % 2]
            page.write_row(
                3 + number,
                0,
                (f"RG-{number}", f"Le quai {number} s’affaisse", "Le sol est mou.", "Le quai descend.", "Arrêt.", kind),
            )
            page.write_row(3 + number, 6, (3, 4))
    return out.getvalue()
