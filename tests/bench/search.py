"""Measure the search over TEXTS more texts of one project, all of them readable: what each costs, page included."""

from django.db import connection
from django.urls import reverse

from projects.models import Project
from tests.bench.report import Limit
from tests.governance.desk.search.corpus import SCENARIOS, read_texts

TEXTS = 200_000
#: Queries, repeats of one statement, and milliseconds of nineteen in twenty.
SEARCH = Limit(8, 2, p95=50)
#: Each row has three texts of the scenarios, some fifty words, in both languages by turns.
FILL = """
INSERT INTO core_searchtext (source, "row", page, project, role, code, title, title_en, body, state, at)
SELECT 'requirement', -n, n, %(project)s, '', 'BEN-' || n, left(t[1 + n * 71 %% c], 200), '',
       t[1 + n * 1049 %% c] || ' ' || t[1 + n * 7919 %% c] || ' dossier' || n, 'draft', now() - n * interval '1 minute'
FROM (SELECT %(texts)s::text[] AS t, cardinality(%(texts)s::text[]) AS c) AS texts, generate_series(1, %(rows)s) AS n
"""
WORDS = {
    "a rare word": "dossier4711",
    "two words": "accessibilité formulaire",
    "a common word": "project",
    "a code": "ben-77123",
    "a slip": "exigense",
    "words that nobody wrote": "quetzalcoatl zymurgie",
}


def fill(project: Project) -> None:
    """Index TEXTS rows of a project that no table has."""
    texts = sorted({text for name in SCENARIOS for text in read_texts(name) if len(text) > 20})
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"project": project.pk, "texts": texts, "rows": TEXTS})


def pages() -> dict[str, tuple[str, Limit]]:
    """Map the name of each measured search to its address and limit."""
    page, palette = reverse("governance:search:search"), reverse("governance:search:palette")
    named = {f"search, {what}": (f"{page}?q={words}", SEARCH) for what, words in WORDS.items()}
    return named | {"palette, the beginning of a word": (f"{palette}?q=accessib", SEARCH)}
