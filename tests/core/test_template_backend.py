"""What a page shows is freed as soon as the page is written."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from django.template import TemplateDoesNotExist, engines
from django.test import RequestFactory


class Shown:
    """A value of a page."""


@pytest.fixture
def _no_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collection")
def test_what_a_page_shows_is_freed_without_a_garbage_collection() -> None:
    shown = Shown()
    known = weakref.ref(shown)
    page = engines["django"].from_string("{{ shown }}").render({"shown": shown}, RequestFactory().get("/"))
    del shown
    assert "Shown object" in page
    assert known() is None


def test_a_template_that_does_not_exist_is_named() -> None:
    with pytest.raises(TemplateDoesNotExist, match=r"no\.html"):
        engines["django"].get_template("no.html")
    with pytest.raises(TemplateDoesNotExist, match=r"no\.html"):
        engines["django"].from_string('{% include "no.html" %}').render({}, RequestFactory().get("/"))
