"""Forms of address, in French and English: a title that is one stands before a name, the title of a job does not."""

import re

#: Small letters, without a final point.
FORMS = frozenset(
    form.strip()
    for form in """
    m|mr|mrs|ms|miss|mx|sir|dame|lord|lady|mme|mlle|monsieur|madame|mademoiselle
    dr|docteur|doctor|pr|prof|professeur|professeure|professor|me|maître|ing|rev|révérend
    soldat|caporal|caporal-chef|brigadier|brigadier-chef|sergent|sergent-chef|adjudant|adjudante|adjudant-chef
    adjudante-chef|adjudante-cheffe|major|majore|aspirant|gendarme|maréchal des logis|maréchal des logis-chef
    sous-lieutenant|sous-lieutenante|lieutenant|lieutenante|capitaine|commandant|commandante|chef d’escadron
    chef de bataillon|cheffe d’escadron|cheffe de bataillon|lieutenant-colonel|lieutenante-colonelle|colonel|colonelle
    général|générale|général de brigade|générale de brigade|général de division|générale de division
    général de corps d’armée|général d’armée|amiral|amirale|vice-amiral|contre-amiral
    enseigne de vaisseau|lieutenant de vaisseau|capitaine de corvette|capitaine de frégate|capitaine de vaisseau
    gardien de la paix|gardienne de la paix|commissaire|commissaire divisionnaire|commissaire général
    contrôleur général|contrôleure générale|inspecteur général|inspectrice générale
    préfet|préfète|sous-préfet|sous-préfète
    private|corporal|sergeant|lieutenant commander|lieutenant colonel|captain|commander|colonel|brigadier general
    major general|lieutenant general|general|admiral|superintendent|chief superintendent
    """.replace("\n", "|").split("|")
    if form.strip()
)
#: Most words of a form of address.
MOST = 4


def _flatten(text: str) -> str:
    return " ".join(text.replace("'", "’").casefold().removesuffix(".").split())


def is_form_of_address(title: str) -> bool:
    """Return whether a title stands before a name, such as “Dr” or “Colonel”."""
    return _flatten(title) in FORMS


def strip_form(name: str) -> str:
    """Return a name without the form of address before it."""
    words = name.split()
    for count in range(min(MOST, len(words) - 1), 0, -1):
        if is_form_of_address(" ".join(words[:count])):
            return " ".join(words[count:])
    return name


def initials_of(name: str) -> str:
    """Return the first letters of the first and the last name: "Claire Le Goff" → "CG"; "Dr Imogen Hartley" → "IH"."""
    words = re.findall(r"\w+", strip_form(name))
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
