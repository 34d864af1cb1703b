"""Define a kind of decision in another app, as one class and one template in one folder: it renames the project."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError

from governance.decide.kinds.base import Change, Fact, Kind, Panel, Part, Place
from governance.decide.kinds.fields import Terms, TermsForm, TextTerm
from governance.decide.kinds.registry import register
from governance.decide.kinds.snapshots import Figure, Item, Snapshot
from projects.models import Project
from roles.models import User


class NameForm(TermsForm):
    """The new name of the project."""

    name = TextTerm(label="New name of the project", required=False)


class NamePart(Part):
    """The name of the project."""

    field = "title_fr"
    named = "name"
    done = undone = "The project is called %(after)s."

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Restore the former name."""
        yield rename(decision.proposal.project, effect.before)


class RenameKind(Kind):
    """Rename the project by decision."""

    evidence = "The minutes in which the name was chosen."
    form = NameForm
    parts: ClassVar[tuple[Part, ...]] = (NamePart(),)
    needed_terms: ClassVar = {"name": "Give the new name."}

    def changes(self, terms: Terms) -> frozenset[str]:
        """Add the name."""
        return super().changes(terms) | {"title_fr"}

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Refuse the current name."""
        same = content.terms["name"] == project.title_fr
        return [*super().obstacles(content, project), *(["The project is called so already."] if same else [])]

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Rename the project."""
        if obstacles := self.obstacles(content, project):
            raise ValidationError(obstacles)
        yield rename(project, content.terms["name"])
        yield from super().apply(project, content, actor)

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Show both names."""
        if place == Place.AFTER:
            yield Panel("toy_kind/panel.html", {"project": proposal.project, "name": content.terms.get("name")})
        yield from super().panels(place, proposal, content)

    def snapshots(self, content: Any, project: Project) -> Iterator[Snapshot]:
        """Freeze the present name, which links to the project."""
        names = (Item(project.code, project.title_fr),)
        figure = Figure("name", "Present name", project.title_fr, None, names, project.get_absolute_url())
        yield Snapshot("names", "Names of the project", (figure,))
        yield from super().snapshots(content, project)

    def facts(self, decision: Any) -> Iterator[Fact]:
        """Name the former name in the record."""
        yield Fact("Name before", decision.project.title_fr)
        yield from super().facts(decision)


def rename(project: Project, name: str) -> Change:
    """Rename the project, and return the change."""
    before, project.title_fr = project.title_fr, name
    project.save()
    return Change(project, "title_fr", before, name)


register(RenameKind("rename", "renaming"))
