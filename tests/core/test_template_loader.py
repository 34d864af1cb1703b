"""What the loader leaves out of a page: the layout of the source, never a white space that shows."""

from pathlib import Path

import pytest
from django.template import Context, Engine

SOURCE = """\
{% comment %}
Told to whoever reads the source.
{% endcomment %}
<ul>
  {# Each row. #}
  {% for name in names %}
    <li>
      {% if name %}
        <b>{{ name }}</b>
        <i>here</i>
      {% endif %}
    </li>
  {% endfor %}
</ul>
"""


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    (tmp_path / "rows.html").write_text(SOURCE)
    (tmp_path / "rows.txt").write_text(SOURCE)
    (tmp_path / "around.html").write_text('before {% include "name.html" %} after\n{% include "name.html" %}\nend\n')
    (tmp_path / "name.html").write_text("<b>it</b>\n")
    return Engine(dirs=[str(tmp_path)], loaders=["core.pages.template_loader.DedentingLoader"])


def test_a_page_loses_the_layout_of_its_source_and_keeps_the_spaces_between_words(engine: Engine) -> None:
    page = engine.get_template("rows.html").render(Context({"names": ["Ada", ""]}))
    assert page == "<ul><li><b>Ada</b>\n<i>here</i>\n</li>\n<li></li>\n</ul>"


def test_an_included_template_stands_between_the_spaces_of_its_place(engine: Engine) -> None:
    assert engine.get_template("around.html").render(Context()) == "before <b>it</b> after\n<b>it</b>\nend"


def test_a_text_keeps_its_lines(engine: Engine) -> None:
    page = engine.get_template("rows.txt").render(Context({"names": ["Ada"]}))
    assert page.startswith("\n<ul>\n  \n  \n    <li>\n")
