"""Forms of sessions."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import version_of
from core.pages.form_views import Text
from core.pages.refusals.exceptions import MovedOn
from governance.sessions.sittings import services
from governance.sessions.sittings.enums import FOLLOWING, LATER, SessionState
from governance.sessions.sittings.forms import AgendaForm, ItemForm, LateItemForm, SessionForm
from governance.sessions.sittings.models import Session, SessionItem
from governance.sessions.sittings.queries import list_members, read_draft
from projects.form_views import RowActView, RowFormView


class SessionFormView(RowFormView):
    """Prepare a session of a body, like the one before, or change one before it opens."""

    model = Session
    select_related = ("body",)
    pk_url_kwarg = "session_id"
    permission = "governance.write_session"
    form_class = SessionForm
    service = services.write_session
    new_title = _("Prepare a session")
    title = _("Change the session")
    lede = _("The people already convened are notified of the change.")
    button = _("Save date and place")
    done = _("The date and place of the session are saved.")
    shows_result = True
    back_label = _("Sessions")
    back_url_name = "governance:sittings:session_list"

    def check(self) -> None:
        if self.row and self.row.state not in {SessionState.PREPARED, SessionState.CONVENED}:
            raise MovedOn(self.row)

    def get_lede(self) -> Text:
        """Return a sentence for before the notice, or the one for after it."""
        if self.row and self.row.state == SessionState.CONVENED:
            return self.lede
        return _("The agenda comes from the project. Members and guests are notified once you convene the session.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill in the body and the day of the address, and the hour and place of the session before."""
        given = super().get_form_kwargs()
        if self.row:
            return given
        body = self.request.GET.get("body", "")
        last = self.project.sessions.filter(body=int(body) if body.isdecimal() else 0).order_by("pk").last()
        copied = {name: getattr(last, name) for name in ("body", "begins", "minutes", "place")} if last else {}
        asked = {"body": body, "day": self.request.GET.get("day", "")}
        return given | {name: value for name, value in asked.items() if value} | copied


class SessionActView(RowActView):
    """An act on a session that leads to the state `leads_to`."""

    model = Session
    select_related = ("body",)
    pk_url_kwarg = "session_id"
    back_label = _("The session")
    leads_to: SessionState

    def check(self) -> None:
        if self.leads_to not in FOLLOWING[SessionState(self.row.state)]:
            raise MovedOn(self.row)

    def get_quote(self) -> Text:
        return f"{self.row.reference} · {self.row.title}"


class ConveneView(SessionActView):
    """Freeze the agenda and send the notice."""

    leads_to = SessionState.CONVENED
    permission = "governance.convene_session"
    title = button = _("Convene the session")
    lede = _("The agenda is frozen with its fingerprint. Members and guests are notified once.")
    done = _("The session is convened.")

    def act(self, data: dict[str, Any]) -> Session:
        return services.convene_session(actor=self.actor, session=self.row)


class OpenView(SessionActView):
    """Open the session."""

    leads_to = SessionState.OPEN
    permission = "governance.open_session"
    title = button = _("Open the session")
    lede = _("Its items can be noted. Its day and place can no longer be changed.")
    done = _("The session is open.")

    def act(self, data: dict[str, Any]) -> Session:
        return services.open_session(actor=self.actor, session=self.row)


class CloseView(SessionActView):
    """Close the session."""

    leads_to = SessionState.CLOSED
    permission = "governance.close_session"
    title = button = _("Close the session")
    lede = _("Each item must be decided by the owner, deferred to a day, withdrawn or noted. You cannot undo this.")
    done = _("The session is closed.")

    def act(self, data: dict[str, Any]) -> Session:
        return services.close_session(actor=self.actor, session=self.row)


class CancelView(SessionActView):
    """Cancel the session."""

    leads_to = SessionState.CANCELLED
    permission = "governance.cancel_session"
    title = button = _("Cancel the session")
    lede = _("The people convened are notified. The session stays in the list.")
    done = _("The session is cancelled.")

    def act(self, data: dict[str, Any]) -> Session:
        return services.cancel_session(actor=self.actor, session=self.row)


class AgendaView(RowActView):
    """Order the draft agenda and give its items their time."""

    model = Session
    select_related = ("body",)
    pk_url_kwarg = "session_id"
    permission = "governance.write_session"
    form_class: type[forms.Form] = AgendaForm
    template_name = "governance/sessions/sittings/agenda_form.html"
    title = _("Arrange the agenda")
    lede = _("The items come from the project. Enter an order and a time. Leave the order empty to omit an item.")
    button = _("Save the agenda")
    done = _("The agenda is saved.")
    back_label = _("The session")

    def check(self) -> None:
        if self.row.state != SessionState.PREPARED:
            raise MovedOn(self.row)

    def get_form_kwargs(self) -> dict[str, Any]:
        entries = read_draft(self.row, self.actor, keeps_hidden=True)
        return super().get_form_kwargs() | {"entries": entries, "seen": version_of(self.row)}

    def get_versioned_row(self) -> Any:
        """Return nothing: the list of items is no copy of one row."""
        return None

    def act(self, data: dict[str, Any]) -> Session:
        return services.arrange_agenda(actor=self.actor, session=self.row, **data)


class LateItemView(RowActView):
    """Add an item after the notice."""

    model = Session
    select_related = ("body",)
    pk_url_kwarg = "session_id"
    permission = "governance.add_session_item"
    form_class: type[forms.Form] = LateItemForm
    title = _("Add an item after the notice")
    lede = _("The item comes last, with your name and your reason.")
    button = _("Add the item")
    done = _("The item is added.")
    back_label = _("The session")

    def check(self) -> None:
        if self.row.state not in {SessionState.CONVENED, SessionState.OPEN}:
            raise MovedOn(self.row)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"entries": services.list_to_add(self.row, self.actor)}

    def act(self, data: dict[str, Any]) -> SessionItem:
        return services.add_item(actor=self.actor, session=self.row, **data)


class ItemView(RowActView):
    """Note an item: information, attendance, and what becomes of it."""

    model = SessionItem
    select_related = ("session__body",)
    pk_url_kwarg = "item_id"
    permission = "governance.note_session_item"
    form_class: type[forms.Form] = ItemForm
    title = _("Note an item")
    lede = _("Decisions come from the ledger. Nothing that is noted here decides.")
    button = _("Save the note")
    done = _("The note is saved.")
    back_label = _("The session")

    def check(self) -> None:
        if self.row.session.state != SessionState.OPEN:
            raise MovedOn(self.row)

    def get_back_url(self) -> str:
        """Return the page of the session, or its room for whoever came from there."""
        if self.request.GET.get("from") == "room":
            return reverse("governance:room:room", args=[self.row.session_id])
        return str(self.row.session.get_absolute_url())

    def get_form_kwargs(self) -> dict[str, Any]:
        earlier = self.row.session.items.filter(place__lt=self.row.place).order_by("-place").first()
        before = {number: LATER.get(was, was) for number, was in (earlier.presence if earlier else {}).items()}
        seats = list_members(self.row.session)
        given = {"project": self.project, "row": self.row, "seats": seats, "before": before}
        return super().get_form_kwargs() | given

    def act(self, data: dict[str, Any]) -> SessionItem:
        return services.note_item(actor=self.actor, item=self.row, **data)
