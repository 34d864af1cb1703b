"""Measure an appended event, the pages and a decision. Each gives one line of the table."""

import itertools
import re
import time
from collections import Counter
from unittest.mock import patch

from django.db import transaction
from django.test import Client
from django.urls import reverse

from config.processes import Failure
from governance.decide.proposals import services as proposals
from governance.models import Decision, Proposal
from roles.models import User
from tests import acts
from tests.bench.imports import content, imported
from tests.bench.measure import WARM_UP, Person, in_turn, weights
from tests.bench.place import Place
from tests.bench.report import Limit, Line
from tests.database import statements

EDITS, READINGS, DECISIONS = 200, 150, 120
#: Decisions before the measured ones: to warm up, and one of each kind to count queries.
QUEUE = 2 * (DECISIONS + WARM_UP) + 2
LIST, DOSSIER = Limit(9, 2, 2.5, kib=45, growth=0.15), Limit(13, 2, 3.2, growth=0.05)
REGISTER = Limit(10, 2, 2.5, kib=45, growth=0.15)
DECIDE, HOME = Limit(22, 2, 3, growth=0.1), Limit(14, 2, 3, growth=0.2)
IDLE = "/healthz"
#: Size of a project of requirements: for its table, and one of them (beside its possible duplicates).
REQUIREMENTS, TABLE, REQUIREMENT = 2_000, Limit(12, 2, p95=100, kib=45), Limit(20, 2, p95=100)
REFERENCE = re.compile(r"\b[A-Z]{1,4}[PD]-\d\d+\b")


def append(place: Place) -> Line:
    """Measure the act `edit` with its event in the ledger, against the same transaction without the event.

    Both run in this process, on the same working text, up to the commit, and are rolled back: the database would refuse
    to commit an edit without its event. The second replaces `record` of its module by a no-op, so that exactly its
    statements and its hashing are missing; every lock, rule and history row stays.
    """
    version = acts.reread(place.text).draft.version
    titles = itertools.count()

    def edit() -> float:
        with transaction.atomic():
            began, content = time.perf_counter(), {"title": f"Title {next(titles)}"}
            proposals.edit(actor=place.amoa, proposal=place.text, version=version, content=content)
            taken = time.perf_counter() - began
            transaction.set_rollback(True)
        return taken

    def edit_without_event() -> float:
        with patch.object(proposals, "record", lambda *given, **facts: None):
            return edit()

    with statements() as sent:
        edit()
    with statements() as least:
        edit_without_event()
    times, without = in_turn(EDITS, edit, edit_without_event)
    more = times.p50 - without.p50
    return Line(
        "edit, one event appended",
        *_counts(sent),
        times,
        without,
        least.total(),
        note=f"against the same act without the ledger: {more:+.1f} ms",
    )


def pages(place: Place) -> dict[str, tuple[str, Limit]]:
    """Map the name of each measured page to its address and limit, as the owner."""
    code = [place.listed.code]
    return {
        "list of proposals": (reverse("governance:proposals:proposal_list", args=code), LIST),
        "dossier to decide": (place.dossier.get_absolute_url(), DOSSIER),
        "home of a project": (reverse("governance:home:project_home", args=code), HOME),
        "inbox, 50 waiting": (reverse("governance:inbox:inbox"), HOME),
        "register": (reverse("governance:register:register", args=code), REGISTER),
    }


def page(
    name: str,
    path: str,
    limit: Limit | None,
    reader: User,
    person: Person,
    times: int = READINGS,
    *,
    exact: bool = True,
) -> Line:
    """Measure a page against its floor. Raises Failure when the two name other files and decisions."""
    (_, shown), (_, least_shown) = person.get(path), person.get(f"/floor{path}")
    compare(name, shown, least_shown, exact=exact)
    client = browser(reader)
    client.get(path)  # what a process keeps by the state of a project, the web server knows by now as well
    with statements() as sent:
        client.get(path)
    with statements() as least:
        client.get(f"/floor{path}")
    taken, floor, idle = in_turn(
        times, lambda: person.get(path)[0], lambda: person.get(f"/floor{path}")[0], lambda: person.get(IDLE)[0]
    )
    return Line(name, *_counts(sent), taken, floor, least.total(), limit, idle=idle, weight=weights(shown))


