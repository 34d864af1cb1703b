"""Compare the rows of the database with their seals, and read both for a bundle (projects/ledger/row_seals.py)."""
# ruff: noqa: S608 — the SQL is built from the names of our own tables and columns

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models

from projects.ledger.row_seals import (
    MATCHES,
    Layouts,
    json_sql,
    project_sql,
    read_layouts,
    rows_parameters,
    rows_sql,
    sealed_columns,
    sealed_models,
)
from projects.models import DocumentVersion, Project, RowSeal
from roles.models import User
from tools.verify_ledger import (
    ACCOUNTS,
    ALTERED,
    SEALED_LATER,
    VERSIONED,
    Place,
    Report,
    SealRange,
    Span,
    is_erasure,
    judge_erasure,
    judge_links,
    judge_write,
    list_spans,
    record_of,
)

CHUNK = 2000
#: Seals whose place or link does not follow from the seal before, or whose version is an earlier one.
BROKEN = """
SELECT seq FROM (
  SELECT seq, "table", "row", hash, fixed, tells, link,
    lag(seq) OVER by_place AS before, lag(link) OVER by_place AS link_before, lag(fixed) OVER by_place AS fixed_before
  FROM projects_rowseal WHERE chain = %s WINDOW by_place AS (ORDER BY seq)) s
WHERE seq <> coalesce(before, 0) + 1 OR link IS DISTINCT FROM sha256(
  convert_to(CASE WHEN fixed IS NULL THEN 'ouvrage.seal.v1' ELSE 'ouvrage.seal.v2' END, 'UTF8') || '\\x00'::bytea
  || coalesce(link_before, decode(repeat('00', 32), 'hex'))
  || convert_to("table" || ' ' || "row" || CASE WHEN fixed IS NULL THEN ' ' ELSE ' ' || tells || ' ' END, 'UTF8')
  || coalesce(hash, '') || coalesce(fixed, ''))
  OR fixed IS NULL AND fixed_before IS NOT NULL
ORDER BY seq LIMIT 20
"""
UNCOVERED = """
SELECT s."table", s."row" FROM unnest(%s::bigint[], %s::bigint[]) AS span(first, last)
JOIN projects_rowseal s ON s.chain = %s AND s.seq BETWEEN span.first AND span.last AND s.fixed IS NULL
WHERE s."table" <> ALL (%s) ORDER BY s.seq
"""
LINKS = "SELECT seq, link FROM projects_rowseal WHERE chain = %s AND seq = ANY (%s)"
#: Seals of the second version by what decides whether their act may write them: as `judge_write` needs it. `spans` are
#: the first seals of the spans, `acts` numbers of their acts, `groups` the first seals of the transactions. Each row
#: without a history is judged alone: an act about it changes it.
WRITTEN = """
SELECT acts, "table", kind, tells, refixed, relaid, has_version,
  (array_agg("row" ORDER BY seq))[1:{most}], (array_agg(seq ORDER BY seq))[1:{most}]
FROM (
  SELECT s.seq, s."table", s."row",
    (%(acts)s::integer[])[width_bucket(s.seq, %(spans)s::integer[])] AS acts,
    CASE WHEN s.hash IS NULL THEN '-' WHEN b.hash IS NULL THEN '+' ELSE '~' END AS kind,
    CASE WHEN s.hash IS NOT NULL AND b.hash IS NOT NULL THEN s.tells ELSE '' END AS tells,
    s.hash IS NOT NULL AND b.hash IS NOT NULL AND b.layout_id = s.layout_id AND b.fixed <> s.fixed AS refixed,
    b.layout_id IS DISTINCT FROM s.layout_id AS relaid,
    s."table" = ANY (%(versioned)s) AND (s."table", s.seq, width_bucket(s.seq, %(groups)s::integer[])) IN (
      SELECT replace(h."table", '_historical', '_'), h.tells::integer, width_bucket(h.seq, %(groups)s::integer[])
      FROM projects_rowseal h WHERE h.chain = %(chain)s AND h."table" LIKE '%%\\_historical%%'
        AND h.tells ~ '^[1-9][0-9]{{0,8}}$') AS has_version
  FROM projects_rowseal s LEFT JOIN LATERAL (
    SELECT p.hash, p.fixed, p.layout_id FROM projects_rowseal p
    WHERE p."table" = s."table" AND p."row" = s."row" AND p.id < s.id ORDER BY p.id DESC LIMIT 1) b ON true
  WHERE s.chain = %(chain)s AND s.fixed IS NOT NULL) w
GROUP BY 1, 2, 3, 4, 5, 6, 7,
  CASE WHEN kind = '~' AND "table" <> ALL (%(versioned)s) AND "table" NOT LIKE '%%\\_historical%%' THEN seq END
ORDER BY min(seq)
"""
#: Most rows that are named of each kind of fault.
MOST = 20
#: Seals by which an erasure changed a row.
ERASED = """
SELECT s.seq, s."table", s."row", s.tells FROM unnest(%s::bigint[], %s::bigint[]) AS span(first, last)
JOIN projects_rowseal s ON s.chain = %s AND s.seq BETWEEN span.first AND span.last AND s.fixed IS NOT NULL
WHERE s.hash IS NOT NULL AND s.tells ~ '^[a-z]' ORDER BY s.seq
"""
OTHER_BYTES = """
SELECT id FROM projects_documentversion
WHERE length(content) > 0 AND encode(sha256(content), 'hex') <> sha256 ORDER BY id
"""
BEYOND = 2**62


