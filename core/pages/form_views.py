"""Class-based views for pages with one form and one act."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View

from core.access import Account, ensure, reader
from core.acts import NotSent, is_showing_only
from core.forms import add_errors, forget_errors
from core.history import Outdated, version_of
from core.pages.conflicts import merge_row
from core.pages.drafts.views import Part, drafted, is_about_draft, is_saving, read_draft, save_draft
from core.pages.refusals.views import Conflict, conflict
from core.record.erasure import display_text

CONFLICT, UNPROCESSABLE = 409, 422

type Text = str | Promise
type Facts = Sequence[tuple[Text, Text]]


def post_data(request: HttpRequest) -> QueryDict | None:
    """Return the posted data, or None for a GET."""
    return request.POST if request.method == "POST" else None


def render_form(request: HttpRequest, template: str, form: forms.Form | None, **context: Any) -> HttpResponse:
    """Render a page with a form of its own flow: 422 when the form has errors."""
    status = UNPROCESSABLE if form and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def typed_texts(form: forms.Form) -> list[tuple[str, str]]:
    """Return the label and the text of each filled text field; a field may say it by `typed_text`."""
    fields = [bound for bound in form.visible_fields() if isinstance(bound.field, forms.CharField)]
    filled = [(bound, str(value)) for bound in fields if (value := bound.value())]
    texts = [(bound, getattr(bound.field, "typed_text", str)(value)) for bound, value in filled]
    return [(str(bound.label), display_text(text)) for bound, text in texts]


class ActFormView(View):
    """Show a form, validate what is posted, call a service, redirect with a message.

    Answers 404 for an object the reader may not see, and 403 without the permission on it. Answers 409 when its state
    has changed, and 422 with the form when the form or the service refuses a value. Texts are attributes; each has a
    `get_` method where it depends on the object.
    """

    http_method_names = ["get", "post"]
    template_name = "core/act_form.html"
    #: Template of what the act would freeze or publish, above the form; it reads `preview`.
    preview_template = ""
    #: Whether what was typed is shown once more before the act.
    is_reviewed = False

    permission: str
    form_class: type[forms.Form] = forms.Form
    title: Text
    lede: Text
    button: Text
    done: Text
    quote: Text = ""
    back_label: Text
    #: Maps argument names of the service to fields of the form.
    renamed: ClassVar[Mapping[str, str]] = {}
    #: Field that shows the errors of no field of the form.
    error_field: str | None = None
    #: Whether to redirect to the page of the result, not back.
    shows_result = False
    #: Exceptions of `check` and the service that are answered with 409; see `get_conflict`.
    conflicts: tuple[type[Exception], ...] = ()

    object: Any

    @property
    def project(self) -> Any:
        """Return the project of the object."""
        return self.object.project

    @property
    def actor(self) -> Account:
        """Return the signed-in reader."""
        return reader(self.request)

    def get_object(self) -> Any:
        """Return the object of the URL. Raises Http404."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise one of `conflicts` when the state of the object excludes the act."""

    def act(self, data: dict[str, Any]) -> Any:
        """Call the service with the cleaned data. Raises ValidationError, Outdated, one of `conflicts`."""
        raise NotImplementedError

    def get_permission(self) -> str:
        """Return the permission to ask for."""
        return self.permission

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return the arguments of the form."""
        return {"data": post_data(self.request)}

    def get_title(self) -> Text:
        """Return the title of the page."""
        return self.title

    def get_lede(self) -> Text:
        """Return the sentence below the title."""
        return self.lede

    def get_button(self) -> Text:
        """Return the text of the button."""
        return self.button

    def get_preview(self) -> Any:
        """Return what `preview_template` shows."""
        raise NotImplementedError

    def get_quote(self) -> Text:
        """Return the quoted text of the object above the form, if any."""
        return self.quote

    def get_done(self, result: Any) -> Text:
        """Return the message after the act."""
        return self.done

    def get_back_label(self) -> Text:
        """Return the label of the link back."""
        return self.back_label

    def get_back_url(self) -> str:
        """Return the URL of the link back."""
        raise NotImplementedError

    def get_success_url(self, result: Any) -> str:
        """Return the URL to redirect to after the act."""
        url: str = result.get_absolute_url() if self.shows_result else self.get_back_url()
        return url

    def get_conflict(self, error: Exception) -> Conflict:
        """Return the content of the 409 page for one of `conflicts`."""
        raise NotImplementedError

    def get_context_data(self, form: forms.Form) -> dict[str, Any]:
        """Return the context of the template."""
        preview = self.get_preview() if self.preview_template else None
        return {"view": self, "project": self.project, "form": form, "preview": preview}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer 409 to one of `conflicts`. A form with a text area keeps a draft (core.pages.drafts)."""
        view = self.answer_draft if is_about_draft(request) else super().dispatch
        try:
            return drafted(view)(request, *args, **kwargs)
        except self.conflicts as error:
            return conflict(request, self.get_conflict(error))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        self.prepare()
        return self.show_form(self.get_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act, or show the form again with its errors."""
        self.prepare()
        form = self.get_form()
        return self.form_valid(form) if self.is_valid(form) else self.show_form(form)

    def answer_draft(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save the draft of the form, or show the form with it."""
        self.prepare()
        form = self.get_form()
        if is_saving(request):
            return save_draft(request, *self.get_parts(form))
        forget_errors(*self.get_parts(form))
        return self.show_form(form)

    def prepare(self) -> None:
        """Load the object, ensure the permission on it, then check its state."""
        self.object = self.get_object()
        ensure(self.request.user, self.get_permission(), self.object)
        self.check()

    def get_form(self) -> forms.Form:
        """Return the form, bound on POST."""
        return self.form_class(**self.get_form_kwargs())

    def get_parts(self, form: Any) -> Sequence[Part]:
        """Return the forms that `form` is made of."""
        return [form]

    def is_valid(self, form: Any) -> bool:
        """Return whether the posted form can be sent. Raises one of `conflicts`."""
        return bool(form.is_valid())

    def get_versioned_row(self) -> Any:
        """Return the row whose version the form carries as `seen`."""
        return self.object

    def show_form(self, form: forms.Form, status: int = 0) -> HttpResponse:
        """Render the form, with 422 when it has errors."""
        if is_showing_only():
            forget_errors(form)
        status = status or (UNPROCESSABLE if form.errors else 200)
        context = self.get_context_data(form) | {"form_draft": read_draft(self.request, self.request.path, form)}
        return render(self.request, self.template_name, context, status=status)

    def show_conflict(self, form: forms.Form) -> HttpResponse:
        """Answer 409 with the form, filled with what was typed and with what somebody else saved meanwhile."""
        seen = str(form.cleaned_data.get("seen", ""))
        self.object = self.get_object()
        row = self.get_versioned_row()
        if not (form.visible_fields() and hasattr(row, "history") and version_of(row) != seen):
            title, typed = _("This was changed while you were writing"), typed_texts(form)
            text = _("Nothing was recorded. Your text is below.") if typed else _("Nothing was recorded.")
            # What the act would freeze has changed: show the page of the act again.
            link = self.request.path if self.preview_template else self.get_back_url()
            return conflict(self.request, Conflict(title, text, link, _("Read it as it is now"), typed))
        given = self.get_form_kwargs()
        files = {"files": None} if "files" in given else {}

        def build(data: QueryDict | None, version: Any) -> forms.Form:
            of_version = {name: version if value is row else value for name, value in given.items()}
            return self.form_class(**of_version | {"data": data} | files)

        return self.show_form(merge_row(self.request.POST, row, seen, build), CONFLICT)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Act; show the errors of the service in the form, and keep what was typed in a conflict."""
        try:
            result = self.act(dict(form.cleaned_data))
        except NotSent:
            return self.show_form(form)
        except Outdated:
            return self.show_conflict(form)
        except ValidationError as error:
            if isinstance(error, self.conflicts):
                raise
            self.add_errors(form, error)
            return self.show_form(form)
        return self.show_done(result)

    def add_errors(self, form: Any, error: ValidationError) -> None:
        """Show the errors of the service in the form."""
        add_errors(form, error, renamed=self.renamed, elsewhere=self.error_field)

    def show_done(self, result: Any) -> HttpResponse:
        """Redirect with a message after the act."""
        messages.success(self.request, str(self.get_done(result)))
        return redirect(self.get_success_url(result))


class ReviewedFormView(ActFormView):
    """Show what was typed once more, with its consequences, before an irreversible act."""

    is_reviewed = True
    review_template_name: str
    #: Values of `step` that record; another one shows the review.
    recording: Sequence[str] = ("record",)
    consequences: Sequence[Text] = ()

    def get_facts(self, data: dict[str, Any]) -> Facts:
        """Return label and value of what is to be recorded."""
        raise NotImplementedError

    def get_consequences(self, data: dict[str, Any]) -> Sequence[Text]:
        """Return the consequences of the act, one sentence each."""
        return self.consequences

    def is_changing(self) -> bool:
        """Return whether the post goes back to the form."""
        return self.request.POST.get("step") == "change"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        form = self.get_form()
        if self.is_changing():
            forget_errors(*self.get_parts(form))
            return self.show_form(form)
        if not self.is_valid(form):
            return self.show_form(form)
        return self.form_valid(form) if request.POST.get("step") in self.recording else self.show_review(form)

    def show_review(self, form: forms.Form) -> HttpResponse:
        """Render the review of a valid form."""
        data = dict(form.cleaned_data)
        context = {"facts": self.get_facts(data), "consequences": self.get_consequences(data)}
        return render(self.request, self.review_template_name, self.get_context_data(form) | context)
