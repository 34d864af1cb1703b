"""Test that each floor of the bench does what its page does, on a small population: a bench takes long to say so."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core.acts import back_entry
from governance.desk.home import feed
from governance.desk.inbox import views as inbox
from governance.life.actions.services import write_action
from governance.models import Decision
from projects.models import Project
from tests import acts
from tests.bench import floor, measures, scaled
from tests.bench.place import Place
from tests.database import owning

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(cast: dict[str, Any], settings: Any, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Build the projects of the bench with a few files; pages of fewer rows show where they end."""
    settings.ROOT_URLCONF = "tests.bench.urls"
    for module, name, most in ((inbox, "SIZE", 9), (inbox, "MOST", 3), (feed, "LINES", 4), (feed, "EVENTS", 12)):
        monkeypatch.setattr(module, name, most)
    with owning(), back_entry(timezone.now() - timedelta(days=1)):  # a decision depends on seats given before it
        place = Place({key: user.email for key, user in cast.items() if key != "anonymous"})
    place.fill(3, range, listed=2)
    return place


def test_each_floor_does_the_job_it_stands_for(place: Place, client_of: Any) -> None:
    client, one = client_of(place.owner), Project.objects.get(code="ONE")
    pages = {name: path for name, (path, _limit) in measures.pages(place).items()}
    lists = ("governance:proposals:proposal_list", "governance:home:project_home", "governance:register:register")
    others = {f"{name} of the cast": reverse(name, args=[one.code]) for name in (*lists, "pmo:dashboards:dashboard")}
    for name, path in (pages | others).items():
        shown, least = client.get(path), client.get(f"/floor{path}")
        assert (shown.status_code, least.status_code) == (200, 200), name
        measures.compare(name, shown.content.decode(), least.content.decode(), exact=name in pages)
    scaled.compare_counts("dashboard", one, place.owner)
    decided = Decision.objects.count()
    for proposal, under in zip(place.waiting, ("", "/floor", ""), strict=True):
        client.post(*measures.sealing(proposal, under))
    assert Decision.objects.count() == decided + len(place.waiting)


def test_the_floor_of_a_dashboard_counts_the_actions_of_a_role(amoa: Any, moe: Any, project_one: Project) -> None:
    def count() -> int:
        return sum(total for role, _late, total in floor.read(floor.DUE_SQL, project_one) if role == "MOE")

    before = count()
    fields = {"text": "Count the lamps.", "seat": f"MOE-{moe.pk}", "due_on": acts.FUTURE}
    write_action(actor=amoa, project=project_one, fields=fields)
    assert count() == before + 1