def verify_seals(
    report: Report, chain: int, place: Place, ranges: Sequence[SealRange], *, is_whole: bool = True
) -> None:
    """Verify a chain of seals, 0 for the shared one, in itself and against what the events name.

    What wrote the seals of the shared one is told by the events of all projects: `is_whole`.
    """
    for (seq,) in _read(BROKEN, [chain]):
        report.add(ALTERED, place, f"the seal {seq} of its rows does not follow from the one before it")
    report.seals += RowSeal.objects.filter(chain=chain).count()
    links = {seq: bytes(link).hex() for seq, link in _read(LINKS, [chain, [each.last for each in ranges]])}
    judge_links(report, ranges, links, "rows" if chain else "the rows that projects share")
    spans = list_spans(report, place, ranges)
    if chain:
        first, last = zip(*((span.first, span.last or BEYOND) for span in spans if not span.acts), strict=True)
        for table, row in _select(UNCOVERED, [list(first), list(last), chain, sorted(SEALED_LATER)]):
            report.add(ALTERED, place, f"{table} {row} was written by no act")
    if chain or is_whole:
        _verify_writes(report, chain, spans)
        _verify_erasures(report, chain, [span for span in spans if "erase" in span.acts])


def _verify_writes(report: Report, chain: int, spans: Sequence[Span]) -> None:
    """Judge what the acts of a chain wrote, by its seals of the second version."""
    starts = [span.first for span in spans]
    numbers: dict[frozenset[str], int] = {}
    parameters = {
        "chain": chain,
        "spans": starts,
        "acts": [numbers.setdefault(span.acts, len(numbers)) for span in spans],
        "groups": sorted({span.group for span in spans}),
        "versioned": sorted(VERSIONED),
    }
    for _acts, table, kind, tells, refixed, relaid, has_version, rows, seqs in _read(
        WRITTEN.format(most=MOST), parameters
    ):
        for row, seq in zip(rows, seqs, strict=True):
            faults = len(report.faults)
            judge_write(
                report,
                spans[bisect_right(starts, seq) - 1],
                table,
                str(row),
                kind,
                tells,
                shared=not chain,
                refixed=refixed,
                relaid=relaid,
                has_version=has_version,
            )
            if len(report.faults) == faults:
                break  # what is said of one is said of all


