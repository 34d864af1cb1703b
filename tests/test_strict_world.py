"""Test `conftest.py` itself: it catches the errors that it promises to catch."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Origin, Template, engines
from django.template.context import Context
from django.urls import path
from django.utils import timezone

from core.acts import acting_as
from roles.models import User
from tests.conftest import CAST
from tests.database import refusal, run


@login_not_required
def writes(request: HttpRequest) -> HttpResponse:
    """Render a page that changes an account on GET."""
    with acting_as(User.objects.installation()):
        person = User.objects.get(email="outsider@example.org")
        person.title = "Changed"
        person.save()
    return HttpResponse()


@login_not_required
def visits(request: HttpRequest) -> HttpResponse:
    """Render a page that stores a value in the session."""
    request.session["seen"] = timezone.now().isoformat()
    return HttpResponse(str(request.user))


urlpatterns = [path("writes/", writes), path("visits/", visits)]


def rendered(source: str, origin: str) -> str:
    """Build a template that claims to come from the file `origin`."""
    template = Template(source, Origin(origin), engine=engines["django"].engine)
    return template.render(Context({"known": {"name": "Ada"}}))


@pytest.mark.parametrize("source", ["{{ unknown }}", "{{ known.age }}", "{{ unknown|upper }}"])
def test_a_variable_that_does_not_exist_fails_in_our_templates(source: str) -> None:
    with pytest.raises(AssertionError, match="does not exist"):
        rendered(source, f"{settings.ROOT}/templates/page.html")
    assert rendered(source, "/elsewhere/package/page.html") == ""


@pytest.mark.parametrize(
    ("source", "text"), [("{{ known.name }}", "Ada"), ("{% if unknown %}yes{% else %}no{% endif %}", "no")]
)
def test_an_existing_or_tested_variable_does_not_fail(source: str, text: str) -> None:
    assert rendered(source, f"{settings.ROOT}/templates/page.html") == text


@pytest.mark.django_db
@pytest.mark.urls("tests.test_strict_world")
def test_a_page_that_writes_while_it_is_read_fails(client: Any) -> None:
    with pytest.raises(AssertionError, match="A reading request writes"), transaction.atomic():
        client.get("/writes/")
    assert client.post("/writes/").status_code == 200
    assert client.get("/visits/").status_code == 200


@pytest.mark.django_db
@pytest.mark.urls("tests.test_strict_world")
def test_a_browser_is_signed_in_as_the_person_asked_for(
    client_of: Callable[[Any], Any], pmo: Any, anonymous: Any
) -> None:
    assert client_of(pmo).get("/visits/").content.decode() == str(pmo)
    assert client_of(anonymous).get("/visits/").content.decode() == "AnonymousUser"


@pytest.mark.django_db
def test_tests_run_as_the_runtime_role_and_borrow_the_owners(as_owner: Any) -> None:
    ((owner,),) = run("SELECT session_user")
    assert run("SELECT current_user") == [(settings.RUNTIME_ROLE,)]
    with as_owner():
        assert run("SELECT current_user") == [(owner,)]
    assert run("SELECT current_user") == [(settings.RUNTIME_ROLE,)]
    assert owner != settings.RUNTIME_ROLE


@pytest.mark.django_db
def test_an_attack_leaves_nothing_behind(outsider: Any) -> None:
    def attack() -> None:
        run("UPDATE roles_user SET title = 'Changed'")

    assert refusal(attack) == ""
    outsider.refresh_from_db()
    assert outsider.title == ""
    assert connection.in_atomic_block


def test_everybody_of_the_cast_is_there(cast: dict[str, Any], request: pytest.FixtureRequest) -> None:
    for member in CAST:
        assert request.getfixturevalue(member) is cast[member]
    active = {member for member in CAST if cast[member].is_active}
    assert active == set(CAST) - {"inactive_owner", "anonymous"}
