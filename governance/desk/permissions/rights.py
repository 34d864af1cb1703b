"""Rights of one person on a project, reasons for refusals, and who could act instead, checked with real seats."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.access import Permission, all_permissions, can
from governance.decide.kinds.registry import kind_of
from governance.decide.proposals.models import Proposal
from governance.desk.permissions.simulation import (
    ABOUT,
    Column,
    Subject,
    build_condition,
    build_object,
    build_proposal,
    list_advising_roles,
    list_proposing_roles,
)
from projects.models import Project
from projects.seats.mandates.seats import Seat, suppose
from roles.enums import decision_kinds
from roles.models import User

#: (kind of decision or "", object to check the permission on).
About = tuple[str, Any]


class Standing(models.TextChoices):
    """Answer of the server to one person about one act, on at least one object."""

    YES = "yes", _("Yes")
    FROZEN = "frozen", _("Frozen")
    NO = "no", _("No")


@dataclass(frozen=True)
class Right:
    """One act: whether the person may do it, and for which kinds.

    `kinds` holds labels; it is empty for all kinds, or when the act has no kind. `who` are the people who may do it
    now, whoever wrote the proposal.
    """

    permission: Permission
    standing: Standing
    kinds: tuple[str, ...]
    who: tuple[User, ...]


class RightsReader:
    """The acts of a project with their possible objects, to check for any of the `people` with a seat there."""

    def __init__(self, project: Project, roles: list[Column], people: list[User], seats: dict[int, list[Seat]]) -> None:
        self.project, self.roles, self.people, self.seats = project, roles, people, seats
        of_the_level = [code for code, _label in decision_kinds() if project.level in kind_of(code).levels]
        authors = {code: list_proposing_roles(project, roles, code) for code in of_the_level}
        self._intended: list[About] = [(kind, Proposal(project=project, kind=kind)) for kind in authors]
        self._proposals: list[About] = [
            (kind, build_proposal(project, kind, author, list_advising_roles(roles, kind, author)))
            for kind, written_by in authors.items()
            for author in written_by
        ]
        self._conditions: list[About] = [("", build_condition(project, role.code)) for role in roles if role.is_role]

    def rights(self, person: User) -> dict[Subject, list[Right]]:
        """Return the rights of `person` by subject."""
        by_subject: dict[Subject, list[Right]] = {subject: [] for subject in Subject}
        permissions = all_permissions()
        for name, (subject, _act) in ABOUT.items():
            by_subject[subject].append(self._right(name, permissions[name], person))
        return {subject: rights for subject, rights in by_subject.items() if rights}

    def _right(self, name: str, permission: Permission, person: User) -> Right:
        about, held = self._about(name, person), self.seats.get(person.pk, [])
        granted, standing = self._granted(name, about, person, held), Standing.YES
        if not granted:
            untied = [replace(seat, is_tied=False) for seat in held]
            granted = self._granted(name, about, person, untied)
            standing = Standing.FROZEN if granted else Standing.NO
        concerned = {kind for kind, _on in about}
        some = granted if granted != concerned else set()
        kinds = tuple(str(capfirst(label)) for code, label in decision_kinds() if code in some)
        return Right(permission, standing, kinds, tuple(self._who(name, about)))

    def _about(self, name: str, person: User) -> list[About]:
        subject, act = ABOUT[name]
        if name == "governance.propose":
            return self._intended
        if act is None:
            return [("", build_object(name, self.project, person))]
        return self._conditions if subject == Subject.CONDITION else self._proposals

    def _granted(self, name: str, about: list[About], person: User, held: list[Seat]) -> set[str]:
        """Return the kinds for which `person` has permission `name` with these seats; "" for no kind."""
        supposed_person = suppose(person, held)
        return {kind for kind, on in about if can(supposed_person, name, on)}

    def _who(self, name: str, about: list[About]) -> Iterator[User]:
        for person in self.people:
            supposed_person = suppose(person, self.seats[person.pk])
            if any(can(supposed_person, name, on) for _kind, on in about):
                yield person
