"""Hold every act of the tests against what the verifiers say that it writes (`WRITES` of tools/verify_ledger.py)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.database import BACKDATED, OF_TESTS, run
from tools.verify_ledger import VERSIONED, WITHOUT_EVENT, is_erasure, may_write

#: The last rows before an act.
BEFORE = f"""{OF_TESTS}
SELECT coalesce((SELECT max(id) FROM projects_rowseal), 0), coalesce((SELECT max(id) FROM projects_ledgerevent), 0)
"""
SEALS = f"""{OF_TESTS}
SELECT s.chain, s.seq, s."table", s.tells,
  CASE WHEN s.hash IS NULL THEN '-' WHEN b.hash IS NULL THEN '+' ELSE '~' END, b.fixed <> s.fixed,
  EXISTS (SELECT FROM projects_rowseal v WHERE v.chain = s.chain AND v.seq > s.seq AND v.tells = s.seq::text)
FROM projects_rowseal s LEFT JOIN LATERAL (
  SELECT p.hash, p.fixed FROM projects_rowseal p
  WHERE p."table" = s."table" AND p."row" = s."row" AND p.id < s.id ORDER BY p.id DESC LIMIT 1) b ON true
WHERE s.id > %s ORDER BY s.id
"""
EVENTS = f"""{OF_TESTS}
SELECT e.project_id, e.act, split_part(split_part(facts ->> 'rows', ':', 1), '-', 2)::bigint,
  split_part(split_part(facts ->> 'shared', ':', 1), '-', 2)::bigint
FROM projects_ledgerevent e, LATERAL (SELECT convert_from(e.body, 'UTF8')::jsonb -> 'facts') AS told(facts)
WHERE e.id > %s ORDER BY e.id
"""


class Unlisted(AssertionError):
    """An act wrote what its line in `WRITES` does not say."""


def check(last_seal: int, last_event: int) -> None:
    """Raise Unlisted if the acts since then wrote what they do not say, or a row without its version."""
    seals = run(SEALS, [last_seal])
    events = run(EVENTS, [last_event]) if seals else []
    for chain, seq, table, tells, kind, refixed, has_version in seals:
        acts = {
            act for project, act, rows, shared in events if chain in (0, project) and seq <= (rows if chain else shared)
        }
        told = tells if kind == "~" else ""
        named = acts if chain else acts | {WITHOUT_EVENT}
        wrote = f"{' and '.join(sorted(acts)) or 'what records no event'} wrote {table} {kind} {told}".rstrip()
        if (refixed and kind == "~" and table not in BACKDATED) or not may_write(named, table, kind, told):
            raise Unlisted(f"{wrote}: add that to its line in WRITES of tools/verify_ledger.py")
        if table in VERSIONED and not has_version and not is_erasure(acts, table, kind, told):
            raise Unlisted(f"{wrote} without its history: save it as a governed row is saved (core/history.py)")


def watch(commit: Callable[[], AbstractContextManager[None]]) -> Callable[[], AbstractContextManager[None]]:
    """Return `core.commits.commit`, but each outermost block is checked before it ends."""
    depth = 0

    @contextmanager
    def watched() -> Iterator[None]:
        nonlocal depth
        depth += 1
        try:
            with commit():
                before = run(BEFORE)[0] if depth == 1 else None
                yield
                if before:
                    check(*before)
        finally:
            depth -= 1

    return watched
