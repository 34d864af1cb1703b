"""Three more files, written once the kept ones had been seen: the true measure of what strangers send."""

from datetime import date

from tests.corpus.build import OfficeFile, build_csv, build_xlsx


def build_risks() -> OfficeFile:
    """Return a register in abbreviations, with grades in words and mitigation in prose."""
    head = (
        "Réf",
        "Thème",
        "Risque identifié",
        "Facteurs de risque",
        "Impacts",
        "Prob.",
        "Grav.",
        "Niveau",
        "Réponse",
        "Mesures d’atténuation",
        "Resp.",
        "Date cible",
        "État",
    )
    rows = [
        (
            f"RSQ-{number + 1:02}",
            ("Technique", "RH", "Juridique", "Financier")[number % 4],
            f"Le lot {number + 1} n’est pas livré à la date du marché",
            "Effectif réduit du titulaire, et fournisseur unique",
            "Report de l’ouverture au public",
            ("Faible", "Moyenne", "Forte", "Très forte")[number % 4],
            ("Moyenne", "Élevée", "Faible")[number % 3],
            ("=1*{row}", number + 5),
            ("Réduire", "Accepter", "Transférer")[number % 3],
            f"Réunion hebdomadaire avec le titulaire du lot {number + 1}",
            "PMO",
            date(2027, 4, 1),
            ("Actif", "Fermé")[number % 5 == 4],
        )
        for number in range(22)
    ]
    return OfficeFile(
        "RISQUES_v12.xlsx",
        "risks",
        build_xlsx(["Cartographie des risques"], head, rows),
        22,
        {},
        {"category": {"Financier": "business"}},
    )


def build_requirements() -> OfficeFile:
    """Return a list of needs with their module, criteria and requester."""
    head = ("ID", "Module", "Besoin exprimé", "Type", "MoSCoW", "Critères d’acceptation", "Demandeur", "Version cible")
    rows = [
        (
            f"B{number + 1}",
            ("Accueil", "Paiement")[number % 2],
            f"En tant qu’agent, je veux {('chercher', 'corriger', 'classer')[number % 3]} un dossier n° {number + 1}"
            " afin de répondre au guichet sans quitter mon écran",
            ("Fonctionnel", "Technique")[number % 2],
            ("Must", "Should", "Could")[number % 3],
            "Le dossier s’affiche",
            "Mme Diallo",
            "V1",
        )
        for number in range(22)
    ]
    return OfficeFile(
        "backlog.csv",
        "requirements",
        build_csv([head, *rows], encoding="utf-8-sig"),
        22,
        {},
        {"kind": {"Technique": "non_functional"}},
    )


def build_decisions() -> OfficeFile:
    """Return the register of decisions of a project, where the decision is the only text."""
    head = ("Date", "N° décision", "Instance", "Décision prise", "Porteur", "Échéance", "État d’avancement")
    rows = [
        (
            f"{number % 27 + 1:02}/06/2025",
            f"2025-{number + 1:03}",
            ("COPIL", "COPROJ")[number % 2],
            f"Retenir la variante {number + 1} du tracé",
            "M. Rossi",
            "01/09/2025",
            ("Fait", "En cours")[number % 2],
        )
        for number in range(22)
    ]
    banners = [("Suivi des décisions du projet",), ()]
    return OfficeFile(
        "decisions.csv", "earlier-decisions", build_csv([*banners, head, *rows]), 22, {"outcome": "approved"}
    )


LATE = (build_risks, build_requirements, build_decisions)
