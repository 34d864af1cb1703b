"""Write docs/performance.md from the figures of several sizes: the cost of each page, and its growth."""

from datetime import datetime
from itertools import pairwise
from math import inf, log
from typing import Any

#: Proposals of each size, as in `manage.py populate`.
PROPOSALS = {"S": 2_000, "M": 20_000, "L": 200_000}
HEAD = """# Performance

{intro}

| | at | processors | Python |
|---|---|---|---|
{when}

A time is that of a page as its reader's client sees it, over one connection, one request at a time, so that the
machine makes most of it: *× floor* divides it by the same job written by hand on the same tables (docs/bench.md).
*growth* is the exponent of the median in the number of proposals, both in units of a request that reads nothing, sent
in turn (0: it costs the same whatever there is; 1: ten times as much for ten times as much). What is over its limit is
marked.
"""


def page(found: dict[str, Any], command: str) -> str:
    """Render the whole page from the figures of each size."""
    intro = f"Figures of `{command}`, which populates an instance of each size (`manage.py populate`) and measures it."
    when = "\n".join(
        f"| {size} | {datetime.fromisoformat(one['at']):%Y-%m-%d %H:%M} UTC | {one['processors']} cores"
        f" | {one['python']} |"
        for size, one in found.items()
    )
    parts = [HEAD.format(intro=intro, when=when), "## How pages grow\n", _grown(found)]
    for size, one in found.items():
        parts += [f"\n## Size {size}: {PROPOSALS[size]:,} proposals\n", _table(one["lines"])]
    return "\n".join(parts) + "\n" + SIZES_OF


def grown(found: dict[str, Any]) -> str:
    """Render the exponents alone, for the terminal."""
    return _grown(found)


def exponents(found: dict[str, Any]) -> dict[str, tuple[list[float], float | None]]:
    """Map each measure to its exponents from each size to the next, and their limit."""
    sizes, made = list(found), {}
    for line in found[sizes[0]]["lines"]:
        series = [_named(found[size]["lines"], _what(line)) for size in sizes]
        units = [
            entry["times"]["p50"] / entry["idle"]["p50"]
            for entry in series
            if entry and entry["times"] and entry["idle"]
        ]
        if len(units) == len(sizes):
            steps = [
                log(after / before) / log(PROPOSALS[large] / PROPOSALS[small])
                for (before, after), (small, large) in zip(pairwise(units), pairwise(sizes), strict=True)
            ]
            made[_what(line)] = steps, (line["limit"] or {}).get("growth")
    return made


def _what(line: dict[str, Any]) -> str:
    """Return the name of a measure without its size."""
    return (
        "list of the largest project"
        if line["what"].startswith("list of ") and line["what"][8].isdigit()
        else str(line["what"])
    )


def _named(lines: list[dict[str, Any]], what: str) -> dict[str, Any] | None:
    return next((line for line in lines if _what(line) == what), None)


def _grown(found: dict[str, Any]) -> str:
    sizes = list(found)
    steps = " | ".join(f"{small} → {large}" for small, large in pairwise(sizes))
    rows = [f"| | {steps} | limit |", f"|---|{'---|' * (len(sizes) - 1)}---|"]
    for what, (values, limit) in exponents(found).items():
        told = " | ".join(f"{value:+.2f}{' **over**' if limit and value > limit else ''}" for value in values)
        rows.append(f"| {what} | {told} | {'' if not limit or limit == inf else f'≤ {limit:g}'} |")
    return "\n".join(rows)


def _table(lines: list[dict[str, Any]]) -> str:
    rows = [
        "| | queries | repeats | p50 ms | p95 ms | × floor | KiB | gzip | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for line in lines:
        times, weight = line["times"] or {}, line["weight"] or ("", "")
        if line["rate"]:
            rows.append(f"| {line['what']} | | | {line['rate']:,.0f} a second | | | | | {_verdict(line)} |")
            continue
        cells = [line["queries"], line["repeats"], _ms(times.get("p50")), _ms(times.get("p95"))]
        cells += [f"{line['times_floor']:.2f}" if line["times_floor"] else "", *(_ms(part) for part in weight)]
        told = " | ".join("" if cell is None else str(cell) for cell in cells)
        rows.append(f"| {line['what']} | {told} | {_verdict(line)} |")
    return "\n".join(rows)


def _ms(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else ""


def _verdict(line: dict[str, Any]) -> str:
    return "**over**" if line["verdict"] == "over" else str(line["verdict"])


SIZES_OF = """
## What is populated

`manage.py populate --size S|M|L`, as the role that owns the tables: S 50 projects and 2,000 proposals, M 500 and
20,000, L 2,500 and 200,000; with at least five history rows a proposal, and odd ones besides: a dossier of 1,000
revisions, an owner with 5,000 tasks, a project of 5,000 requirements, a person with 300 mandates. Drawn by lot
with a seed, so that it is the same each time but for the day. Portfolios and programmes above the projects, owners who
hand over, delegations; drafts, files under review, ready, decided with and without conditions (open, overdue, proved,
lifted, waived), rejected, deferred, returned, withdrawn. Each portfolio has adopted the standards of the catalogue;
each project has 8 risks with their ratings and reviews, checks of what is due, and six months of weather.

Nothing is switched off for it. Projects are founded and launched by the services. The files of a project are put
together in memory and copied into temporary tables; the statement that takes them from there announces each row to the
database as a back-entry at the instant of its act, so that every trigger and constraint sees it as it sees a row of a
service, and marks it “entered afterwards”. What is left out: notices to people, which no guard asks for. Afterwards
`manage.py ledger_verify` says INTACT and `manage.py check_database` finds nothing.
"""
