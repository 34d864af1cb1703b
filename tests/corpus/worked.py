"""Five files that Ouvrage was worked with: what French project offices keep, in their columns and their words."""

from datetime import date, timedelta

from tests.corpus.build import OfficeFile, build_csv, build_xlsx

RISKS = (
    ("Retard du marché de travaux", "Dossier de consultation incomplet", "Trois mois perdus"),
    ("Départ du chef de projet", "Un seul agent connaît le dossier", "Reprise longue"),
    ("Panne de l’ancien automate", "Matériel de 1994", "Écluse fermée"),
    ("Opposition des riverains", "Concertation tardive", "Recours au tribunal"),
    ("Données cadastrales fausses", "Relevés de 1998", "Plans à refaire"),
)


def build_risks() -> OfficeFile:
    """Return a register with the level computed, a person as holder, an action, a due date, and no category."""
    head = (
        "N°",
        "Intitulé du risque",
        "Cause",
        "Conséquence",
        "Probabilité (1 à 5)",
        "Gravité (1 à 5)",
        "Criticité",
        "Porteur",
        "Action",
        "Échéance",
        "Statut",
    )
    rows = []
    for number in range(40):
        title, cause, effect = RISKS[number % 5]
        likelihood, impact = number % 5 + 1, (number // 2) % 5 + 1
        rows.append(
            (
                f"R{number + 1:02}",
                f"{title}, lot {number // 5 + 1}",
                cause,
                effect,
                likelihood,
                impact if number % 4 else f"{impact} - niveau retenu",
                ("=E{row}*F{row}", likelihood * impact),
                ("Agnès Blanchard", "BLANCHARD Agnès", "PMO", "")[number % 4],
                f"Point mensuel {number + 1}" if number % 3 else "",
                date(2027, 3, 1) + timedelta(days=number) if number % 2 else ("15/03/27" if number % 4 else ""),
                ("Ouvert", "En cours", "Clos", "Accepté")[number % 4],
            )
        )
    rows.append(("Total", "", "", "", "", "", ("=SUM(G4:G43)", 360), "", "", "", ""))
    return OfficeFile(
        "Registre risques VF.xlsx",
        "risks",
        build_xlsx(["DIRECTION DES PROJETS", "Registre des risques au 01/12/2026"], head, rows),
        40,
        {"category": "business"},
    )


def build_requirements() -> OfficeFile:
    """Return a list of numbered sentences with a priority in words, as Windows-1252."""
    head = ("N° exigence", "Exigence", "Priorité", "Origine", "Commentaires")
    rows = [
        (
            f"EX-{number + 1:03}",
            f"Le portail doit {('afficher', 'enregistrer', 'transmettre')[number % 3]} la demande n° {number + 1}"
            f" en moins de {number % 9 + 2} secondes, y compris aux heures d’affluence du guichet. Voir l’annexe.",
            ("Obligatoire", "Souhaitable", "Importante")[number % 3],
            ("Accueil", "Direction juridique")[number % 2],
            "À confirmer" if number % 7 == 0 else "",
        )
        for number in range(40)
    ]
    banners = [("Portail usagers : liste des exigences",), ("Version 0.9 du 12/11/2026",), ()]
    return OfficeFile("Exigences.csv", "requirements", build_csv([*banners, head, *rows]), 40)


def build_schedule() -> OfficeFile:
    """Return the French export of Microsoft Project to Excel: tasks and milestones, the latter without duration."""
    head = (
        "N°",
        "Actif",
        "Mode Tâche",
        "Nom de la tâche",
        "Durée",
        "Début",
        "Fin",
        "Prédécesseurs",
        "Noms ressources",
        "Fin planifiée",
        "Fin réelle",
    )

    def show(day: date) -> str:
        return f"{('Lun', 'Mar', 'Mer', 'Jeu', 'Ven', 'Sam', 'Dim')[day.weekday()]} {day:%d/%m/%y}"

    rows = []
    for number in range(60):
        day = date(2026, 12, 7) + timedelta(days=5 * number)
        is_milestone = number % 3 == 2
        rows.append(
            (
                number + 1,
                "Oui",
                "Planifiée automatiquement",
                f"{'Fin de la phase' if is_milestone else 'Étude'} {number // 3 + 1}",
                "0 jour" if is_milestone else f"{number % 9 + 2} jours",
                show(day),
                show(day + timedelta(days=0 if number % 6 else 7)),
                str(number) if number else "",
                "Bureau d’études",
                show(day) if number % 4 else "NC",
                "NC",
            )
        )
    return OfficeFile(
        "Planning.xlsx",
        "milestones",
        build_xlsx([], head, rows),
        20,
        {"reason": "Planning reçu du titulaire"},
    )


def build_decisions() -> OfficeFile:
    """Return the decision list of a steering committee, under a heading for each session."""
    head = ("N°", "Date du comité", "Sujet", "Décision", "Décideur", "Échéance", "Statut")
    rows: list[tuple[object, ...]] = []
    wide = []
    for number in range(24):
        day = date(2025, 1, 14) + timedelta(days=28 * (number // 6))
        if number % 6 == 0:
            wide.append(len(rows))
            rows.append((f"COPIL n° {number // 6 + 1}",))
        rows.append(
            (
                f"D{number // 6 + 1}.{number % 6 + 1}",
                day if number % 2 else f"{day.day} {('janvier', 'février', 'mars', 'avril')[day.month - 1]} {day.year}",
                f"Point {number + 1} : calendrier du lot {number % 4 + 1}",
                f"Le comité retient le scénario {number % 3 + 1}.",
                "Mme Kerné, directrice",
                "31/12/2025",
                ("Validée", "Reportée", "Actée")[number % 3],
            )
        )
    return OfficeFile(
        "Relevé de décisions COPIL.xlsx",
        "earlier-decisions",
        build_xlsx(["Relevé de décisions", "Comités de pilotage 2025"], head, rows, wide=wide),
        24,
        {},
        {"outcome": {"Actée": "approved"}},
    )


def build_people() -> OfficeFile:
    """Return a list of contacts: surname, first name, address, organisation and function, with no language."""
    head = ("NOM", "Prénom", "Mail", "Organisme", "Fonction", "Tél.")
    rows = [
        (
            ("MOREL", "Guillou", "DE LA TOUR", "Lévêque")[number % 4],
            f"{('Claudine', 'Yann', 'Aïcha', 'Zoé')[number // 4 % 4]}{'' if number < 16 else '-Anne'}",
            f"Contact{number + 1}.Corpus@worked.example.org",
            ("Port autonome", "Ville de Saint-Malo", "Région")[number % 3],
            ("Cheffe de service", "Agent", "")[number % 3],
            "02 99 00 00 00",
        )
        for number in range(32)
    ]
    return OfficeFile("Contacts.csv", "people", build_csv([head, *rows]), 32)


WORKED = (build_risks, build_requirements, build_schedule, build_decisions, build_people)
