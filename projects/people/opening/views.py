"""Pages that open a project, and that show administrators who owns each one and which roles are vacant."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_GET

from core.access import can, ensure
from core.pages.form_views import Facts, ReviewedFormView, Text
from core.templatetags.ui import day, euros
from projects.enums import PARENTS, Level
from projects.organisation_settings.queries import organisation
from projects.people.accounts.invitations import try_to_send
from projects.people.accounts.services import invite
from projects.people.opening.forms import InvitingForm, OpenForm
from projects.people.opening.queries import list_parents, list_project_seats
from projects.project.models import Project
from projects.project.words import count_levels, say_of
from projects.seats.mandates.fields import Newcomer
from projects.seats.mandates.services import found_project
from projects.workspaces import installed
from roles.models import User
from roles.role_templates.levels import method_of

INVITES = _("This person has no account yet, and receives an invitation to choose a password.")


class InvitingView(ReviewedFormView):
    """Name a person, and invite them in the same step when they have no account."""

    form_class: type[InvitingForm]

    #: Whether the invitation left; empty for a person who has an account.
    sent: Text = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        """Take a newcomer from who may invite."""
        return super().get_form_kwargs() | {"may_invite": can(self.actor, "projects.invite")}

    def get_consequences(self, data: dict[str, Any]) -> Sequence[Text]:
        newcomer = isinstance(data[self.form_class.person_field], Newcomer)
        return [*super().get_consequences(data), *([INVITES] if newcomer else [])]

    def act(self, data: dict[str, Any]) -> Any:
        """Invite a newcomer and name the person, both or neither; the link leaves once both are recorded."""
        named = data.pop(self.form_class.person_field)
        with transaction.atomic():
            person = self.invite(named) if isinstance(named, Newcomer) else named
            result = self.name(person, data)
        if isinstance(named, Newcomer):
            self.sent = try_to_send(person)
        return result

    def invite(self, newcomer: Newcomer) -> User:
        """Open the account, in the language of the organisation."""
        return invite(
            actor=self.actor,
            email=newcomer.email,
            name=newcomer.name,
            title="",
            organisation="",
            language=organisation().language,
            is_another=newcomer.is_another,
        )

    def name(self, person: User, data: dict[str, Any]) -> Any:
        """Name the person. Raises ValidationError."""
        raise NotImplementedError

    def get_done(self, result: Any) -> Text:
        """Return what was recorded, and whether the invitation left."""
        return f"{self.done} {self.sent}".strip()


class ProjectOpenView(InvitingView):
    """Open a project, programme or portfolio, and name its first owner."""

    template_name = "projects/people/opening/open_form.html"
    review_template_name = "projects/people/opening/open_review.html"
    permission = "projects.found"
    form_class = OpenForm
    title = _("Open a project")
    lede = _("You name its owner, who appoints the other roles. You do not see its contents.")
    button = _("Open the project")
    done = _("The project is open. Its owner is notified.")
    consequences = (
        _("The owner receives an email with the address of the project."),
        _("You cannot delete a project. Its code stays in its addresses and records."),
    )
    error_field = "owner"

    @property
    def project(self) -> None:
        """Return None: there is no project yet."""
        return

    @cached_property
    def parents(self) -> list[Project]:
        """The programmes and portfolios below which the reader may open a project."""
        return list_parents(self.actor)

    @cached_property
    def models(self) -> list[Project]:
        """The projects that the reader may read, which the new one may be like."""
        rows = Project.objects.visible_to(self.actor).exclude(level=Level.ORGANISATION)
        return list(rows.select_related("parent", "matrix").order_by("code"))

    def get_lede(self) -> Text:
        """Say to an administrator that the contents stay hidden; the owner of a portfolio reads them."""
        return (
            self.lede
            if can(self.request.user, "projects.found")
            else _("You name its owner, who appoints the other roles.")
        )

    @property
    def opened(self) -> Project:
        """A project of the level that is typed, or suggested by the address."""
        typed = self.request.POST or self.request.GET
        return Project(level=typed.get("level", Level.PROJECT))

    def get_title(self) -> Text:
        return say_of(self.title, self.opened)

    def get_button(self) -> Text:
        return say_of(self.button, self.opened)

    def get_consequences(self, data: dict[str, Any]) -> Sequence[Text]:
        return [say_of(words, self.opened) for words in super().get_consequences(data)]

    def get_done(self, result: Project) -> Text:
        return f"{say_of(self.done, result)} {self.sent}".strip()

    def get_object(self) -> Project | None:
        """Return a project above the new one on which the reader has the permission, if any."""
        return next(iter(self.parents), None)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the projects above; only an administrator opens one that stands alone."""
        wanted = {"parent": self.request.GET.get("parent", ""), "language": self.request.LANGUAGE_CODE}
        if self.opened.level in PARENTS:
            wanted["level"] = self.opened.level
        if like := next((row for row in self.models if row.code == self.request.GET.get("like")), None):
            names = ("level", "language", "workspaces")
            wanted |= {name: getattr(like, name) for name in names}
            wanted |= {
                "pack": method_of(str(like.pack_id)),
                "like": like.code,
                "parent": like.parent.code if like.parent else wanted["parent"],
            }
        alone = can(self.request.user, "projects.found")
        return super().get_form_kwargs() | {
            "initial": wanted,
            "parents": self.parents,
            "models": self.models,
            "may_stand_alone": alone,
        }

    def get_facts(self, data: dict[str, Any]) -> Facts:
        form: Any = self.get_form()
        fields = form.fields
        facts = [
            (pgettext_lazy("project", "Level"), capfirst(Level(data["level"]).label)),
            *([(_("Like the project"), _describe_copy(data["like"]))] if data["like"] else []),
            (_("Part of"), str(data["parent"] or _("None: on its own"))),
            (_("Title in French"), data["title_fr"]),
            (_("Title in English"), data["title_en"]),
            (_("Code"), data["code"]),
            (_("Prefix of references"), data["prefix"]),
            (_("Language of the texts"), dict(fields["language"].choices)[data["language"]]),
            (_("Method"), form.packs[data["pack"]]),
            (_("Period"), f"{day(data['starts_on'])} – {day(data['ends_on'])}"),
            (_("Workspaces"), capfirst(_list_names(data["workspaces"]))),
            *([(_("Required by a standard above"), form.describe_required())] if form.required else []),
            (_("Budget"), capfirst(_("not stated")) if data["budget"] is None else euros(data["budget"])),
        ]
        return [*facts, (_("Project owner"), str(data["owner"]))]

    def name(self, person: User, data: dict[str, Any]) -> Project:
        like = data.pop("like")
        return found_project(actor=self.actor, owner=person, fields=data, like=like)

    def get_back_url(self) -> str:
        """Return the address of the projects of the reader."""
        return reverse("governance:project_tree:project_list")

    def get_success_url(self, result: Project) -> str:
        """Return the project itself for who may read it, else the list of administrators."""
        if Project.objects.visible_to(self.request.user).filter(pk=result.pk).exists():
            return result.get_absolute_url()
        return reverse("projects:opening:project_seats")


def _describe_copy(like: Project) -> str:
    """Return the project that the new one is like, and what comes along."""
    count = like.recipient_groups.count()
    words = ngettext(
        "%(project)s: its roles and %(count)d recipient group",
        "%(project)s: its roles and %(count)d recipient groups",
        count,
    )
    return words % {"project": like, "count": count}


def _list_names(codes: list[str]) -> str:
    """Return the names of these workspaces that are installed, or that there is none."""
    return ", ".join(str(workspace.label) for workspace in installed() if workspace in codes) or pgettext(
        "workspaces", "none"
    )


@require_GET
def project_seats(request: HttpRequest) -> HttpResponse:
    """List all projects with their owner and vacant mandatory roles, for administrators."""
    ensure(request.user, "projects.found")
    rows = list_project_seats(timezone.now())
    vacant = Counter(row.project.level for row in rows if row.owner is None or row.vacant)
    context = {"rows": rows, "vacant": count_levels(vacant)}
    return render(request, "projects/people/opening/project_seats.html", context)
