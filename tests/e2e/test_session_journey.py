"""A whole session in a browser: prepared, convened, moved, held over five items and a late one, closed and settled."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_room_journey import go, submit
from tests.e2e.visitor import ready
from tests.effort import in_turn

#: Language → words of the outcome of a decision, "in session", "against the recommendation", what was left, and left.
SAID = {
    "en": ("Approved with conditions", "in session", "Deferred to a later session", "left during the item"),
    "fr": ("Approuvée sous conditions", "en séance", "Reporté à une séance ultérieure", "départ pendant le point"),
}
CONDITION = {
    "outcome": "approved_with_conditions",
    "conditions-TOTAL_FORMS": "1",
    "conditions-0-text": "The harbour office agrees in writing.",
    "conditions-0-role": "AMOA",
    "conditions-0-due_on": "{today+20}",
}


@pytest.mark.parametrize("language", in_turn(1, [*SAID]))
def test_a_session_goes_from_its_draft_agenda_to_its_settled_list(
    person: Callable[..., Page], visitor: Any, query: Any, complaints: Any, language: str
) -> None:
    with_conditions, in_session, deferred, left = SAID[language]
    name = f"Harbour committee {language}"
    files = [
        ready(visitor("amoa"), visitor("pmo"), f"Item {number} of the harbour ({language})") for number in (1, 2, 3, 4)
    ]
    secretary, owner = person("pmo", language=language), person("owner", language=language)

    prepare(secretary, name)
    page = secretary.url
    arrange(secretary, [f"Item {number} of the harbour ({language})" for number in (1, 2, 3, 4)], "Works calendar")
    go(secretary, "/convene/")
    send(secretary)
    expect(secretary.locator("li[id^=item-]")).to_have_count(5)
    [[session]] = query(
        "SELECT s.id FROM governance_session s JOIN governance_body b ON b.id = s.body_id WHERE b.name = %s", name
    )
    go(secretary, "/edit/")
    secretary.locator("input[name=begins]").fill("14:30")
    send(secretary)
    for reason in ("session_convened", "session_moved"):
        assert told(query, "owner", session, reason) == [(1,)], "one notice a fact"
    owner.goto("/calendar/")
    expect(owner.locator("main").get_by_role("link", name=f"{name} 1").first).to_be_visible()

    go(secretary, "/add/")
    secretary.locator("input[name=title]").fill("Storm warning")
    secretary.locator("[name=because]").fill("The warning came this morning.")
    send(secretary)
    expect(secretary.locator("#item-6")).to_contain_text("The warning came this morning.")
    go(secretary, "/open/")
    send(secretary)
    approved = visitor("owner").act("decide", **files[0], changes=CONDITION)
    other = {"outcome": "approved", "option": "B", "why_not": "The crews asked for the present way."}
    assert (approved.status, visitor("owner").act("decide", **files[1], changes=other).status) == (302, 302)

    later = str(timezone.localdate() + timedelta(days=40))
    note(secretary, page, 3, outcome="deferred", deferred_to=later)
    note(secretary, page, 4, outcome="withdrawn")
    note(secretary, page, 5, "The calendar was read.", leaves="MOA")
    expect(secretary.locator("#item-5")).to_contain_text("The calendar was read.")
    go(secretary, "/close/")
    send(secretary)
    expect(secretary.locator("main")).to_contain_text("Storm warning")  # refused: the late item is open
    assert [text for text in complaints if "(Unprocessable" not in text] == []
    complaints.clear()
    note(secretary, page, 6, "The warning was heard.")
    give_action(secretary, "Ask the pilots about the storm.")
    secretary.goto(page)
    go(secretary, "/close/")
    send(secretary)

    owner.goto(f"{page}list/")
    submit_to_settle(owner)
    listed = owner.locator("main")
    noted = "Ask the pilots about the storm.", "The warning was heard."
    for words in (with_conditions, in_session, deferred, left, "Item 2", *noted):
        expect(listed).to_contain_text(words)
    [[settled, digest]] = query(
        "SELECT l.settled_by_id IS NOT NULL, l.hash = encode(sha256(l.pdf), 'hex')"
        " FROM governance_decisionlist l WHERE l.session_id = %s",
        session,
    )
    assert (settled, digest) == (True, True)
    assert told(query, "pmo", session, "list_settled") == [(1,)]
    assert owner.request.get(f"{page}list/pdf/file/").ok

    prepare_next(secretary, name)
    agenda = secretary.locator("main ol.lines > li")
    expect(agenda.first).to_contain_text(f"{name} 1")
    expect(agenda.filter(has_text=f"Item 3 of the harbour ({language})")).to_have_count(1)
    expect(agenda.filter(has_text=f"Item 1 of the harbour ({language})")).to_have_count(0)
    expect(agenda.filter(has_text="Storm warning")).to_have_count(0)
    assert complaints == []


def send(page: Page) -> None:
    """Send the form of a page, and read the page that answers."""
    with page.expect_navigation():
        submit(page)


def prepare(page: Page, name: str) -> None:
    """Found a body of this name, and prepare its first session in three days."""
    page.goto("/projects/ONE/bodies/new/?kind=copil")
    page.locator("input[name=name]").fill(name)
    send(page)
    prepare_next(page, name)


def prepare_next(page: Page, name: str) -> None:
    """Prepare a session of this body."""
    page.goto("/projects/ONE/sessions/new/")
    page.locator("select[name=body]").select_option(label=name)
    page.locator("input[name=day]").fill(str(timezone.localdate() + timedelta(days=3)))
    send(page)


def arrange(page: Page, titles: list[str], told: str) -> None:
    """Put these files on the draft agenda in their order, then an item for information; take off the others."""
    go(page, "/agenda/")
    for line in page.locator("main fieldset").all():
        heading = line.locator("legend").inner_text()
        place = next((str(number) for number, title in enumerate(titles, 1) if title in heading), "")
        order = line.locator("input[name^=order]")
        title = line.locator("input[name^=title]")
        if title.count() and told:
            title.fill(told)
            place, told = str(len(titles) + 1), ""
        order.fill(place)
    send(page)


def note(page: Page, session: str, place: int, words: str = "", leaves: str = "", **fields: str) -> None:
    """Note an item; the holder of a role leaves during it."""
    page.goto(session)
    page.locator(f'#item-{place} a[href*="/session-items/"]').press("Enter")
    if words:
        page.locator("textarea[name=note]").fill(words)
    if outcome := fields.get("outcome"):
        page.locator(f'[name=outcome][value="{outcome}"], select[name=outcome]').first.evaluate(CHOOSE, outcome)
    if day := fields.get("deferred_to"):
        page.locator("input[name=deferred_to]").fill(day)
    if leaves:
        field: Locator = page.get_by_label(f"{leaves} · ").first
        field.select_option("left")
    send(page)


#: Choose a value of a select or of radio buttons.
CHOOSE = """(field, value) => {
  if (field.type === "radio") { field.click(); return; }
  field.value = value;
  field.dispatchEvent(new Event("change", {bubbles: true}));
}"""


def give_action(page: Page, words: str) -> None:
    """Give an action from the page of a session that is shown."""
    page.locator('main a[href*="/actions/new/"]').first.press("Enter")
    page.locator("[name=text]").fill(words)
    page.locator("select[name=seat]").select_option(index=1)
    page.locator("input[name=due_on]").fill(str(timezone.localdate() + timedelta(days=10)))
    send(page)


def submit_to_settle(page: Page) -> None:
    """Settle the list that is shown."""
    go(page, "/settle/")
    send(page)


def told(query: Any, member: str, session: int, reason: str) -> Any:
    """Count the notices of a member on a session, or on its list, for a reason."""
    return query(
        "SELECT count(*) FROM projects_notification n JOIN projects_ledgerevent e ON e.id = n.event_id"
        " JOIN roles_user u ON u.id = n.recipient_id WHERE n.reason = %s AND u.email = %s AND"
        " (e.subject, e.subject_id) IN (SELECT 'governance.session', %s"
        "   UNION SELECT 'governance.decisionlist', l.id FROM governance_decisionlist l WHERE l.session_id = %s)",
        reason,
        f"{member}@example.org",
        session,
        session,
    )
