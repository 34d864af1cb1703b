"""Random histories of employers, links, ties, bidders and seats, and the slow and simple judge of them."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

START = date(2026, 1, 1)
DAY = timedelta(days=1)
#: Roles by code: authority, and the roles they are incompatible with, in either direction.
AUTHORITY = {"PMO": "advises", "AMOA": "advises", "MOE": "delivers", "DEST": "receives"}
INCOMPATIBLE = {frozenset({"PMO", "MOE"}), frozenset({"AMOA", "MOE"})}
FIRST = date.min


def day(number: int) -> date:
    """Return a day of the histories."""
    return START + number * DAY


def instant(number: int) -> datetime:
    """Return the noon of a day."""
    return datetime(2026, 1, 1, 12, tzinfo=UTC) + number * DAY


@dataclass(frozen=True)
class Link:
    """A link of an organisation from a day to another one, both included."""

    organisation: int
    kind: str
    other: int
    first: date
    last: date | None


@dataclass(frozen=True)
class Seat:
    """A seat of a person from an instant to another one."""

    person: int
    role: str
    first: datetime
    last: datetime | None
    waived: bool


@dataclass
class History:
    """One project: people and organisations are numbered from 0."""

    account: dict[int, int | None] = field(default_factory=dict)
    employments: list[tuple[int, int | None, date]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    ties: list[tuple[int, int, date, datetime | None]] = field(default_factory=list)
    bidders: list[tuple[int, datetime]] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    #: Instants at which seats are judged, as those of opinions: (seat, instant).
    asked: list[tuple[int, datetime]] = field(default_factory=list)


def build_history(rng: random.Random) -> History:
    """Build a history of four people, five organisations and forty days."""
    history = History({person: rng.choice((None, *range(5))) for person in range(4)})
    for _ in range(rng.randrange(4)):
        history.employments.append((rng.randrange(4), rng.choice((None, *range(5))), day(rng.randrange(40))))
    for _ in range(rng.randrange(5)):
        one, other = rng.sample(range(5), 2)
        first = rng.randrange(40)
        last = None if rng.random() < 0.5 else day(first + rng.randrange(15))
        history.links.append(Link(one, rng.choice(("member", "subcontractor")), other, day(first), last))
    for _ in range(rng.randrange(2)):
        first = rng.randrange(40)
        ruled = None if rng.random() < 0.5 else instant(first + rng.randrange(15))
        history.ties.append((rng.randrange(4), rng.randrange(5), day(first), ruled))
    for organisation in rng.sample(range(5), rng.randrange(2)):
        history.bidders.append((organisation, instant(rng.randrange(40))))
    for person, role in enumerate(rng.sample(sorted(AUTHORITY), 3)):
        first = rng.randrange(20)
        last = None if rng.random() < 0.6 else instant(first + 1 + rng.randrange(25))
        history.seats.append(Seat(person, role, instant(first), last, rng.random() < 0.1))
    for place, seat in enumerate(history.seats):
        for number in rng.sample(range(45), 3):
            if is_held(seat, instant(number)):
                history.asked.append((place, instant(number)))
    return history


def is_held(seat: Seat, at: datetime) -> bool:
    """Return whether the seat is held at that instant."""
    return seat.first <= at and (seat.last is None or at < seat.last)


def find_employer(history: History, person: int, on: date) -> tuple[int | None, date]:
    """Return the organisation of a person on a day, and since when, day by day from the facts."""
    rows = [(first, place, home) for place, (who, home, first) in enumerate(history.employments) if who == person]
    if not rows:
        return history.account[person], FIRST
    oldest = min(first for first, _place, _home in rows)
    first = max((first for first, _place, _home in rows if first <= on), default=oldest)
    home = max((place, home) for begun, place, home in rows if begun == first)[1]
    return home, FIRST if first == oldest else first


def reach(links: list[Link], root: int) -> set[int]:
    """Return the organisations on the side of `root`: groups at any depth, and one step of subcontracting."""
    found = {(root, False)}
    while True:
        more = set(found)
        for organisation, hopped in found:
            for link in links:
                if organisation in (link.organisation, link.other) and (link.kind == "member" or not hopped):
                    other = link.other if organisation == link.organisation else link.organisation
                    more.add((other, hopped or link.kind == "subcontractor"))
        if more == found:
            return {organisation for organisation, _hopped in found}
        found = more


type Found = tuple[int, datetime, str, int, int | None, date]


def judge(history: History, place: int, at: datetime) -> set[Found]:
    """Return why a seat was not independent at an instant: seat, instant, kind, number of the other, since.

    `since` is the first day such that the facts that had begun by then, and still stand, say so.
    """
    seat, on = history.seats[place], at.date()
    found: set[Found] = set()
    if seat.waived:
        return found
    home, begun = find_employer(history, seat.person, on)
    own = [(home, begun)] if home is not None else []
    own += [
        (organisation, first)
        for person, organisation, first, ruled in history.ties
        if person == seat.person and first <= on and (ruled is None or at < ruled)
    ]
    standing = [link for link in history.links if link.first <= on and (link.last is None or on <= link.last)]
    days = sorted({FIRST, *(begun for _root, begun in own), *(link.first for link in standing)})

    def since(target: int) -> date | None:
        for first in days:
            known = [link for link in standing if link.first <= first]
            if any(begun <= first and target in reach(known, root) for root, begun in own):
                return first
        return None

    for other, opposed in enumerate(history.seats):
        if other == place or opposed.waived or not is_held(opposed, at):
            continue
        theirs, joined = find_employer(history, opposed.person, on)
        if frozenset({seat.role, opposed.role}) in INCOMPATIBLE and theirs is not None and (day_ := since(theirs)):
            last = max(day_, joined, seat.first.date(), opposed.first.date())
            found.add((place, at, "seat", other, theirs, last))
    for number, (organisation, bid) in enumerate(history.bidders):
        if AUTHORITY[seat.role] == "advises" and bid <= at and (day_ := since(organisation)):
            found.add((place, at, "bidder", number, organisation, max(day_, seat.first.date(), bid.date())))
    if home is None and AUTHORITY[seat.role] in {"advises", "delivers"}:
        found.add((place, at, "unknown", 0, None, max(begun, seat.first.date())))
    return found


def is_opposed_in_period(history: History, place: int) -> bool:
    """Return whether the seat could not be given beside the others, as the facts of its whole period say."""
    seat = history.seats[place]
    first, last = seat.first.date(), seat.last.date() if seat.last else date.max
    links = [link for link in history.links if link.first <= last and (link.last is None or link.last >= first)]
    mine = _employers(history, seat.person, first, last)
    return any(
        _employers(history, other.person, first, last) & set().union(*(reach(links, root) for root in mine))
        for number, other in enumerate(history.seats)
        if number != place
        and frozenset({seat.role, other.role}) in INCOMPATIBLE
        and (other.last is None or seat.first < other.last)
        and (seat.last is None or other.first < seat.last)
    )


def _employers(history: History, person: int, first: date, last: date) -> set[int]:
    """Return the organisations of a person over a period: at its first day, and at each employment within it."""
    days = {first, *(begun for who, _home, begun in history.employments if who == person and first <= begun <= last)}
    homes = {find_employer(history, person, on)[0] for on in days}
    return {home for home in homes if home is not None}
