"""Five files kept for the end: written from conventions before anything was made to read them, and never tuned for.

The register of risks follows the columns that Canadian public services publish, the requirements those of a functional
specification (NF X50-151), the schedule the English export of Microsoft Project.
"""

from datetime import date, timedelta

from tests.corpus.build import OfficeFile, build_csv, build_xlsx

THINGS = (
    "Retard de livraison des vannes",
    "Départ du chef de chantier",
    "Crue pendant les travaux",
    "Indisponibilité du banc d’essai",
    "Refus du permis",
    "Hausse du prix de l’acier",
    "Panne du réseau radio",
    "Perte des plans d’origine",
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def build_risks() -> OfficeFile:
    """Return a register as Canadian public services keep it: one letter for each level, no cause and no effect."""
    head = (
        "No du risque",
        "Date d’ouverture",
        "Responsable du risque",
        "Description du risque",
        "Catégorie du risque",
        "Probabilité",
        "Incidence",
        "Stratégie de gestion des risques",
        "Priorité",
        "Plan de gestion des risques",
        "État du risque",
        "Date de fermeture",
    )
    rows = [
        (
            str(number + 1),
            f"{number % 27 + 1:02}-02-26",
            "Agnès Blanchard" if number % 3 else "",
            f"{THINGS[number % 8]} (lot {number // 8 + 1})",
            ("Technique", "Externe", "Financier", "Humain")[number % 4],
            "ÉMF"[number % 3],
            "MFÉ"[number % 3],
            ("Atténuation", "Acceptation", "Transfert", "Élimination")[number % 4],
            "ÉMF"[number % 3],
            f"Suivre chaque mois le point {number + 1}" if number % 2 else "",
            "Clos" if number % 6 == 5 else "Ouvert",
            "15-04-26" if number % 6 == 5 else "",
        )
        for number in range(24)
    ]
    banners = [("Registre des risques",), ("Projet : modernisation des écluses", "", "Version 3"), ()]
    levels = {"É": "4", "M": "3", "F": "2"}
    return OfficeFile(
        "Registre des risques.csv",
        "risks",
        build_csv([*banners, head, *rows]),
        24,
        {"cause": "À préciser en revue", "effect": "À préciser en revue"},
        {
            "likelihood": levels,
            "impact": levels,
            "response": {
                "Atténuation": "reduce",
                "Acceptation": "accept",
                "Transfert": "transfer",
                "Élimination": "avoid",
            },
            "category": {"Financier": "business", "Humain": "people"},
        },
    )


def build_requirements() -> OfficeFile:
    """Return the table of functions of a functional specification, under a heading for each group."""
    head = ("Réf.", "Fonction de service", "Critère d’appréciation", "Niveau attendu", "Flexibilité", "Classe")
    rows: list[tuple[object, ...]] = []
    wide = []
    for number in range(24):
        if number % 8 == 0:
            wide.append(len(rows))
            rows.append((("1. Accueil des usagers", "2. Conduite des écluses", "3. Maintenance")[number // 8],))
        rows.append(
            (
                f"FS{number + 1}",
                f"Le système permet à l’éclusier de {('suivre', 'commander', 'consigner')[number % 3]} la vanne"
                f" {number + 1} depuis le poste central, y compris lorsque la liaison principale est interrompue",
                "Délai de réponse",
                f"{number + 1} s",
                ("F0", "F1", "F2")[number % 3],
                ("Obligatoire", "Souhaitable", "Optionnelle")[number % 3],
            )
        )
    return OfficeFile(
        "CdCF écluses.xlsx",
        "requirements",
        build_xlsx(["Cahier des charges fonctionnel", "Annexe 2 : fonctions de service"], head, rows, wide=wide),
        24,
        {},
        {"priority": {"Optionnelle": "could"}},
    )


def build_schedule() -> OfficeFile:
    """Return the English export of Microsoft Project as CSV: days with their name, NA for none."""
    head = (
        "ID",
        "Active",
        "Task Mode",
        "Task Name",
        "Duration",
        "Start",
        "Finish",
        "Predecessors",
        "Outline Level",
        "Milestone",
        "Baseline Finish",
        "Actual Finish",
        "% Complete",
    )

    def show(day: date) -> str:
        return f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[day.weekday()]} {day.month}/{day.day}/{day:%y}"

    rows = []
    for number in range(40):
        day = date(2026, 12, 7) + timedelta(days=9 * number)
        is_milestone = number % 2 == 1
        rows.append(
            (
                str(number + 1),
                "Yes",
                "Auto Scheduled",
                f"{'Lock' if is_milestone else 'Work on lock'} {number // 2 + 1}{' ready' if is_milestone else ''}",
                "0 days" if is_milestone else f"{number + 4} days",
                show(day),
                show(day),
                str(number) if number else "",
                "2",
                "Yes" if is_milestone else "No",
                show(day) if number % 5 else "NA",
                "NA",
                "0%",
            )
        )
    return OfficeFile("Locks.csv", "milestones", build_csv([head, *rows], encoding="utf-8-sig", separator=","), 20)


def build_budget() -> OfficeFile:
    """Return a budget in thousands of euros with formulas, a subtotal for each group and a total."""
    head = (
        "Nature de dépense",
        "Budget voté (k€)",
        "Engagé (k€)",
        "Mandaté (k€)",
        "Reste à engager (k€)",
        "Prévision d’atterrissage (k€)",
        "Écart (k€)",
        "Commentaires",
    )
    rows: list[tuple[object, ...]] = []
    for group in range(3):
        for number in range(7):
            voted, committed = 120 + 10 * number, 40.5 + number
            rows.append(
                (
                    f"{('Études', 'Travaux', 'Équipements')[group]}, tranche {number + 1}",
                    voted,
                    committed,
                    12,
                    ("=B{row}-C{row}", voted - committed),
                    ("=B{row}+5", voted + 5),
                    ("=F{row}-B{row}", 5),
                    "Marché notifié" if number % 2 else "",
                )
            )
        rows.append((f"Sous-total {('études', 'travaux', 'équipements')[group]}", 900, 300, 84, 600, 935, 35, ""))
    rows.append(("TOTAL GÉNÉRAL", ("=SUM(B5:B28)/2", 2700), 900, 252, 1800, 2805, 105, ""))
    return OfficeFile(
        "Suivi budgétaire.xlsx",
        "budget-lines",
        build_xlsx(["Suivi budgétaire 2026", "Montants en k€ TTC"], head, rows),
        21,
    )


def build_people() -> OfficeFile:
    """Return a directory with the civility, the surname in capitals and the first name apart."""
    head = ("Civilité", "NOM", "Prénom", "Structure", "Fonction", "Téléphone", "Adresse mail", "Présence COPIL")
    names = ("LE GOFF", "MARTIN", "DÉSORMEAUX", "NGUYEN", "PETIT-JEAN", "ROSSI")
    firsts = ("Anne-Laure", "Élodie", "Karim", "Paul")
    rows = [
        (
            "Mme" if number % 2 == 0 else "M.",
            names[number % 6],
            firsts[number % 4] + ("" if number < 12 else " Marie"),
            ("DREAL", "Voies navigables", "Mairie de Pont-l’Étang")[number % 3],
            ("Cheffe de projet", "Directeur", "Chargée d’opération")[number % 3],
            "01 02 03 04 05",
            f"agent{number + 1}.corpus@kept.example.org",
            "X" if number % 3 == 0 else "",
        )
        for number in range(24)
    ]
    banners = [("Annuaire du projet",), ()]
    return OfficeFile("Annuaire.csv", "people", build_csv([*banners, head, *rows]), 24)


KEPT = (build_risks, build_requirements, build_schedule, build_budget, build_people)
