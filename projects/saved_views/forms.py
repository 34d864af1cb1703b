"""Form of a saved view."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import TextField
from core.pages.lists.models import LONGEST_QUERY


class NameForm(forms.Form):
    """Name of a view."""

    name = TextField(
        label=gettext_lazy("Name of the view"),
        max_length=60,
        error_messages={"required": gettext_lazy("Enter a name for the view.")},
    )


class ListForm(forms.Form):
    """Address of a list."""

    path = forms.CharField(max_length=200)
    query = forms.CharField(max_length=LONGEST_QUERY, required=False, strip=False)

    def clean_path(self) -> str:
        """Return the path of a page of ours. Raises Http404 on any other address."""
        path: str = self.cleaned_data["path"]
        try:
            self.match: ResolverMatch = resolve(path)
        except Resolver404 as error:
            raise Http404 from error
        return path

    def clean_query(self) -> str:
        """Return the query string. Refuse characters that no address has."""
        query: Any = self.cleaned_data["query"]
        if not query.isascii() or not query.isprintable():
            raise ValidationError(_("This address cannot be saved."))
        return str(query)

    @property
    def project_code(self) -> str:
        """Return the code of the project that the list belongs to; empty when it belongs to none."""
        return self.match.kwargs.get("code", "") if "path" in self.cleaned_data else ""


class ViewForm(ListForm, NameForm):
    """Name of a view, the address that it opens, and whether others see it."""

    shared = forms.BooleanField(required=False)
