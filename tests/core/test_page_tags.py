"""The way to a page and its heading."""

import re

import pytest
from django.template import engines
from django.template.loader import render_to_string


def _rendered(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


class Row:
    title = "Budget <2027>"

    def get_absolute_url(self) -> str:
        return "/projects/B/"


def test_each_step_leads_to_its_page_and_the_last_one_is_here() -> None:
    page = _rendered('{% crumbs row "/risks/" "Risks" here="R-3" lang="fr" %}', row=Row())
    assert re.findall(r'href="([^"]*)">([^<]*)<', page) == [
        ("/projects/B/", "Budget &lt;2027&gt;"),
        ("/risks/", "Risks"),
    ]
    assert '<li aria-current="page" lang="fr">R-3</li>' in page
    assert "aria-current" not in _rendered("{% crumbs row %}", row=Row())


def test_a_step_without_an_address_is_no_page() -> None:
    with pytest.raises(ValueError, match="no address"):
        _rendered('{% url "nowhere" as above %}{% crumbs above "Above" %}')


@pytest.mark.django_db
def test_the_title_of_a_page_is_its_heading_without_its_markup() -> None:
    source = '{% extends "base.html" %}{% block h1 %}<span lang="fr">Devis &amp; prix</span>{% endblock %}'
    page = _rendered(source)
    assert "<title>Devis &amp; prix — Ouvrage</title>" in page
    assert '<h1><span lang="fr">Devis &amp; prix</span></h1>' in page
    assert "<title>Devis &amp; prix, Ligne 4 — Ouvrage</title>" in _rendered(source, project={"title": "Ligne 4"})
    missing = render_to_string("404.html")  # its head is its own
    assert re.findall(r"<h1[^>]*>([^<]+)</h1>", missing) == re.findall(r"<title>([^<]+) — Ouvrage</title>", missing)
