"""Show the rows of earlier releases, whose texts hide characters: no page, file or mail of the product hides them."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from core.words.characters import HIDDEN_CHARACTER
from core.words.visible_texts import watched_columns
from tests import pdf
from tests.database import fire_deferred_triggers, our_models, owning, run
from tests.effort import in_turn
from tests.pages.visits import visits

pytestmark = pytest.mark.django_db

#: Columns whose values other rows or the code know by their text.
KNOWN = {"fields", "about", "permission"}
#: Pages that are always read; of the others every second one by day.
READ = {"inbox_owner", "project_home", "register", "dossier_ready_for_decision"}


def _turn_every_text() -> int:
    """Put a mark that turns the rest of the line in place of the first blank of every text; return how many columns."""
    count = 0
    fire_deferred_triggers()  # no trigger is disabled on a table with pending events
    with owning():
        for model in our_models():
            columns = {name: text for name, text in watched_columns(model).items() if name not in KNOWN}
            if not columns:
                continue
            table = model._meta.db_table
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for name in columns:
                kind = model._meta.get_field(_field_of(model, name)).get_internal_type()
                if kind in {"CharField", "TextField"}:
                    turned = f"regexp_replace(\"{name}\", ' ', chr(8238))"
                elif kind == "JSONField":
                    turned = f"regexp_replace(\"{name}\"::text, '([a-z]) ([a-z])', '\\1' || chr(8238) || '\\2')::jsonb"
                else:
                    continue
                run(f'UPDATE {table} SET "{name}" = {turned}')
                count += 1
    return count


def _field_of(model: Any, column: str) -> str:
    return next(field.name for field in model._meta.local_concrete_fields if field.column == column)


def shown(answer: Any) -> str:
    """Return the text of a page or a file."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer["Content-Type"]
    if kind == "application/pdf":
        return pdf.text(content)
    if kind.startswith("application/json"):
        return json.dumps(json.loads(content), ensure_ascii=False)
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as archive:
            return "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    return content.decode("utf-8", "ignore").removeprefix("\ufeff")


def test_no_page_and_no_file_hides_a_character(cast: Any, proposal: Any, client: Any, client_of: Any) -> None:
    pages = [(name, visit) for name, visit in visits(proposal) if visit.method == "GET"]
    known = [page for at, page in enumerate(pages) if page[0] in READ or in_turn(at, [True, False])[0]]
    assert _turn_every_text() > 150
    revealed, hiding, clients = set(), {}, {}
    for name, visit in known:
        if visit.member not in clients:
            clients[visit.member] = client if visit.member == "anonymous" else client_of(cast[visit.member])
        text = shown(visit.by(clients[visit.member]))
        if found := HIDDEN_CHARACTER.search(text):
            hiding[name] = text[max(0, found.start() - 80) : found.end() + 40]
        if "[U+202E]" in text:
            revealed.add(name)
    assert hiding == {}
    assert len(revealed) > 70
    assert revealed >= READ, sorted(revealed)
