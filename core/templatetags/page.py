"""The way to a page and its heading.

{% crumbs project here=_("Decision register") %}                       from the page of a row, by its title
{% crumbs project register _("Decision register") here=decision %}     through an address and its label

The last step is the page itself; without `here` all steps lead somewhere. `lang` tells the language of `here`.

{% keep page_heading %}{% block h1 %}{% endblock %}{% endkeep %}       {{ page_heading }} twice, in the title too
"""

from typing import Any

from django import template
from django.template import Context, Node
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import mark_safe

register = template.Library()


@register.inclusion_tag("components/crumbs.html")
def crumbs(*steps: Any, here: Any = "", lang: str = "") -> dict[str, Any]:
    """Link the pages above: each step is an address followed by its label, or a row that has a page and a title."""
    links, waiting = [], list(steps)
    while waiting:
        step = waiting.pop(0)
        if step == "":  # {% url … as … %} names no page without a word
            raise ValueError("A step of the crumbs has no address.")
        links.append((step, waiting.pop(0)) if isinstance(step, str) else (step.get_absolute_url(), step.title))
    return {"links": links, "here": here, "lang": lang}


class KeepNode(Node):
    """What stands between the tags, kept under a name for the rest of the page."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308 — escaped there
        return ""


@register.tag
def keep(parser: Parser, token: Token) -> KeepNode:
    """Keep what stands until endkeep under the name given."""
    _keep, name = token.split_contents()
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(name, nodelist)
