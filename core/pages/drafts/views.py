"""Save what a person types into a form, offer it back on the page of the form, and erase it once it is sent."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import reader
from core.allauth_internals import ratelimit
from core.pages.drafts.models import write_fields
from core.pages.drafts.store import AnotherDraft, erase, find, keep

#: Fields of a form beside its own: what is asked about the draft (save, use or delete), and the token of the page.
ASKED, PAGE = "draft", "draft_page"
TOKEN = re.compile(r"[0-9a-f]{32}")
#: Hidden fields that say in which state the page has read the object of the form.
READ = ("version", "seen", "read", "base", "fingerprint")
RATES = {"save": "60/m/user"}

type Part = forms.BaseForm | forms.BaseFormSet[Any]
type View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class DraftState:
    """The draft of a form as its page shows it.

    `offered_at` or `used_at` is when the text was written that the page offers, or that fills the form. `has_changed`
    tells that the object of the form has changed since.
    """

    form: str
    page: str
    offered_at: datetime | None = None
    used_at: datetime | None = None
    has_changed: bool = False


def drafted(view: View) -> View:
    """Wrap a view whose form keeps drafts: put the draft in the place of the post, delete it, erase it once sent.

    The wrapped view answers `is_saving` by `save_draft`, and shows the form without acting when `is_about_draft`.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = request.POST.get(ASKED)
        if asked == "use":
            _use(request)
        elif asked == "delete":
            erase(reader(request), form=request.path)
        response = view(request, *args, **kwargs)
        if request.method == "POST" and not asked and isinstance(response, HttpResponseRedirect):
            _erase_sent(request)
        return response

    return answer


def is_about_draft(request: HttpRequest) -> bool:
    """Return whether the post is about the draft of the form: nothing is sent by it."""
    return ASKED in request.POST


def is_saving(request: HttpRequest) -> bool:
    """Return whether the page saves what is typed."""
    return request.POST.get(ASKED) == "save"


def save_draft(request: HttpRequest, *parts: Part, shown: Mapping[str, str] | None = None) -> HttpResponse:
    """Save the fields of the form that were posted, and answer the line that the page shows.

    `shown` maps the ids of other places of the page to what they show now, as HTML.
    """
    if not ratelimit.consume(request, app="core.drafts", action="save", config=RATES, user=reader(request)):
        return _refuse(429, _("Not saved: too many requests. Wait a minute."))
    page = request.POST.get(PAGE, "")
    if not (TOKEN.fullmatch(page) and has_prose(*parts)):
        return _refuse(400, _("Not saved"))
    names = {*_list_names(*parts), *READ}
    try:
        body = write_fields({name: values for name, values in request.POST.lists() if name in names})
        draft = keep(reader(request), request.path, page, body)
    except ValueError:
        return _refuse(413, _("Not saved: the text is too long."))
    except AnotherDraft:
        return _refuse(409, _("Not saved: this form already has another text of yours. Use it or delete it first."))
    time = f"{timezone.localtime(draft.saved_at):%H:%M}"
    return JsonResponse(
        {
            "line": _("Saved at %(time)s") % {"time": time},
            "lost": _("Not saved since %(time)s") % {"time": time},
            **({"shown": dict(shown)} if shown else {}),
        }
    )


def read_draft(request: HttpRequest, form: str, *parts: Part) -> DraftState | None:
    """Return the draft of the form that is sent to the path `form`; None when it has no text area.

    A form that shows what was posted goes on with the draft of the page that posted it.
    """
    if not has_prose(*parts):
        return None
    posted = request.POST if parts[0].is_bound else QueryDict()
    page = posted.get(PAGE, "")
    draft = find(reader(request), form)
    if draft and (posted.get(ASKED) == "use" or (posted and not page)):
        page = draft.page
    elif not TOKEN.fullmatch(page):
        page = secrets.token_hex(16)
    if draft is None:
        return DraftState(form, page)
    now = posted or _list_read(*parts)
    has_changed = any(name in now and draft.fields.get(name, now[name]) != now[name] for name in READ)
    if draft.page != page:
        return DraftState(form, page, offered_at=draft.saved_at, has_changed=has_changed)
    if posted.get(ASKED) == "use":
        return DraftState(form, page, used_at=draft.saved_at, has_changed=has_changed)
    return DraftState(form, page)


def has_prose(*parts: Part) -> bool:
    """Return whether the form has a text area: a text that takes time to write."""
    fields = (field for form in _list_forms(*parts) for field in form.fields.values())
    return any(isinstance(field.widget, forms.Textarea) for field in fields)


def _use(request: HttpRequest) -> None:
    """Put the draft in the place of what was posted, on the object as the page has read it now."""
    draft = find(reader(request), request.path)
    if draft is None:
        return
    fields = draft.fields.copy()
    for name in (ASKED, *READ):
        if name in request.POST:
            fields[name] = request.POST[name]
    request.POST = fields  # type: ignore[assignment]


def _erase_sent(request: HttpRequest) -> None:
    """Erase the draft of the form that was sent; another text that the page offered beside it stays."""
    page = request.POST.get(PAGE, "")
    erase(reader(request), form=request.path, **({"page": page} if TOKEN.fullmatch(page) else {}))


def _list_forms(*parts: Part) -> Iterator[forms.BaseForm]:
    for part in parts:
        if isinstance(part, forms.BaseFormSet):
            yield from (part.management_form, *part.forms)
        else:
            yield part


def _list_names(*parts: Part) -> Iterator[str]:
    """Yield the names of the fields that a draft keeps: no files, no secrets."""
    for form in _list_forms(*parts):
        for name, field in form.fields.items():
            if not isinstance(field, forms.FileField) and not isinstance(field.widget, forms.PasswordInput):
                yield form.add_prefix(name)


def _list_read(*parts: Part) -> dict[str, str]:
    """Return the hidden fields that say in which state the form has read its object."""
    read = {name: form[name].value() for form in _list_forms(*parts) for name in READ if name in form.fields}
    return {name: "" if value is None else str(value) for name, value in read.items()}


def _refuse(status: int, line: str) -> JsonResponse:
    return JsonResponse({"line": line}, status=status)
