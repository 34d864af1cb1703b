"""Compare the rows of the database with their seals, and read both for a bundle (projects/ledger/row_seals.py)."""
# ruff: noqa: S608 — the SQL is built from the names of our own tables and columns

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models

from projects.ledger.row_seals import MATCHES, Layouts, read_layouts, rows_parameters, rows_sql, sealed_models
from projects.models import Project, RowSeal
from tools.verify_ledger import ALTERED, SEALED_LATER, Place, Report, SealRange, judge_links, judge_uncovered, uncovered

CHUNK = 2000
#: Seals whose place or link does not follow from the seal before.
BROKEN = """
SELECT seq FROM (
  SELECT seq, "table", "row", hash, link, lag(seq) OVER by_place AS before, lag(link) OVER by_place AS link_before
  FROM projects_rowseal WHERE chain = %s WINDOW by_place AS (ORDER BY seq)) s
WHERE seq <> coalesce(before, 0) + 1 OR link IS DISTINCT FROM sha256(
  '\\x6f7576726167652e7365616c2e763100'::bytea || coalesce(link_before, decode(repeat('00', 32), 'hex'))
  || convert_to("table" || ' ' || "row" || ' ', 'UTF8') || coalesce(hash, ''))
ORDER BY seq LIMIT 20
"""
UNCOVERED = """
SELECT s."table", s."row" FROM unnest(%s::bigint[], %s::bigint[]) AS span(first, last)
JOIN projects_rowseal s ON s.chain = %s AND s.seq BETWEEN span.first AND span.last
WHERE s."table" <> ALL (%s) ORDER BY s.seq
"""
LINKS = "SELECT seq, link FROM projects_rowseal WHERE chain = %s AND seq = ANY (%s)"
BEYOND = 2**62


def verify_seals(report: Report, chain: int, place: Place, ranges: Sequence[SealRange]) -> None:
    """Verify a chain of seals, 0 for the shared one, in itself and against what the events name."""
    for (seq,) in _read(BROKEN, [chain]):
        report.add(ALTERED, place, f"the seal {seq} of its rows does not follow from the one before it")
    report.seals += RowSeal.objects.filter(chain=chain).count()
    links = {seq: bytes(link).hex() for seq, link in _read(LINKS, [chain, [each.last for each in ranges]])}
    judge_links(report, ranges, links, "rows" if chain else "the rows that projects share")
    if chain:
        first, last = zip(*((first, last or BEYOND) for first, last in uncovered(ranges)), strict=True)
        for table, row in _select(UNCOVERED, [list(first), list(last), chain, sorted(SEALED_LATER)]):
            judge_uncovered(report, place, table, row)


def verify_rows(
    report: Report,
    model: type[models.Model],
    layouts: Layouts,
    chains: Sequence[int] | None,
    codes: dict[int, str],
) -> None:
    """Compare each row of `model` with its newest seal, of these `layouts`: those of all chains, or of some."""
    faulty = f"""SELECT f.row_id, f.chain, f.sealed, f.present, f.hash IS NULL
        FROM ({rows_sql(model, layouts, chains is not None)}) f
        WHERE NOT f.sealed OR f.present <> (f.hash IS NOT NULL) OR f.present AND NOT {MATCHES}
        ORDER BY f.row_id"""
    table = model._meta.db_table
    for number, chain, sealed, present, gone in _read(faulty, rows_parameters(model, chains)):
        code = codes.get(chain, "")
        place = Place(f"project {code}", code) if code else Place()
        if not sealed:
            what = "was not sealed by any act"
        elif gone:
            what = "was deleted, and is here"
        else:
            what = "is not as it was sealed" if present else "is missing"
        report.add(ALTERED, place, f"{table} {number} {what}")


def list_seals(chain: int) -> Iterator[list[str]]:
    """Yield the seals of a chain as a bundle holds them: table, row, hash ("" for a row that is gone)."""
    seals = RowSeal.objects.filter(chain=chain).order_by("seq").values_list("table", "row", "hash")
    for table, row, digest in seals.iterator(chunk_size=CHUNK):
        yield [table, str(row), bytes(digest or b"").hex()]


def list_rows(chains: Sequence[int] | None) -> Iterator[dict[str, str]]:
    """Yield the rows of these chains, or of all, as a bundle holds them: text and salt of the newest seal."""
    layouts = read_layouts()
    for model in sealed_models():
        table = model._meta.db_table
        rows = rows_sql(model, layouts[table], chains is not None)
        present = f"SELECT f.row_id, f.salt, f.row_text FROM ({rows}) f WHERE f.present ORDER BY f.row_id"
        for number, salt, text in _select(present, rows_parameters(model, chains)):
            yield {"table": table, "row": str(number), "salt": salt or "", "text": text}


def project_codes() -> dict[int, str]:
    """Return the code of each project."""
    return dict(Project.objects.values_list("pk", "code"))


def _read(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that finds few, by a plan that PostgreSQL may keep: a cursor is planned anew."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _select(sql: str, parameters: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
    """Yield the rows of a statement, however many."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchmany(CHUNK)
        yield from rows
        while len(rows) == CHUNK:  # most tables have fewer rows, and need no second answer
            rows = cursor.fetchmany(CHUNK)
            yield from rows
