"""Test filters by a preloaded array of keys: the same rows as with `__in`, also for an anonymous user."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from core.sql.array_lookup import in_array
from governance.models import Decision
from projects.models import Project
from roles.models import User

pytestmark = pytest.mark.django_db


def test_an_array_lookup_finds_the_same_rows_as_in(project_one: Project, project_two: Project) -> None:
    keys = Project.objects.filter(code__in=["ONE", "TWO"]).values("pk")
    found = Decision.objects.filter(in_array("project", keys))
    assert set(found) == set(Decision.objects.filter(project__in=keys)) != set()
    assert found.exclude(project=project_one).filter(project__in=[project_one.pk]).count() == 0


def test_the_keys_may_come_from_two_questions(project_one: Project, project_two: Project) -> None:
    one, two = (Project.objects.filter(code=code).values("pk") for code in ("ONE", "TWO"))
    assert set(Project.objects.filter(in_array("pk", one.union(two)))) == {project_one, project_two}


def test_no_key_finds_nothing(project_one: Project) -> None:
    assert not Decision.objects.filter(in_array("project", Project.objects.none().values("pk"))).exists()
    assert not Decision.objects.filter(in_array("project", Project.objects.filter(code="NONE").values("pk"))).exists()


def test_cached_keys_of_a_person_do_not_leak_to_the_next(owner: Any, outsider: Any, project_one: Project) -> None:
    """The SQL is compiled once; the person and the instant are parameters."""
    assert project_one in Project.objects.visible_to(owner)
    assert project_one not in Project.objects.visible_to(outsider)
    assert project_one in Project.objects.visible_to(owner)
    for nobody in (AnonymousUser(), User(is_active=False, pk=owner.pk)):
        assert not Project.objects.visible_to(nobody).exists()
        assert not Decision.objects.visible_to(nobody).exists()
