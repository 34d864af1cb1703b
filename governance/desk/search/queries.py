"""Search what a person may read: one statement finds and ranks, one counts by register, over the search index.

Which rows those are follows their pages: rows of visible projects (`Project.objects.visible_to`), working texts of the
roles that write them, libraries of the projects above, and people of the same projects. Administrators find everybody.
"""
# ruff: noqa: S608 — the SQL is built from texts of this module, values are parameters

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from core.access import Person, can
from core.search_index.sources import SOURCES
from projects.models import Project
from projects.seats.mandates.seats import seats_of
from projects.workspaces import workspace_of

#: Letters and digits of any script.
WORD = re.compile(r"[^\W_]+")
MOST_WORDS, LONGEST_WORD, LONGEST_CODE = 12, 60, 30
#: Rows of a page, pages, rows that are ranked and counted at most, and rows that are compared where few are found.
SIZE, MOST_PAGES, MOST, MOST_NEAR = 20, 50, 2_000, 400
#: Number of hits below which rows are added that are like the words, and the shortest word that is compared.
FEW, SHORTEST = 5, 4
#: How alike a mistyped word is to a word of a row, for the operator %> of the connection, and to one that is marked.
ALIKE, NEAR = 0.5, 0.6
#: Days of what is new.
NEW_DAYS = 60
#: Around the words of an excerpt; no text that is written here has them (core.words.characters).
OPEN, CLOSE = "\ue000", "\ue001"
MARKS = f"StartSel={OPEN}, StopSel={CLOSE}"
HOW = {
    "whole": f"{MARKS}, HighlightAll=true",
    "part": f"{MARKS}, MaxFragments=2, MaxWords=22, MinWords=8, FragmentDelimiter=' … '",
}


#: Follows every character of a code.
LAST = "\U0010ffff"
#: The words are the beginning of the code; LIKE reads no index where the plan is made before the words are known.
IS_CODE = "(t.code <> '' AND t.key ~>=~ %(key)s AND t.key ~<~ %(key_end)s)"
RANK = f"""(CASE WHEN t.code <> '' AND t.key = %(key)s THEN 8 WHEN {IS_CODE} THEN 2 ELSE 0 END)
  + ts_rank(t.words, %(query)s::tsquery, 1) + CASE WHEN starts_with(t.plain, %(start)s) THEN 0.3 ELSE 0 END
  + CASE WHEN t.words @@ %(exact)s::tsquery THEN 0.3 ELSE 0 END"""


@dataclass(frozen=True)
class Asked:
    """What is searched: words, and filters that are empty where they are not used."""

    words: str = ""
    kind: str = ""
    project: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def terms(self) -> list[str]:
        """Return the words as letters and digits, the longest cut."""
        return [word[:LONGEST_WORD] for word in WORD.findall(self.words)[:MOST_WORDS]]

    @property
    def is_filtered(self) -> bool:
        """Return whether any filter is used."""
        return bool(self.kind or self.project or self.state or self.since or self.until)


@dataclass(frozen=True)
class Hit:
    """A row that was found. `exact` says that the words are its code."""

    source: str
    row: int
    page: int
    project: int | None
    code: str
    state: str
    at: datetime | None
    exact: bool
    title: str
    title_en: str
    excerpt: str


@dataclass(frozen=True)
class Found:
    """A page of hits, their number in all and by register; where they are few, the rows that are like the words."""

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    near: list[Hit] = field(default_factory=list)


@dataclass(frozen=True)
class Readable:
    """The projects a person may read, by key, and the keys of the projects above them with one that lies below."""

    projects: dict[int, Any]
    above: dict[int, int]
    roles: list[str]
    everybody: bool


