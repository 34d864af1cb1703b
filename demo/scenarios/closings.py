"""Acts of a closing: words for groups of open items, and what becomes of what is carried over."""

from collections.abc import Callable
from typing import Any

from demo.scenarios.world import World, day
from governance.decide.decisions.settlement import Settlement, list_every_demand
from governance.decide.kinds.base import Demand
from governance.decide.proposals.models import Proposal
from governance.enums import Settled
from governance.life.carry_overs.models import CarryOver
from governance.life.carry_overs.services import accept_carry_over, finish_carry_over
from roles.models import User


def settle(world: World, entry: dict[str, Any], proposal: Proposal) -> dict[str, Settlement]:
    """Return the word on each open item: its own where `apart` names it, else that of its group."""
    words = entry.get("closing")
    if words is None or proposal.current is None:
        return {}
    return {demand.key: _word(world, words, demand) for demand in list_every_demand(proposal, proposal.current)}


def _word(world: World, words: dict[str, Any], demand: Demand) -> Settlement:
    own = [word for word in words["apart"] if word["about"] in demand.text]
    word = own[0] if own else words[demand.group.code if demand.group else "others"]
    into = world.projects[word["into"]].code if "into" in word else ""
    holder = world.people[word["holder"]] if "holder" in word else None
    return Settlement(word["because"].strip(), Settled(word.get("fate", Settled.WITHOUT)), into, holder)


def _item(world: World, entry: dict[str, Any]) -> CarryOver:
    rows = CarryOver.objects.select_related("project", "target", "decision", "holder")
    return rows.get(project=world.projects[entry["project"]], text__contains=entry["about"])


def _accept(world: World, by: User, entry: dict[str, Any]) -> None:
    finish_on = day(entry["finish_on"])
    if finish_on is None:
        raise ValueError(f"{entry['about']} is accepted without a day")
    accept_carry_over(actor=by, carry_over=_item(world, entry), finish_on=finish_on)


def _finish(world: World, by: User, entry: dict[str, Any]) -> None:
    finish_carry_over(actor=by, carry_over=_item(world, entry), outcome=entry["words"].strip())


ACTS: dict[str, Callable[[World, User, dict[str, Any]], None]] = {"accept_item": _accept, "finish_item": _finish}
