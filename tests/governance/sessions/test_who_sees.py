"""Every member of the cast and every project with a session: no surface tells of one that is hidden from them."""

from typing import Any

import pytest
from django.urls import reverse

from core.acts import cached_reads
from core.files import prepared
from governance.desk.calendar.queries import list_entries, list_projects
from governance.desk.packet.jobs import PacketFile
from governance.models import Session
from governance.sessions.sittings.queries import list_members
from projects.models import Notification, Project
from projects.organisation_settings.queries import today
from roles.models import User
from tests.governance.sessions.factories import FREE, found_body, hold

pytestmark = pytest.mark.django_db

PAGES = ("sittings:session", "lists:decision_list", "room:room", "packet:packet")


@pytest.fixture
def sessions(pmo: Any, project_one: Project, project_two: Project, cast: dict[str, Any]) -> list[Session]:
    """Return an open session of each of two projects."""
    found = []
    for project in (project_one, project_two):
        secretary = project.mandates.active().get(role__code="PMO").holder
        body = found_body(secretary, project, name=f"Watch of {project.code}")
        found.append(hold(secretary, body, FREE))
    return found


def test_no_surface_tells_of_a_session_to_whom_it_is_hidden(
    sessions: list[Session], cast: dict[str, Any], client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "BEAT", 3600)
    pairs = {True: 0, False: 0}
    people = {person.pk: person for person in cast.values() if isinstance(person, User) and person.is_active}
    for person in people.values():
        client, shown = client_of(person), set(Project.objects.visible_to(person).values_list("pk", flat=True))
        for session in sessions:
            is_shown = session.project_id in shown
            pairs[is_shown] += 1
            for page in PAGES:
                status = client.get(reverse(f"governance:{page}", args=[session.pk])).status_code
                assert (page, status) == (page, 200 if is_shown else 404), person
            listed = client.get(reverse("governance:sittings:session_list", args=[session.project.code]))
            assert listed.status_code == (200 if is_shown else 404), person
            found = client.get(reverse("governance:search:search"), {"q": session.body.name}).text
            assert (session.get_absolute_url() in found) == is_shown, person
            wanted = PacketFile(person=person.pk, kind="zip", language="en", session=session.pk)
            assert (prepared.write_file(wanted) == "ready") == is_shown, person
            is_convened = person.pk in {seat.holder_id for seat in list_members(session)}
            notices = Notification.objects.filter(recipient=person, event__act="convene_session")
            assert notices.filter(event__subject_id=session.pk).exists() <= is_convened, person
            with cached_reads():
                entries = list_entries(person, (today(), session.day), list_projects(person))
            in_calendar = f"session-{session.pk}" in {entry.key for entry in entries}
            assert is_convened <= in_calendar <= is_shown, person
    assert min(pairs.values()) > 5, "both sides were tried"
