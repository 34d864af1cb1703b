"""Test how an act begins: permission, lock, fresh row, permission again, time of the database."""

from typing import Any

import pytest
from django.utils import timezone

from core.access import Refused, can
from core.acts import Kept, act, act_time, acting_as, cached, cached_reads, current_actor, open_act, set_act_time
from pmo.models import Issue
from projects.models import Mandate, Project
from roles.models import User

pytestmark = pytest.mark.django_db

APPOINT = "projects.appoint"


@act(APPOINT, on="project")
def rename(*, actor: User, project: Project, title: str) -> Project:
    project.title_en = title
    return project


@act(APPOINT, on="mandate.project")
def look_at(*, actor: User, mandate: Mandate) -> Mandate:
    return mandate


@act(APPOINT, on=lambda given: given.get("row") or given["project"], lock="project")
def look_at_one(*, actor: User, project: Project, row: Issue | None = None) -> Project:
    return project


@act(APPOINT, on="project", lock=None)
def look_without_a_lock(*, actor: User, project: Project) -> Project:
    return project


@act("roles.configure")
def configure(*, actor: User) -> User | None:
    return current_actor()


@open_act
def greet(*, actor: User) -> User | None:
    return current_actor()


def test_the_service_begins_with_the_row_as_it_is_now(project_one: Project, owner: User) -> None:
    read = Project.objects.get(pk=project_one.pk)
    read.title_en = "What somebody typed meanwhile"
    fresh = rename(actor=owner, project=read, title="New")
    assert fresh is not read
    assert (fresh.title_en, read.title_en) == ("New", "What somebody typed meanwhile")


def test_a_field_and_a_question_of_the_arguments_are_asked_about(project_one: Project, owner: User, pmo: User) -> None:
    mandate = Mandate.objects.get(holder=pmo)
    assert look_at(actor=owner, mandate=mandate) == mandate
    assert look_at_one(actor=owner, project=project_one) == project_one
    with pytest.raises(Refused) as error:
        look_at(actor=pmo, mandate=mandate)
    assert error.value.on == project_one
    with pytest.raises(Refused) as error:
        look_at_one(actor=pmo, project=project_one, row=project_one.issues.first())
    assert error.value.on == (project_one.issues.first() or project_one)


def test_the_permission_is_asked_again_under_the_lock(project_one: Project, owner: User, monkeypatch: Any) -> None:
    """Another person becomes the owner between the two checks."""
    locked = Project.locked

    def too_late(self: Project) -> Project:
        monkeypatch.setattr("core.access.can", lambda user, name, on=None: False)
        return locked(self)

    monkeypatch.setattr(Project, "locked", too_late)
    with pytest.raises(Refused):
        rename(actor=owner, project=project_one, title="New")
    monkeypatch.undo()
    assert can(owner, APPOINT, project_one)


def test_without_a_lock_the_row_is_that_of_the_caller(project_one: Project, owner: User, pmo: User) -> None:
    assert look_without_a_lock(actor=owner, project=project_one) is project_one
    with pytest.raises(Refused):
        look_without_a_lock(actor=pmo, project=project_one)


def test_some_acts_concern_no_row_and_some_ask_nobody(staff_admin: User, pmo: User) -> None:
    assert configure(actor=staff_admin) == staff_admin
    with pytest.raises(Refused):
        configure(actor=pmo)
    assert greet(actor=pmo) == pmo
    assert current_actor() is None


def test_an_act_reads_again_under_its_locks_what_is_not_kept(project_one: Project, owner: User) -> None:
    with cached_reads():
        for key in ("seats", Kept("settings")):
            assert cached(key, lambda: "before") == "before"
        rename(actor=owner, project=project_one, title="New")
        assert cached("seats", lambda: "after") == "after"
        assert cached(Kept("settings"), lambda: "after") == "before"


def test_the_act_context_ends_with_its_block(project_one: Project, owner: User) -> None:
    """One context carries the actor, the instant and the cache; each ends with its block."""
    with cached_reads():
        cached("answer", lambda: 42)
        with acting_as(owner):
            set_act_time(long_ago := timezone.now())
            assert cached("answer", lambda: 43) == 43
        assert current_actor() is None
        assert act_time() == long_ago
        rename(actor=owner, project=project_one, title="New")
        assert act_time() == long_ago
    set_act_time(None)  # type: ignore[arg-type]