def _verify_erasures(report: Report, chain: int, spans: Sequence[Span]) -> None:
    """Judge what erasures changed."""
    if not spans:
        return
    starts = [span.first for span in spans]
    models_by_table = {model._meta.db_table: model for model in sealed_models()}
    found = _read(ERASED, [starts, [span.last for span in spans], chain])
    for seq, table, row, tells in found:
        span = spans[bisect_right(starts, seq) - 1]
        if not is_erasure(span.acts, table, "~", tells):
            continue
        model = models_by_table[table]
        text = json_sql(model, "r", sealed_columns(model))
        key = model._meta.pk.column
        for (text_of_row,) in _read(f'SELECT {text}::text FROM public."{table}" r WHERE r."{key}" = %s', [row]):
            said = json.loads(text_of_row)
            base, number = record_of(table, str(row), said)
            account = str(User.objects.get(pk=number).key) if base == ACCOUNTS else ""
            judge_erasure(report, span, table, str(row), tells, said, account)


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
    if hasattr(model, "history"):
        _verify_history(report, model, chains, codes)
    if model is DocumentVersion:
        for (number,) in _read(OTHER_BYTES, []):
            report.add(ALTERED, "", f"{table} {number} holds other bytes than its fingerprint says")


def _verify_history(
    report: Report, model: type[models.Model], chains: Sequence[int] | None, codes: dict[int, str]
) -> None:
    """Compare each row of `model` with the newest row of its history."""
    versions = model.history.model  # type: ignore[attr-defined]
    kept = {field.column for field in versions._meta.local_concrete_fields}
    columns = [column for column in sealed_columns(model) if column in kept]
    key, table = model._meta.pk.column, model._meta.db_table
    joins, project = project_sql(model)
    row, version = (", ".join(f'{alias}."{column}"' for column in columns) for alias in ("r", "h"))
    where = f" AND coalesce({project}, 0) = ANY (%s)" if chains is not None else ""
    differing = f"""SELECT r."{key}", coalesce({project}, 0) FROM public."{table}" r{joins} JOIN LATERAL (
            SELECT * FROM public."{versions._meta.db_table}" h WHERE h."{key}" = r."{key}"
            ORDER BY h.history_id DESC LIMIT 1) h ON true
        WHERE ({row}) IS DISTINCT FROM ({version}){where} ORDER BY 1"""
    for number, chain in _read(differing, [] if chains is None else [list(chains)]):
        code = codes.get(chain, "")
        place = Place(f"project {code}", code) if code else Place()
        report.add(ALTERED, place, f"{table} {number} is not as its history says")


def list_seals(chain: int) -> Iterator[list[str]]:
    """Yield the seals of a chain as a bundle holds them: table, row, hash ("" for a row that is gone).

    Those of the second version tell three more: what they tell, the hash of what no act changes, their layout.
    """
    columns = ("table", "row", "hash", "tells", "fixed", "layout_id")
    seals = RowSeal.objects.filter(chain=chain).order_by("seq").values_list(*columns)
    for table, row, digest, tells, fixed, layout in seals.iterator(chunk_size=CHUNK):
        seal = [table, str(row), bytes(digest or b"").hex()]
        yield seal if fixed is None else [*seal, tells, bytes(fixed).hex(), str(layout)]


def list_rows(chains: Sequence[int] | None) -> Iterator[dict[str, str]]:
    """Yield the rows of these chains, or of all, as a bundle holds them: texts and salts of the newest seal."""
    layouts = read_layouts()
    for model in sealed_models():
        table = model._meta.db_table
        rows = rows_sql(model, layouts[table], chains is not None)
        present = f"""SELECT f.row_id, f.salt, f.row_text, f.fixed_salt, f.fixed_text, f.fixed IS NOT NULL
            FROM ({rows}) f WHERE f.present ORDER BY f.row_id"""
        for number, salt, text, fixed_salt, fixed, is_second in _select(present, rows_parameters(model, chains)):
            row = {"table": table, "row": str(number), "salt": salt or "", "text": text}
            yield row | {"fixed_salt": fixed_salt or "", "fixed": fixed} if is_second else row


def project_codes() -> dict[int, str]:
    """Return the code of each project that has events or seals; of one whose row is gone, its number."""
    codes = dict(Project.objects.values_list("pk", "code"))
    told = _read("SELECT project_id FROM projects_ledgerevent UNION SELECT chain FROM projects_rowseal", [])
    return {number: str(number) for (number,) in told if number} | codes


def _read(sql: str, parameters: Sequence[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
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
