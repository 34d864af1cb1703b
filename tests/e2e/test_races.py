"""Race people over HTTP against real processes: in any order, one decision, on the text that was read."""

import re
import time
from collections import Counter
from functools import partial
from itertools import pairwise
from typing import Any

from tests.e2e.visitor import Visitor, at_once, fields, known, ready
from tests.effort import EFFORT

ROUNDS, MOST, HEAD_START = 3 * EFFORT, 60, 0.05


def decisions(query: Any, proposal: int) -> list[Any]:
    """List the decisions on a proposal, each with the hash of its revision and its own copy."""
    found: list[Any] = query(
        "SELECT d.revision_hash, r.hash, d.decided_by_id FROM governance_decision d"
        " JOIN governance_proposalrevision r ON r.id = d.revision_id WHERE d.proposal_id = %s",
        proposal,
    )
    return found


def reasons(number: int) -> dict[str, str]:
    """Return reasons of their own: the same seal twice would be answered as recorded twice."""
    return {"reasons": f"The quay cannot wait, said in words number {number}."}


def test_one_seal_sent_ten_times_at_once_is_one_decision(visitor: Any, query: Any) -> None:
    owner = visitor("owner")
    values = ready(visitor("amoa"), visitor("pmo"), "The same seal, ten times")
    statuses = {answer.status for answer in at_once(*[partial(owner.act, "decide", **values)] * 10)}
    assert 302 in statuses
    assert statuses <= {302, 503}
    assert len(decisions(query, values["proposal"])) == 1


def test_twenty_seals_at_once_record_one_decision(instance: Any, visitor: Any, query: Any) -> None:
    values = known(instance, "ready_by_pmo")
    answers = at_once(*(partial(visitor("owner").act, "decide", changes=reasons(n), **values) for n in range(20)))
    statuses = Counter(answer.status for answer in answers)
    assert statuses[302] == 1, statuses
    assert statuses.keys() <= {302, 409, 503}, statuses
    assert [row[:2] for row in decisions(query, values["proposal"])] == [(values["fingerprint"],) * 2]
    assert query(
        "SELECT count(*) FROM projects_ledgerevent WHERE proposal_id = %s AND act = 'decide'", values["proposal"]
    ) == [(1,)]


def test_the_owner_and_the_delegate_at_once_record_one_decision(instance: Any, visitor: Any, query: Any) -> None:
    values = known(instance, "ready_minor")
    people = ("owner", "delegate") * 3
    seals = [partial(visitor(member).act, "decide", changes=reasons(n), **values) for n, member in enumerate(people)]
    answers = at_once(*seals)
    statuses = [answer.status for answer in answers]
    assert statuses.count(302) == 1, statuses
    [(_, _, decided_by)] = decisions(query, values["proposal"])
    assert decided_by == instance["users"][people[statuses.index(302)]]["id"]


def test_a_new_revision_and_a_decision_at_once_never_mix(visitor: Any, query: Any) -> None:
    amoa, pmo, owner, seen = visitor("amoa"), visitor("pmo"), visitor("owner"), Counter[tuple[int, int]]()
    each_came_first, number = {(409, 302), (302, 409)}, 0
    while number < ROUNDS or (number < MOST and not each_came_first <= seen.keys()):
        values = ready(amoa, pmo, f"Round {number}")
        assert amoa.act("edit", **values, changes={"context": "Something else altogether."}).status == 302
        newer = {"proposal": values["proposal"], "version": int(values["version"]) + 1}
        ahead = (0, HEAD_START, -HEAD_START)[number % 3]  # both at once, then one or the other a little earlier
        submitted, decided = at_once(
            partial(late, -ahead, amoa, "submit", newer), partial(late, ahead, owner, "decide", values)
        )
        seen[submitted, decided] += 1
        rows = decisions(query, values["proposal"])
        assert len(rows) == (decided == 302)
        assert all(copy == hash_ == values["fingerprint"] for copy, hash_, _ in rows)
        number += 1
    # The file was decided, or it had moved on: never both.
    assert seen.keys() <= {(409, 302), (302, 409), (503, 302), (302, 503)}, seen
    assert each_came_first <= seen.keys(), seen


def late(seconds: float, person: Visitor, name: str, values: dict[str, Any]) -> int:
    """Act after this many seconds; return the status."""
    time.sleep(max(0, seconds))
    return person.act(name, **values).status


