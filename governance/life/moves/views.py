"""Pages of moves under another parent: ask, read, accept, refuse, take back."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can
from core.pages.form_views import Text
from core.pages.refusals.exceptions import MovedOn
from governance.life.moves import services
from governance.life.moves.forms import AskMoveForm, RefuseMoveForm
from governance.life.moves.models import Move
from governance.life.moves.queries import list_required
from projects.form_views import ProjectFormView, RowActView, get_row_or_404
from projects.models import Project
from projects.seats.mandates.holders import owners
from projects.seats.mandates.predicates import is_owner


@require_GET
def move(request: HttpRequest, move_id: int) -> HttpResponse:
    """Show a move to those who see the project and to the owners who are asked, without the contents of the project."""
    row = get_row_or_404(request, Move, move_id, "parent", "target", "asked_by", "left_by", "joined_by", "ended_by")
    mine = row.is_open and any(is_owner(request.user, node) for _name, node in row.open_sides())
    context = {
        "move": row,
        "owner": next((seat.holder for seat in owners(row.project)), None),
        "sides": [(node, getattr(row, name)) for name, node in row.sides()],
        "reads_project": Project.objects.visible_to(request.user).filter(pk=row.project_id).exists(),
        "required": list_required(row) if row.is_open else [],
        "may_answer": mine and can(request.user, "governance.accept_move", row),
        "may_take_back": row.is_open and can(request.user, "governance.take_back_move", row),
    }
    return render(request, "governance/life/moves/move.html", context)


class AskMoveView(ProjectFormView):
    """Ask to move the project under another parent."""

    permission = "governance.ask_move"
    form_class = AskMoveForm
    title = button = _("Ask to move the project")
    lede = _(
        "The owners of the current and of the new parent must accept. The standards and the readers of the new "
        "parent then apply."
    )
    done = _("The owners concerned are notified.")
    shows_result = True
    back_label = _("Facts of the project")
    back_url_name = "governance:facts:facts"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the nodes of a higher level."""
        return super().get_form_kwargs() | {"project": self.project}

    def act(self, data: dict[str, Any]) -> Move:
        return services.ask_move(actor=self.actor, project=self.project, **data)


class MoveActView(RowActView):
    """An act on a move that waits for an owner."""

    model = Move
    select_related = ("parent", "target")
    pk_url_kwarg = "move_id"
    form_class: type[forms.Form] = forms.Form
    back_label = _("Move under another parent")

    @property
    def project(self) -> Project:
        """Return the node that the reader owns: they may not read the project that moves."""
        move: Move = self.row
        return next((node for _name, node in move.sides() if is_owner(self.actor, node)), move.project)

    def check(self) -> None:
        """Raise MovedOn when the move has ended."""
        if not self.row.is_open:
            raise MovedOn(self.row)

    def get_lede(self) -> Text:
        words = _("%(project)s comes under %(target)s.")
        return str(words) % {"project": self.row.project, "target": self.row.target}


class AcceptMoveView(MoveActView):
    """Accept the move as the owner of a node above."""

    permission = "governance.accept_move"
    title = button = _("Accept the move")
    done = _("You have accepted the move.")

    def check(self) -> None:
        """Raise MovedOn also when the reader has accepted it already."""
        super().check()
        if not any(is_owner(self.actor, node) for _name, node in self.row.open_sides()):
            raise MovedOn(self.row)

    def act(self, data: dict[str, Any]) -> Move:
        return services.accept_move(actor=self.actor, move=self.row)


class RefuseMoveView(MoveActView):
    """Refuse the move as the owner of a node above."""

    permission = "governance.refuse_move"
    form_class = RefuseMoveForm
    title = button = _("Refuse the move")
    done = _("The move is refused.")

    def act(self, data: dict[str, Any]) -> Move:
        return services.refuse_move(actor=self.actor, move=self.row, **data)


class TakeBackMoveView(MoveActView):
    """Take the move back as the owner of the project."""

    permission = "governance.take_back_move"
    title = button = _("Take the move back")
    done = _("The move is taken back.")

    def act(self, data: dict[str, Any]) -> Move:
        return services.take_back_move(actor=self.actor, move=self.row)
