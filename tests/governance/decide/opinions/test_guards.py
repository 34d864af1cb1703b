"""Attack each trigger and constraint on opinions and binding opinions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.models import BindingOpinion, Opinion
from projects.models import Mandate
from tests import acts
from tests.attacks import Attacks, Declared, leaves
from tests.governance.world import TIED, Attempt, World, as_tied

pytestmark = pytest.mark.django_db

ASKED = "An opinion is given by a role that is asked, never by that of the author"
BY_HOLDER = "An opinion is given by the holder of the role, in office (R2)"
WORDS = "A reason, a proof or a text for the owner has at least three letters or digits"
ASKS_FOR_IT = "A binding opinion answers the revision before the owner that asks for it"
BY_ADVISER = "A binding opinion is noted by an adviser in office who did not write the proposal (R2)"


def _closed_adviser_advises(world: World) -> None:
    world.close("pmo")
    world.advise()


def _closed_adviser_notes(world: World) -> None:
    world.close("pmo")
    world.note()


def _advise_too_late(world: World) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    file = acts.submit_to_owner(world.proposal("submitted").project, "change", opinions_by=yesterday)
    world.advise(by="moe", role="MOE", revision=file.current)


#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    *(
        ("opinion.says_something", f"{text!a}", lambda w, text=text: w.advise(reasons=text), WORDS)
        for text in (" ", ".", "\u200b \u2060", "\xa0…")
    ),
    *(
        (
            "opinion.prefers_one_of_the_options",
            f"{letter!a}",
            lambda w, letter=letter: w.advise(preferred=letter),
            "An opinion prefers one of the options of its revision (R2)",
        )
        for letter in ("F", "a", " ")
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "a file that is ready, after the last day for opinions",
        _advise_too_late,
        "An opinion is given on the revision under review",
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "an old revision",
        lambda w: w.advise(revision=w.proposal("revised").revisions.get(number=1)),
        "An opinion is given on the revision under review",
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "the author's role",
        lambda w: w.advise(by="amoa", role="AMOA"),
        ASKED,
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "a role that is not asked",
        lambda w: w.advise(by="moe", role="MOE"),
        ASKED,
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "somebody else's mandate",
        lambda w: w.advise(adviser=w.cast["amoa"]),
        BY_HOLDER,
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "a mandate of another role",
        lambda w: w.advise(by="amoa"),
        BY_HOLDER,
    ),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "a mandate of another project",
        lambda w: w.advise(by="other_pmo"),
        BY_HOLDER,
    ),
    ("opinion.comes_from_an_adviser_who_is_asked", "the owner", lambda w: w.advise(by="owner"), BY_HOLDER),
    ("opinion.comes_from_an_adviser_who_is_asked", "a closed account", _closed_adviser_advises, BY_HOLDER),
    (
        "opinion.comes_from_an_adviser_who_is_asked",
        "a mandate that comes afterwards",
        lambda w: w.advise(mandate=Mandate(pk=10**9)),
        BY_HOLDER,
    ),
    ("opinion.leaves_an_event", "an opinion without its event", lambda w: w.advise(), leaves(Opinion)),
    *(
        (
            "bindingopinion.is_noted_by_an_adviser",
            f"on what is {key}",
            lambda w, key=key: w.note(key, authority="Maritime authority of the bay"),
            ASKS_FOR_IT,
        )
        for key in ("ready_for_decision", "decided", "withdrawn")
    ),
    (
        "bindingopinion.is_noted_by_an_adviser",
        "of no authority",
        lambda w: w.note("ready_for_decision", authority=""),
        ASKS_FOR_IT,
    ),
    (
        "bindingopinion.is_noted_by_an_adviser",
        "of another authority",
        lambda w: w.note(authority="The harbour café"),
        ASKS_FOR_IT,
    ),
    (
        "bindingopinion.is_noted_by_an_adviser",
        "on an old revision",
        lambda w: w.note(revision=w.proposal("revised").revisions.get(number=1)),
        ASKS_FOR_IT,
    ),
    (
        "bindingopinion.is_noted_by_an_adviser",
        "given next week",
        lambda w: w.note(given_on=timezone.localdate() + timedelta(7)),
        "A binding opinion is noted once it is given",
    ),
    *(
        (
            "bindingopinion.is_noted_by_an_adviser",
            f"by the {member}",
            lambda w, member=member: w.note(by=member),
            BY_ADVISER,
        )
        for member in ("owner", "delegate", "moe", "recipient", "other_pmo", "superuser")
    ),
    ("bindingopinion.is_noted_by_an_adviser", "by a closed account", _closed_adviser_notes, BY_ADVISER),
    ("bindingopinion.leaves_an_event", "without its event", lambda w: w.note(), leaves(BindingOpinion)),
    ("opinion.comes_from_an_adviser_who_is_asked", "the tied adviser", as_tied("pmo", lambda w: w.advise()), TIED),
    ("bindingopinion.is_refused_to_the_tied", "noted by the tied", as_tied("pmo", lambda w: w.note()), TIED),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "a_binding_opinion_names_its_document": lambda w: w.note(reference=""),
    "one_opinion_per_role_and_revision": lambda w: [w.advise(), w.advise()],
    "an_opinion_has_a_known_position": lambda w: w.advise(position="perhaps"),
    "an_opinion_is_reasoned": lambda w: w.advise(reasons=""),
}

ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