def compare(name: str, shown: str, least_shown: str, *, exact: bool) -> None:
    """Raise Failure unless a page and its floor name the same files and decisions.

    Unless `exact`, the page may name others besides, such as the decision that one replaces.
    """
    named, least_named = set(REFERENCE.findall(shown)), set(REFERENCE.findall(least_shown))
    if least_named - named or (exact and named != least_named):
        told = f"only the page: {sorted(named - least_named)}, only the floor: {sorted(least_named - named)}"
        raise Failure(f"{name}: the floor shows other dossiers or decisions than the product; {told}")


def requirement_pages(place: Place) -> dict[str, tuple[str, Limit]]:
    """Map the name of each requirement page to address and limit, as the AMOA, in a project of REQUIREMENTS."""
    imported(place.amoa, place.queue, content("must", REQUIREMENTS))
    listed = reverse("amoa:requirements:requirement_list", args=[place.queue.code])
    one = place.queue.requirements.get(code=f"REQ-{REQUIREMENTS // 2}")
    return {
        f"table of {REQUIREMENTS:,} requirements": (listed, TABLE),
        "… filtered, searched, sorted": (f"{listed}?q=quai&lack=untested&lot=Lot+1&sort=priority", TABLE),
        "… one of them": (one.get_absolute_url(), REQUIREMENT),
        "… its form": (reverse("amoa:requirements:requirement_edit", args=[one.pk]), REQUIREMENT),
        "… traceability": (reverse("amoa:traceability:traceability", args=[place.queue.code]), TABLE),
    }


def timed(name: str, path: str, limit: Limit | None, reader: User, person: Person, times: int = READINGS // 2) -> Line:
    """Measure a page without a floor."""
    client = browser(reader)
    client.get(path)
    with statements() as sent:
        client.get(path)
    taken, idle = in_turn(times, lambda: person.get(path)[0], lambda: person.get(IDLE)[0])
    return Line(name, *_counts(sent), taken, limit=limit, idle=idle, weight=weights(person.get(path)[1]))


def decision(place: Place, person: Person) -> Line:
    """Measure the owner's POST that seals an approval, on one pending file after the other, against the floor's."""
    before = Decision.objects.count()
    waiting, client = iter(place.waiting), browser(place.owner)
    with statements() as sent:
        client.post(*sealing(next(waiting)))
    with statements() as least:
        client.post(*sealing(next(waiting), "/floor"))
    times, floor, idle = in_turn(
        DECISIONS,
        lambda: person.post(*sealing(next(waiting))),
        lambda: person.post(*sealing(next(waiting), "/floor")),
        lambda: person.get(IDLE)[0],
    )
    if Decision.objects.count() - before != QUEUE:
        raise Failure("not every decision that was sent is recorded")
    return Line("decide, sealed over HTTP", *_counts(sent), times, floor, least.total(), DECIDE, idle=idle)


def sealing(proposal: Proposal, under: str = "") -> tuple[str, dict[str, str]]:
    """Return address and fields of the last step, as the review page sends them."""
    assert proposal.current is not None
    fields = {
        "fingerprint": proposal.current.hash,
        "option": "A",
        "outcome": "approved",
        "return_on": "",
        "step": "seal",
        "reasons": "Both advices say so, and the crews move in the autumn.",
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "conditions-0-text": "",
        "conditions-0-role": "",
        "conditions-0-due_on": "",
    }
    return under + reverse("governance:dossier:proposal_decide", args=[proposal.pk]), fields


def browser(reader: User) -> Client:
    """Sign in a client in this process to count its statements; it gets one page first to fill the caches."""
    client = Client(headers={"host": "localhost", "accept-language": "fr"})
    client.force_login(reader)
    client.get("/")
    return client


def session(reader: User) -> dict[str, str]:
    """Return the cookies of a signed-in person, without the sign-in page."""
    client = Client(headers={"host": "localhost"})
    client.force_login(reader)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def _counts(sent: Counter[str]) -> tuple[int, int]:
    """Count all statements, and the repeats of the most frequent one."""
    return sent.total(), max(sent.values(), default=0)
