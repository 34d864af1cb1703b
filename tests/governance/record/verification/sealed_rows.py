"""Build seals of rows and the rows themselves as an export holds them, for the verifier that needs no database."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from tests.governance.record.verification.chains import Book
from tools.verify_ledger import START, base_of, next_link

FIXED_SALT, SALT = "5a20", "5a21"


@dataclass
class Seals:
    """The seals of project 3, and the rows that they are of, written by the acts of its chain."""

    book: Book = field(default_factory=Book)
    seals: list[list[str]] = field(default_factory=list)
    rows: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    links: list[str] = field(default_factory=lambda: [START])
    #: Place of the last seal of each row, and of the last that an event names.
    places: dict[tuple[str, str], int] = field(default_factory=dict)
    named: int = 0

    def write(
        self, table: str, row: str, fixed: dict[str, Any], rest: dict[str, Any], tells: str = "", layout: str = "1"
    ) -> None:
        """Seal a row with these columns: those that no act changes, and the others."""
        texts = [json.dumps(columns, ensure_ascii=False) for columns in (fixed, rest)]
        unchanged = hashlib.sha256((FIXED_SALT + texts[0]).encode()).hexdigest()
        digest = hashlib.sha256((SALT + unchanged + texts[1]).encode()).hexdigest()
        self.seal(table, row, digest, tells, unchanged, layout)
        told = {"salt": SALT, "text": texts[1], "fixed_salt": FIXED_SALT, "fixed": texts[0]}
        self.rows[table, row] = {"table": table, "row": row} | told

    def keep(self, table: str, number: str, row: str, fixed: dict[str, Any], rest: dict[str, Any]) -> None:
        """Add a version of a row to its history, as row `number` of that."""
        self.write(table, number, {"history_id": number, **fixed, **rest}, {}, str(self.places[base_of(table), row]))

    def take(self, table: str, row: str) -> None:
        """Take a row away."""
        self.seal(table, row, "", "", "", "1")
        del self.rows[table, row]

    def seal(self, table: str, row: str, digest: str, *more: str) -> None:
        """Append a seal; without `more` one of the first version."""
        self.seals.append([table, row, digest, *more])
        tells, fixed = (more[0], bytes.fromhex(more[1])) if more else ("", None)
        link = bytes.fromhex(self.links[-1])
        self.links.append(next_link(link, table, row, bytes.fromhex(digest), tells, fixed).hex())
        self.places[table, row] = len(self.seals)

    def record(self, act: str, subject: str = "", number: str = "1", **facts: str) -> None:
        """Record the event of an act in its own transaction: it names the seals since the one before."""
        self.record_together((act, subject, number, facts))

    def record_together(self, *acts: tuple[str, str, str, dict[str, str]]) -> None:
        """Record several events in one transaction, all of the same seals."""
        span = f"{self.named + 1}-{len(self.seals)}:{self.links[-1]}"
        for act, subject, number, facts in acts:
            self.book.add(act, subject, number, rows=span, shared=f"1-0:{START}")
            self.book.bodies[-1]["facts"] |= facts
        self.named = len(self.seals)

    def erase(self, subject: str, number: str, fields: str) -> None:
        """Record the erasure of these fields of a record."""
        about = {"subject": subject, "id": number, "fields": fields}
        self.record_together(("erase", "governance.erasure", str(len(self.seals)), about))

    def bundle(self, **more: Any) -> dict[str, Any]:
        """Return a whole export of this project with its rows."""
        about = {"version": "3", "contents_of": "all", "rows": list(self.rows.values()), "shared": []}
        bundle = self.book.bundle(**about | more)
        bundle["projects"][0]["seals"] = self.seals
        return bundle


MARK = "[erased 2026-03-02 #8]"
#: A mandate, by what no act changes of it and what some act does.
MANDATE, HELD, ENDED = {"id": "7", "holder_id": "4"}, {"period": "[1,)"}, {"period": "[1,2)"}


def honest() -> Seals:
    """Give a mandate and end it, ask for a move and refuse it, erase an opinion: each as the product does."""
    told = Seals()
    told.write("projects_mandate", "7", MANDATE, HELD)
    told.keep("projects_historicalmandate", "1", "7", MANDATE, HELD)
    told.record("appoint", "projects.mandate", "7")
    told.write("projects_mandate", "7", MANDATE, ENDED, "period")
    told.keep("projects_historicalmandate", "2", "7", MANDATE, ENDED)
    told.record("end_mandate", "projects.mandate", "7")
    told.write("governance_move", "3", {"id": "3"}, {"state": "asked"})
    told.record("ask_move", "governance.move", "3")
    told.write("governance_move", "3", {"id": "3"}, {"state": "refused"}, "state")
    told.record("refuse_move", "governance.move", "3")
    told.write("governance_effect", "9", {"id": "9"}, {"after": "Elsewhere"})
    told.record("lapse", "governance.effect", "9")
    told.write("projects_documentversion", "5", {"id": "5", "sha256": "0" * 64}, {"content": "0" * 64})
    told.record("add_document", "projects.document", "2")
    told.write("governance_effect", "9", {"id": "9"}, {"after": MARK}, "after")
    told.write("governance_erasure", "1", {"id": "1"}, {})
    told.erase("governance.effect", "9", "after")
    return told
