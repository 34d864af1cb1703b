"""A page that is one form and one act: shown, filled, sent to its service, or back with what is to be put right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from governance.refusals.views import Conflict, conflict
from roles.erasure import written
from roles.forms import add_errors
from roles.history import Outdated

UNPROCESSABLE = 422


@dataclass(frozen=True)
class Words:
    """What the page says: title, lede, button, what is said once it is done; the `place` it leads back to, by name.

    With `shows_it` it goes on to the page of what was made.
    """

    title: str
    lede: str
    button: str
    done: str
    place: str
    back: str
    quote: str = ""
    shows_it: bool = False


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, or None when the page is only read."""
    return request.POST if request.method == "POST" else None


def one_form(
    request: HttpRequest, project: Any, form: forms.Form, words: Words, run: Callable[[dict[str, Any]], Any]
) -> HttpResponse:
    """The form; once it is valid `run` acts with its values. A refusal comes back beside the field its code names.

    Somebody else's change meanwhile is a conflict, which keeps what was typed.
    """
    if not form.is_valid():
        return _page(request, project, form, words)
    try:
        made = run(dict(form.cleaned_data))
    except Outdated:
        title, text = _("Somebody changed this while you were writing"), _("Nothing was recorded. Yours is below.")
        return conflict(request, Conflict(title, text, words.back, _("Read it as it is now"), _typed(form)))
    except ValidationError as error:
        add_errors(form, error)
        return _page(request, project, form, words)
    messages.success(request, words.done)
    return redirect(made if words.shows_it else words.back)


def _page(request: HttpRequest, project: Any, form: forms.Form, words: Words) -> HttpResponse:
    context = {"project": project, "form": form, "words": words}
    return render(request, "governance/one_form.html", context, status=UNPROCESSABLE if form.errors else 200)


def _typed(form: forms.Form) -> list[tuple[str, str]]:
    """The texts that were typed, with their labels."""
    fields = [bound for bound in form.visible_fields() if isinstance(bound.field, forms.CharField)]
    return [(str(bound.label), written(str(bound.value()))) for bound in fields if bound.value()]
