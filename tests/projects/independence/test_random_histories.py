"""Test the SQL and the service that judge independence on 1,000 random histories, against a slow and simple judge."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from core.history import bypassing_history
from projects.independence.queries import read_dependences
from projects.models import Bidder, Employment, Interest, Mandate, OrganisationLink, Project
from projects.seats.mandates.services import find_dependence
from roles.models import Organisation, RoleTemplate, User
from tests.database import fire_deferred_triggers, owning, run, undone
from tests.projects.independence.histories import (
    AUTHORITY,
    FIRST,
    History,
    Seat,
    build_history,
    is_opposed_in_period,
    judge,
)

pytestmark = pytest.mark.django_db
HISTORIES, SEED = 1000, 20261201
PAST = datetime(2026, 1, 1, tzinfo=UTC)
REFUSED = "Incompatible roles are held by independent organisations, unless the owner waives it (R8)"
#: Rows asked for as they stand in the table of the test.
ASKED = """SELECT a.place, a.mandate, a.moment
           FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS a(place, mandate, moment)"""


class Written:
    """Histories written as rows, each on a project of its own, with the keys of their rows."""

    def __init__(self, histories: list[History], cast: dict[str, Any]) -> None:
        self.histories = histories
        self.roles = {code: RoleTemplate.objects.published().get(pack="fr", code=code) for code in AUTHORITY}
        admin, owner = cast["staff_admin"], cast["owner"]
        act: dict[str, Any] = {"acted_at": PAST}
        numbers = range(len(histories))
        self.projects = Project.objects.bulk_create(
            [
                Project(
                    code=f"H{n}",
                    prefix=f"H{n}",
                    title_fr="H",
                    title_en="H",
                    pack_id="fr",
                    starts_on=PAST.date(),
                    ends_on=PAST.date() + timedelta(days=99),
                )
                for n in numbers
            ]
        )
        self.homes = Organisation.objects.bulk_create(
            [Organisation(name=f"H{n}-{k}") for n in numbers for k in range(5)]
        )
        self.people = User.objects.bulk_create(
            [
                User(
                    email=f"h{n}-{k}@example.org",
                    name=f"H{n} {k}",
                    organisation=None if home is None else self.home(n, home),
                )
                for n, history in enumerate(histories)
                for k, home in history.account.items()
            ]
        )
        each = [(n, history) for n, history in enumerate(histories)]
        Employment.objects.bulk_create(
            Employment(
                person=self.person(n, who),
                organisation=None if home is None else self.home(n, home),
                starts_on=first,
                recorded_by=admin,
                **act,
            )
            for n, history in each
            for who, home, first in history.employments
        )
        OrganisationLink.objects.bulk_create(
            OrganisationLink(
                organisation=self.home(n, link.organisation),
                kind=link.kind,
                other=self.home(n, link.other),
                starts_on=link.first,
                ends_on=link.last,
                source="Register",
                recorded_by=admin,
                **act,
            )
            for n, history in each
            for link in history.links
        )
        Interest.objects.bulk_create(
            Interest(
                project=self.projects[n],
                person=self.person(n, who),
                organisation=self.home(n, home),
                tie="Shares",
                starts_on=first,
                ruling="stays" if ruled else "",
                ruled_at=ruled,
                **act,
            )
            for n, history in each
            for who, home, first, ruled in history.ties
        )
        self.bidders = Bidder.objects.bulk_create(
            Bidder(project=self.projects[n], organisation=self.home(n, home), noted_by=owner, acted_at=at)
            for n, history in each
            for home, at in history.bidders
        )
        self.mandates = Mandate.objects.bulk_create(
            self.build(n, seat, owner) for n, history in each for seat in history.seats
        )

    def home(self, number: int, organisation: int) -> Organisation:
        """Return an organisation of a history."""
        return self.homes[number * 5 + organisation]

    def person(self, number: int, person: int) -> User:
        """Return a person of a history."""
        return self.people[number * 4 + person]

    def build(self, number: int, seat: Seat, owner: User) -> Mandate:
        """Build the mandate of a seat."""
        return Mandate(
            project=self.projects[number],
            role=self.roles[seat.role],
            authority=AUTHORITY[seat.role],
            holder=self.person(number, seat.person),
            period=DateTimeTZRange(seat.first, seat.last),
            appointed_by=owner,
            independence_waived=seat.waived,
            acted_at=PAST,
        )


@pytest.fixture
def written(cast: dict[str, Any]) -> Any:
    """Write the histories with every trigger off; all is rolled back."""
    rng = random.Random(SEED)  # noqa: S311 — the same histories every time
    histories = [build_history(rng) for _ in range(HISTORIES)]
    with undone(), owning(), bypassing_history():
        tables = (Project, Organisation, User, Employment, OrganisationLink, Interest, Bidder, Mandate)
        for model in tables:
            run(f'ALTER TABLE "{model._meta.db_table}" DISABLE TRIGGER USER')
        for name in ("one_open_link_of_a_kind_between_two", "one_open_tie_per_person_and_organisation"):
            run(f"DROP INDEX IF EXISTS {name}")
        yield Written(histories, cast)


def test_the_sql_says_of_1000_histories_what_the_simple_judge_says(written: Written) -> None:
    expected, asked = set(), []
    for number, history in enumerate(written.histories):
        for place, at in history.asked:
            asked.append((number, place, at))
            expected |= {(number, *found) for found in judge(history, place, at)}
    keys = [written.mandates[number * 3 + place].pk for number, place, _at in asked]
    rows = read_dependences(ASKED, [list(range(len(asked))), keys, [at for _number, _place, at in asked]])
    seats = {mandate.pk: place % 3 for place, mandate in enumerate(written.mandates)}
    homes = {home.pk: place % 5 for place, home in enumerate(written.homes)}
    bids = {
        bidder.pk: [organisation for organisation, _at in written.histories[n].bidders].index(
            homes[bidder.organisation_id]
        )
        for bidder in written.bidders
        for n in [int(bidder.project.code[1:])]
    }
    found = set()
    for row in rows:
        number, place, at = asked[row.subject]
        kind, other = "unknown", 0
        if row.other_id:
            kind, other = "seat", seats[row.other_id]
        elif row.bidder_id:
            kind, other = "bidder", bids[row.bidder_id]
        home = None if row.organisation_id is None else homes[row.organisation_id]
        found.add((number, place, at, kind, other, home, row.since))
    assert found == expected
    kinds = [kind for _number, _place, _at, kind, *_rest in expected]
    assert min(kinds.count(kind) for kind in ("seat", "bidder", "unknown")) > 30
    assert FIRST not in {since for *_rest, since in expected}


def test_the_service_finds_dependent_the_seats_that_the_simple_judge_finds(written: Written) -> None:
    """Take each seat out of its history, and ask the service whether it could be given."""
    refused = 0
    for number in range(0, HISTORIES, 5):
        history = written.histories[number]
        place = number // 5 % 3
        seat, given = history.seats[place], written.mandates[number * 3 + place]
        if seat.waived:
            continue
        expected = is_opposed_in_period(history, place)
        run("DELETE FROM projects_mandate WHERE id = %s", [given.pk])
        dependence = find_dependence(given.project, given.role, given.holder, given.period)
        assert (dependence is not None) is expected, (number, place)
        refused += expected
    assert refused > 20


def test_a_raw_seat_passes_as_independent_only_where_the_simple_judge_says_so(written: Written) -> None:
    chosen = [(number, number // 5 % 3) for number in range(0, HISTORIES, 5)]
    chosen = [(number, place) for number, place in chosen if not written.histories[number].seats[place].waived]
    seats = [written.mandates[number * 3 + place] for number, place in chosen]
    run("DELETE FROM projects_mandate WHERE id = ANY (%s)", [[seat.pk for seat in seats]])
    fire_deferred_triggers()
    of_the_table = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'projects_mandate'::regclass AND tgname LIKE %s"
    ((guard,),) = run(of_the_table, ["%is_given_within_its_role%"])
    run(f'ALTER TABLE projects_mandate ENABLE TRIGGER "{guard}"')
    answers = [_insert(seat) for seat in seats]
    expected = [is_opposed_in_period(written.histories[number], place) for number, place in chosen]
    assert answers == [REFUSED if is_opposed else "" for is_opposed in expected]
    assert sum(expected) > 20


def _insert(given: Mandate) -> str:
    """Insert the row; return the message of its refusal, or an empty string."""
    given.pk = None
    try:
        with transaction.atomic():
            Mandate.objects.bulk_create([given])
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""