def read_access(user: Person) -> Readable:
    """Read which rows `user` may find."""
    names = ("pk", "code", "title_fr", "title_en", "language", "workspaces", "parent", "parent__parent")
    rows = Project.objects.visible_to(user).order_by("code").values_list(*names, named=True)
    projects = {row.pk: row for row in rows}
    above = {key: row.pk for row in projects.values() for key in (row.parent__parent, row.parent) if key}
    seats = [seat for seat in seats_of(user) if not seat.is_delegated]
    return Readable(projects, above, [f"{seat.project_id}:{seat.role}" for seat in seats], can(user, "roles.configure"))


def search(readable: Readable, asked: Asked, *, page: int = 1, size: int = SIZE, typing: bool = False) -> Found:
    """Find the rows that have all words, the best first, and where they are few those that are like them.

    `typing` reads the last word as the beginning of one.
    """
    terms = asked.terms
    if not terms:
        return Found()
    values = _read_words(terms, typing) | {"limit": size, "offset": (min(page, MOST_PAGES) - 1) * size}
    where = _of_reader(readable, values) + _narrow(asked, values)
    matches = f"(t.words @@ %(query)s::tsquery OR {IS_CODE})"
    kinds = _count(f"{where} AND {matches}", values)
    if asked.kind:
        where += " AND t.source = %(kind)s"
        values["kind"] = asked.kind
    total = kinds.get(asked.kind, 0) if asked.kind else sum(kinds.values())
    hits = _read(f"{where} AND {matches}", RANK, values) if total else []
    near = _list_near(where, values, hits) if total < FEW and page == 1 else []
    return Found(hits, total, kinds, near)


def _read_words(terms: list[str], typing: bool) -> dict[str, Any]:
    """Return the words as the database reads them, once: a plan that is kept would read them again for each row."""
    long = [term for term in terms if len(term) >= SHORTEST] or terms
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT public.ouvrage_search_query(%s, %s)::text, to_tsquery('pg_catalog.simple', %s)::text,
                      public.ouvrage_search_key(%s), public.ouvrage_plain(%s),
                      ARRAY(SELECT public.ouvrage_plain(said) FROM unnest(%s::text[]) AS said),
                      set_config('pg_trgm.word_similarity_threshold', %s, false)""",
            [terms, typing, " & ".join(terms), "".join(terms)[:LONGEST_CODE], " ".join(terms), long, str(ALIKE)],
        )
        names = ("query", "exact", "key", "start", "long", "alike")
        values = dict(zip(names, cursor.fetchone(), strict=True))
    values["key"] = values["key"] or LAST  # every code begins with nothing
    return values | {"key_end": values["key"] + LAST} | {f"near_{n}": term for n, term in enumerate(values["long"])}


def _count(where: str, values: Mapping[str, Any]) -> dict[str, int]:
    """Count the rows by register, MOST of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT m.source, count(*) FROM (SELECT t.source FROM public.core_searchtext t WHERE {where}"
            f" LIMIT {MOST}) AS m GROUP BY m.source",
            values,
        )
        return dict(cursor.fetchall())


def _list_near(where: str, values: dict[str, Any], hits: list[Hit]) -> list[Hit]:
    """List the rows that have words like these, beside the `hits`."""
    like = " OR ".join(f"t.plain %%> %(near_{place})s" for place in range(len(values["long"])))
    rank = "(SELECT avg(word_similarity(said, t.plain)) FROM unnest(%(long)s::text[]) AS said)"
    found = _read(f"{where} AND ({like})", rank, values | {"limit": FEW + len(hits), "offset": 0}, MOST_NEAR)
    shown = {(hit.source, hit.row) for hit in hits}
    return [hit for hit in found if (hit.source, hit.row) not in shown][: FEW - len(hits)]


def list_newest(readable: Readable, size: int) -> list[Hit]:
    """List the rows of the projects a person may read that were written last, in the last NEW_DAYS."""
    values: dict[str, Any] = {"limit": size, "offset": 0, "query": "", "key": ""}
    values["from"] = timezone.now() - timedelta(days=NEW_DAYS)
    where = f"""{_of_reader(readable, values)} AND t.project = ANY(%(visible)s) AND t.source <> 'project'
      AND t.at BETWEEN %(from)s AND statement_timestamp() ORDER BY t.at DESC"""
    return _read(where, "extract(epoch FROM t.at)", values)


