"""Tags of the pages of rows that an action may come from."""

from typing import Any

from django import template
from django.urls import reverse

from core.access import can
from governance.life.actions.given import read_given

register = template.Library()
register.filter("given_actions", read_given)


@register.simple_tag(takes_context=True)
def give_action_url(context: dict[str, Any], project: Any, label: str, key: int) -> str:
    """Return the address of the form of an action that comes from a row; empty where the reader gives none."""
    if not can(context["request"].user, "governance.give_action", project):
        return ""
    return reverse("governance:actions:action_new", args=[project.code], query={"from": f"{label}-{key}"})
