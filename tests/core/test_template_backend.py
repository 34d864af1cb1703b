"""A form that was not sent has no errors on its page."""

import pytest
from django import forms
from django.template import TemplateDoesNotExist, engines
from django.test import RequestFactory

from core.acts import showing_only


def test_a_template_that_does_not_exist_is_named() -> None:
    with pytest.raises(TemplateDoesNotExist, match=r"no\.html"):
        engines["django"].get_template("no.html")
    with pytest.raises(TemplateDoesNotExist, match=r"no\.html"):
        engines["django"].from_string('{% include "no.html" %}').render({}, RequestFactory().get("/"))


class Named(forms.Form):
    """A form with a required field."""

    name = forms.CharField()


def test_a_form_that_was_not_sent_shows_no_error() -> None:
    page = engines["django"].from_string(
        "{{ form.name.errors }}{% for row in rows %}{{ row.name.errors }}{% endfor %}"
        "{% for row in many %}{{ row.name.errors }}{% endfor %}"
    )

    def show() -> str:
        many = forms.formset_factory(Named)({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-name": ""})
        shown = {"form": Named({}), "rows": [Named({}), Named({})], "many": many}
        assert not many.is_valid()
        return str(page.render(shown, RequestFactory().get("/")))

    assert show().count("errorlist") == 4
    with showing_only():
        assert "errorlist" not in show()