def test_the_chain_of_the_project_is_whole_after_all_this(query: Any) -> None:
    events = query("SELECT seq, prev, hash FROM projects_ledgerevent WHERE project_id = 1 ORDER BY seq")
    assert [seq for seq, _, _ in events] == list(range(1, len(events) + 1))
    assert all(bytes(after[1]) == bytes(before[2]) for before, after in pairwise(events))


def test_a_list_that_two_paste_at_once_is_written_once_and_refused_in_words(visitor: Any, query: Any) -> None:
    pmo, amoa = visitor("pmo"), visitor("amoa")
    rated = {"cause": "High tides.", "event": "A berth floods.", "effect": "Works stop.", "category": "external"}
    risk = rated | {"likelihood": "2", "impact": "2"}
    lists = (
        ("risks", "pmo_risk", risk, (pmo, amoa), "This title is already used. Enter another title."),
        (
            "requirements",
            "amoa_requirement",
            {"kind": "need", "priority": "must"},
            (amoa, amoa.again()),
            "This title is already used. Enter another title.",
        ),
    )
    for name, table, cells, people, words in lists:
        titles = [f"Pasted at once, {name} {number}" for number in range(3)]
        rows = {f"n{number}-title": title for number, title in enumerate(titles)}
        rows |= {f"n{number}-{field}": cell for number in range(3) for field, cell in cells.items()}
        answers = at_once(*(partial(person.post, f"/projects/ONE/{name}/paste/", rows) for person in people))
        assert sorted(answer.status for answer in answers) in ([302, 422], [302, 503]), name
        assert all(answer.text.count(words) >= 3 for answer in answers if answer.status == 422), name
        found = query(f"SELECT title, count(*) FROM {table} WHERE title LIKE 'Pasted at once%%' GROUP BY 1")
        assert sorted(found) == [(title, 1) for title in titles], name


def test_two_who_change_the_same_cell_at_once_lose_neither_value(visitor: Any, query: Any) -> None:
    people, titles = (visitor("pmo"), visitor("amoa")), [f"The same cell, {number}" for number in range(3)]
    rated = {"cause": "High tides.", "event": "A berth floods.", "effect": "Works stop.", "category": "external"}
    rows = {f"n{number}-title": title for number, title in enumerate(titles)}
    rows |= {
        f"n{n}-{name}": cell for n in range(3) for name, cell in (rated | {"likelihood": "2", "impact": "2"}).items()
    }
    assert people[0].post("/projects/ONE/risks/paste/", rows).status == 302
    both, *alone = (pk for (pk,) in query("SELECT id FROM pmo_risk WHERE title LIKE 'The same cell%%' ORDER BY title"))
    grid = "/projects/ONE/risks/grid/?q=The+same+cell"
    posts = []
    for person, mine, word in zip(people, alone, ("office", "adviser"), strict=True):
        changed = {f"r{both}-cause": f"Tides, says the {word}.", f"r{mine}-effect": f"A delay, says the {word}."}
        posts.append(fields(person.get(grid), "r") | changed)
    answers = at_once(*(partial(person.post, grid, posted) for person, posted in zip(people, posts, strict=True)))
    statuses = [answer.status for answer in answers]
    while 503 in statuses:  # a lock that was not free in time: nothing was written, the person sends it again
        place = statuses.index(503)
        answers[place] = people[place].post(grid, posts[place])
        statuses[place] = answers[place].status
    assert sorted(statuses) == [302, 409]
    lost = statuses.index(409)
    won, refused = posts[1 - lost][f"r{both}-cause"], posts[lost][f"r{both}-cause"]
    assert query("SELECT cause FROM pmo_risk WHERE id = %s", both) == [(won,)]
    assert fields(answers[lost], f"r{both}-cause") == {f"r{both}-cause": refused}
    assert re.search(rf"Saved meanwhile:\s*<q>{won}</q>", answers[lost].text)
    effects = query("SELECT effect FROM pmo_risk WHERE id IN (%s, %s) ORDER BY title", *alone)
    assert effects == [("A delay, says the office.",), ("A delay, says the adviser.",)], "other cells are written"
    again = people[lost].post(grid, fields(answers[lost], "r"))
    assert again.status == 302
    assert query("SELECT cause FROM pmo_risk WHERE id = %s", both) == [(refused,)]