def _of_reader(readable: Readable, values: dict[str, Any]) -> str:
    """Return the condition that the reader may read the row `t`; add its values."""
    hidden: dict[str, list[str]] = {}
    for source in SOURCES.values():
        if workspace := workspace_of(source.url):
            hidden.setdefault(workspace.value, []).append(source.name)
    values |= {
        "visible": list(readable.projects),
        "above": list(readable.above),
        "roles": readable.roles,
        "shared": [source.name for source in SOURCES.values() if source.from_library],
        "everybody": readable.everybody,
    }
    # The sum keeps the planner from reading whole projects by their index before it looks at the words.
    condition = """(t.project + 0 = ANY(%(visible)s)
        OR (t.source = ANY(%(shared)s) AND t.project = ANY(%(above)s))
        OR (t.source = 'organisation' AND %(everybody)s)
        OR (t.source = 'person' AND (%(everybody)s OR EXISTS (
              SELECT FROM public.projects_mandate m WHERE m.holder_id = t."row" AND m.project_id = ANY(%(visible)s)))))
      AND (t.role = '' OR (t.project || ':' || t.role) = ANY(%(roles)s))"""
    for place, (code, names) in enumerate(sorted(hidden.items())):
        without = [key for key, project in readable.projects.items() if code not in project.workspaces]
        if without:
            values |= {f"of_{place}": names, f"without_{place}": without}
            condition += f" AND NOT (t.source = ANY(%(of_{place})s) AND t.project = ANY(%(without_{place})s))"
    return condition


def _narrow(asked: Asked, values: dict[str, Any]) -> str:
    """Return the conditions of the filters but the one by register, which its counts leave out."""
    parts = {
        "project_code": (asked.project, "t.project = (SELECT p.id FROM public.projects_project p WHERE p.code = {})"),
        "state": (asked.state, "t.state = {}"),
        "since": (_start(asked.since), "t.at >= {}"),
        "until": (asked.until and _start(asked.until + timedelta(days=1)), "t.at < {}"),
    }
    values |= {name: value for name, (value, _sql) in parts.items() if value}
    return "".join(f" AND {sql.format(f'%({name})s')}" for name, (value, sql) in parts.items() if value)


def _start(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _read(where: str, rank: str, values: Mapping[str, Any], most: int = MOST) -> list[Hit]:
    """Read a page of the best of `most` hits; only their texts are marked, in each language: marking is slow."""
    marked = ", ".join(
        f"ts_headline('public.ouvrage_{language}', h.{column}, %(query)s::tsquery, %({how})s)"
        for column, how in (("title", "whole"), ("title_en", "whole"), ("body", "part"))
        for language in ("fr", "en")
    )
    statement = f"""
      WITH matching AS (SELECT t.* FROM public.core_searchtext t WHERE {where} LIMIT {most}),
      hits AS (SELECT t.*, {rank} AS rank FROM matching t
               ORDER BY rank DESC, t.at DESC NULLS LAST, t.id LIMIT %(limit)s OFFSET %(offset)s)
      SELECT h.source, h."row", h.page, CASE WHEN h.source = 'person' THEN (
               SELECT min(m.project_id) FROM public.projects_mandate m
               WHERE m.holder_id = h."row" AND m.project_id = ANY(%(visible)s)) ELSE h.project END,
             h.code, h.state, h.at, h.code <> '' AND h.key = %(key)s, {marked}
      FROM hits h ORDER BY h.rank DESC, h.at DESC NULLS LAST, h.id"""
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, **HOW})
        return [Hit(*row[:8], *map(_most_marked, row[8::2], row[9::2])) for row in cursor.fetchall()]


def _most_marked(french: str, english: str) -> str:
    """Return the text as the language marked it that knows more of its words."""
    return english if english.count(OPEN) > french.count(OPEN) else french
