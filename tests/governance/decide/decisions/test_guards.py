"""Attack each trigger and constraint on decisions, their effects and the seals they set."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.acts import acting_as
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.supersede import item_key, list_dependents
from governance.enums import Act, Outcome
from governance.models import Condition, Decision, Effect, Proposal, SealBreak
from projects.ledger.services import instant, record
from projects.models import Delegation, Document, Mandate
from tests import acts
from tests.attacks import Attacks, Declared, leaves
from tests.database import refusal
from tests.governance.world import TIED, Attempt, World, as_tied

pytestmark = pytest.mark.django_db

READY = "A decision answers the revision before the owner, on its project, by its hash"
IN_OFFICE = "Only the owner in office decides (R1)"
IN_BOUNDS = "A delegate signs within the kinds, the cap and the period of the delegation (R1)"
OWN_FILE = "Nobody decides what they proposed (R8)"
OWN_OPINION = "Nobody decides on a revision on which they gave an opinion (R8)"
AS_READ = "A decision answers the file as it was read"
BINDING = "An approval waits for the binding opinion its revision asks for"
MERGED = "A proposal is merged into another one of its project that waits for its answer"
REPLACES = "A decision replaces an earlier one that its proposal names (R6)"
WAIVED = "A missing opinion is waived in writing (R2)"
WORDS = "A reason, a proof or a text for the owner has at least three letters or digits"
IMPOSSIBLE = "A decision tells which opinions were impossible, why and since when, as the seats are (R2)"
OPEN_ITEMS = "A word on what is missing or open names it, what becomes of it and why"
ONLY_APPROVALS = "Only an approval says a word on what is missing or open"
WORD = {"item": "risk-1", "label": "Risk", "text": "OR-1", "fate": "excused", "because": "Moot now.", "into": ""}
EXPLICITLY = "What rests on a decision is kept, changed or dropped explicitly when it is replaced (R6)"
ONLY_THAT = "Only what rests on the decision replaced is carried over (R6)"
SUPERSEDED = "The proposal of a decision that is replaced is superseded (R6)"
NOT_AFTERWARDS = "An effect is noted when its decision takes effect, not afterwards"
OF_ITS_OPTIONS = "An approval takes one of the options of its revision (R1)"
NO_OPTION = "Only an approval takes an option (R1)"
WHY_NOT = "An approval says why it does not take the recommended option, and only then (R7)"
AS_ITS_OPTION_SAYS = "An approval changes what its option says (R1)"
NAMES = "decision.names_its_option"
LOOKS_BACK = "decision.looks_back_in_time"
IN_TIME = "An approval comes back to its owner after one to thirty-six months"
ANOTHER: dict[str, Any] = {"option": "B", "why_not": "The crews asked for it.", "changes_nothing": True}
SAYS_SO = "An approval with conditions, and nothing else, has conditions"


def _silent_about_a_closed_account(world: World) -> None:
    world.close("pmo")
    world.decide("submitted", waived={"PMO": "We go on."})


#: A word on another proposal on the question.
CLOSES = {"label": "OP-1", "text": "Ice", "fate": "answered", "because": "The other one is dearer.", "into": ""}


def _beside_a_rival(world: World) -> None:
    world.rival()
    world.decide()


def _without_rivals(parts: dict[str, str]) -> dict[str, str]:
    return {part: value for part, value in parts.items() if not part.startswith("rival:")}


def _wrote_a_rival(world: World) -> None:
    rival = world.rival()
    with acting_as(world.cast["pmo"]):
        rival.writers = sorted({*rival.writers, world.cast["owner"].pk})
        rival.save()
        acts.leave_event(rival.project)
    world.decide()


def _closed_account_decides(world: World) -> None:
    world.close("owner")
    world.decide()


def _closed_account_delegated(world: World) -> None:
    world.close("owner")
    world.delegated()


def _closed_delegate_decides(world: World) -> None:
    world.close("delegate")
    world.delegated()


def _unfavourable_but_approved(world: World) -> None:
    acts.note_binding(world.cast["pmo"], world.proposal("ready_binding"), favourable=False)
    world.decide("ready_binding")


def hanging(world: World) -> list[Any]:
    """List what hangs on OD-08 when the raw replacement of these attacks replaces it."""
    return list_dependents(world.answer("superseding"), world.proposal("ready_replacing"))


def _replaces_across_projects(world: World) -> None:
    elsewhere = acts.decide(world.cast["other_owner"], world.proposal("ready_two"))
    world.decide(supersedes=elsewhere)


def _replaces_by_delegation(world: World) -> None:
    """Replace a budget with a delegated kind under the cap."""
    cast, earlier = world.cast, world.answer("superseding")
    file = acts.prepare(
        cast["amoa"], cast["pmo"], project=earlier.project, kind="minor_change", amount="1.00", replaces=earlier
    )
    assert file.current is not None
    carried = {item_key(item): "dropped" for item in list_dependents(earlier, file)}
    about = {"proposal": file, "revision": file.current, "revision_hash": file.current.hash}
    world.delegated("ready_minor", **about, supersedes=earlier, carried=carried)


def _forgets_what_waits(world: World) -> None:
    """The third decision omits the first one's effect, which still stands: the decision that drops it waits."""
    cast, project = world.cast, world.proposal("decided").project
    first = world.answer("superseding")
    file = acts.prepare(cast["amoa"], cast["pmo"], project=project, replaces=first)
    second = acts.decide(cast["owner"], file, Outcome.APPROVED_WITH_CONDITIONS, effective="when_met")
    last = acts.prepare(cast["amoa"], cast["pmo"], project=project, replaces=second)
    assert last.current is not None
    carried = {item_key(item): "kept" for item in list_dependents(second, last) if isinstance(item, Condition)}
    about = {"proposal": last, "revision": last.current, "revision_hash": last.current.hash}
    world.decide(**about, supersedes=second, carried=carried)


def _effect_before_its_conditions(world: World) -> None:
    decision = world.decide(outcome=Outcome.APPROVED_WITH_CONDITIONS, effective="when_met")
    world.condition(decision=decision)
    world.effect(decision)


def _effect_under_another_event(world: World) -> None:
    """The decision left an event, but not that of an act with effects."""
    decision = world.decide()
    record(
        act=Act.EDIT,
        actor=world.cast["owner"],
        project=decision.project,
        subject=decision,
        proposal_id=decision.proposal_id,
    )
    world.effect(decision)


def _confirmed_otherwise_in_its_event(world: World) -> None:
    decision = world.decide()
    record(
        act=Act.DECIDE,
        actor=world.cast["owner"],
        project=decision.project,
        subject=decision,
        proposal_id=decision.proposal_id,
        factors="passkey",
    )


def _delegate_advises_too(world: World) -> None:
    """A delegate follows the PMO, and signs."""
    pmo = world.mandate("pmo")
    now = timezone.now()
    with acting_as(world.cast["owner"]):
        pmo.period, pmo.ended_by = (pmo.period.lower, now), world.cast["owner"]
        pmo.save()
        Mandate.objects.create(
            project=pmo.project,
            role=pmo.role,
            authority=pmo.authority,
            holder=world.cast["delegate"],
            acted_at=now,
            appointed_by=world.cast["owner"],
            period=(now, None),
        )
    world.delegated()


def _author_becomes_delegate(world: World) -> None:
    """The author of a file loses the role, receives a delegation and signs the file."""
    moe = world.mandate("moe")
    now = timezone.now()
    with acting_as(world.cast["owner"]):
        moe.period, moe.ended_by = (moe.period.lower, now), world.cast["owner"]
        moe.save()
        given = world.delegate_newly(delegate=world.cast["moe"], acted_at=now, period=(now, now + timedelta(1)))
    world.decide("ready_minor", "moe", delegation=given)


def without(parts: dict[str, str], item: str) -> dict[str, str]:
    """Return the parts of a file without one that is there."""
    assert item in parts
    return {name: digest for name, digest in parts.items() if name != item}


def _on_a_document(world: World) -> Proposal:
    """Bring a file with a document to the owner."""
    amoa = world.cast["amoa"]
    version = acts.add_document(amoa, world.proposal("draft").project, "Quotation 99")
    return acts.submit_to_owner(version.document.project, attachments=[version.attachment()])


def _answer_to(file: Proposal) -> dict[str, Any]:
    """Return the columns of a decision on this file."""
    return {"proposal": file, "revision": file.current, "revision_hash": acts.fingerprint(file)}


def _decides_on_an_older_version(world: World) -> None:
    file = _on_a_document(world)
    seen = read_parts(file)
    acts.replace(world.cast["amoa"], Document.objects.get(name="Quotation 99"))
    world.decide(**_answer_to(file), seen=seen)


def _decides_unmarked(world: World) -> None:
    file = _on_a_document(world)
    acts.replace(world.cast["amoa"], Document.objects.get(name="Quotation 99"))
    world.decide(**_answer_to(file))


def _decides_before_the_binding_opinion(world: World) -> None:
    seen = world.parts("ready_binding")
    acts.note_binding(world.cast["pmo"], world.proposal("ready_binding"))
    world.decide("ready_binding", seen=seen)


def _capped_without_amount(world: World) -> None:
    project = world.proposal("draft").project
    world.delegated(**_answer_to(acts.submit_to_owner(project, "minor_change", amount=None)))


def _editor_decides(world: World) -> None:
    """Somebody rewrote the text, as an event tells; the list of writers says nothing of it."""
    file, editor = world.proposal("ready_minor"), world.cast["recipient"]
    record(act=Act.EDIT, actor=editor, project=file.project, subject=file, proposal_id=file.pk)
    now = timezone.now()
    given = world.delegate_newly(delegate=editor, acted_at=now, period=(now, now + timedelta(1)))
    world.decide("ready_minor", "recipient", delegation=given)


def _writer_decides(world: World) -> None:
    file = world.proposal("ready_minor")
    world.update("ready_minor", writers=sorted({*file.writers, world.cast["delegate"].pk}))
    world.delegated()


def _adviser_decides(world: World) -> None:
    """The PMO leaves the role, receives a delegation and signs what they gave an opinion on."""
    held, now = world.mandate("pmo"), timezone.now()
    with acting_as(world.cast["owner"]):
        held.period, held.ended_by = (held.period.lower, now), world.cast["owner"]
        held.save()
        given = world.delegate_newly(delegate=world.cast["pmo"], acted_at=now, period=(now, now + timedelta(1)))
    world.decide("ready_minor", "pmo", delegation=given)


def _noted_twice(world: World) -> None:
    noted = world.break_seal()
    noted.pk = None
    SealBreak.objects.bulk_create([noted])


CONCERNS = "A change after a decision concerns what the decision sealed"
NEW_VERSION = "A change after a decision follows from a change of what it sealed"

#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    *(
        ("decision.only_the_owner_decides", f"a file that is {key}", lambda w, key=key: w.decide(key), READY)
        for key in ("withdrawn", "returned", "decided", "merged", "superseded")
    ),
    (
        "decision.only_the_owner_decides",
        "an old revision",
        lambda w: w.decide("revised", revision=w.proposal("revised").revisions.get(number=1)),
        READY,
    ),
    (
        "decision.only_the_owner_decides",
        "the revision of another file",
        lambda w: w.decide(revision=w.proposal("revised").current),
        READY,
    ),
    ("decision.only_the_owner_decides", "another hash", lambda w: w.decide(revision_hash="0" * 64), READY),
    (
        "decision.only_the_owner_decides",
        "another project",
        lambda w: w.decide(project=w.proposal("ready_two").project),
        READY,
    ),
    ("decision.only_the_owner_decides", "the PMO", lambda w: w.decide(by="pmo", mandate=w.mandate("pmo")), IN_OFFICE),
    ("decision.only_the_owner_decides", "the AMOA with the owner's mandate", lambda w: w.decide(by="amoa"), IN_OFFICE),
    ("decision.only_the_owner_decides", "the superuser", lambda w: w.decide(by="superuser"), IN_OFFICE),
    (
        "decision.only_the_owner_decides",
        "the former owner",
        lambda w: w.decide(by="former_owner", mandate=w.mandate("former_owner")),
        IN_OFFICE,
    ),
    (
        "decision.only_the_owner_decides",
        "the future owner",
        lambda w: w.decide(by="future_owner", mandate=w.mandate("future_owner")),
        IN_OFFICE,
    ),
    (
        "decision.only_the_owner_decides",
        "the owner of another project",
        lambda w: w.decide(by="other_owner", mandate=w.mandate("other_owner")),
        IN_OFFICE,
    ),
    (
        "decision.only_the_owner_decides",
        "the delegate without the delegation",
        lambda w: w.decide("ready_minor", "delegate"),
        IN_OFFICE,
    ),
    ("decision.only_the_owner_decides", "an owner whose account is closed", _closed_account_decides, IN_OFFICE),
    ("decision.only_the_owner_decides", "a closed owner's delegate", _closed_account_delegated, IN_OFFICE),
    ("decision.only_the_owner_decides", "a closed delegate", _closed_delegate_decides, IN_BOUNDS),
    ("decision.only_the_owner_decides", "over the cap", lambda w: w.delegated("ready_over_cap"), IN_BOUNDS),
    (
        "decision.only_the_owner_decides",
        "a kind that is not delegated",
        lambda w: w.delegated("ready_for_decision"),
        IN_BOUNDS,
    ),
    (
        "decision.only_the_owner_decides",
        "a delegation that has not begun",
        lambda w: w.delegated(
            delegation=w.delegate_newly(period=(timezone.now() + timedelta(1), timezone.now() + timedelta(2)))
        ),
        IN_BOUNDS,
    ),
    (
        "decision.only_the_owner_decides",
        "somebody else's delegation",
        lambda w: w.decide("ready_minor", "outsider", delegation=w.delegation),
        IN_BOUNDS,
    ),
    ("decision.only_the_owner_decides", "a delegate who advises", _delegate_advises_too, IN_BOUNDS),
    ("decision.only_the_owner_decides", "a cap, but no amount", _capped_without_amount, IN_BOUNDS),
    ("decision.only_the_owner_decides", "who rewrote the text", _editor_decides, OWN_FILE),
    ("decision.only_the_owner_decides", "who is one of the writers", _writer_decides, OWN_FILE),
    ("decision.only_the_owner_decides", "who gave an opinion on it", _adviser_decides, OWN_OPINION),
    ("decision.was_read_as_it_is", "nothing read", lambda w: w.decide(seen={}), AS_READ),
    (
        "decision.was_read_as_it_is",
        "an opinion not read",
        lambda w: w.decide(seen=without(w.parts(), "opinion:PMO")),
        AS_READ,
    ),
    (
        "decision.was_read_as_it_is",
        "another opinion read",
        lambda w: w.decide(seen=w.parts() | {"opinion:PMO": "0" * 64}),
        AS_READ,
    ),
    (
        "decision.was_read_as_it_is",
        "an opinion read that is not there",
        lambda w: w.decide(seen=w.parts() | {"opinion:AMOA": "0" * 64}),
        AS_READ,
    ),
    (
        "decision.was_read_as_it_is",
        "an opinion sealed and not read",
        lambda w: w.decide(file=[part for part in w.file() if part["item"] != "opinion:PMO"]),
        AS_READ,
    ),
    (
        "decision.was_read_as_it_is",
        "a role not awaited any more",
        lambda w: w.decide("submitted", seen=without(w.parts("submitted"), "awaited:PMO"), waived={"PMO": "Late."}),
        AS_READ,
    ),
    ("decision.was_read_as_it_is", "a document replaced unseen", _decides_on_an_older_version, AS_READ),
    ("decision.was_read_as_it_is", "a binding opinion unseen", _decides_before_the_binding_opinion, AS_READ),
    (
        "decision.is_marked_when_a_document_was_replaced",
        "a document replaced, and no mark",
        _decides_unmarked,
        "A decision on a document that was replaced before is marked at once (R6)",
    ),
    ("decision.only_the_owner_decides", "the author's own file", _author_becomes_delegate, OWN_FILE),
    (
        "decision.only_the_owner_decides",
        "a delegation given in the same transaction",
        lambda w: w.delegated(delegation=w.delegate_newly()),
        "A decision rests on a seat that was given before it",
    ),
    (
        "decision.only_the_owner_decides",
        "a mandate that comes afterwards",
        lambda w: w.decide(mandate=Mandate(pk=10**9)),
        IN_OFFICE,
    ),
    (
        "decision.only_the_owner_decides",
        "a delegation that comes afterwards",
        lambda w: w.delegated(delegation=Delegation(pk=10**9)),
        IN_BOUNDS,
    ),
    (
        "decision.has_conditions_only_if_it_says_so",
        "conditions said, none set",
        lambda w: w.decide(outcome=Outcome.APPROVED_WITH_CONDITIONS),
        SAYS_SO,
    ),
    (
        "decision.has_conditions_only_if_it_says_so",
        "conditions on a rejection",
        lambda w: w.condition(decision=w.decide(outcome=Outcome.REJECTED)),
        SAYS_SO,
    ),
    ("decision.leaves_an_event", "a decision without its event", lambda w: w.decide(), leaves(Decision)),
    (
        "decision.only_the_owner_decides",
        "an approval without the binding opinion",
        lambda w: w.decide("ready_binding"),
        BINDING,
    ),
    ("decision.only_the_owner_decides", "an approval against the binding opinion", _unfavourable_but_approved, BINDING),
    *(
        (
            "decision.only_the_owner_decides",
            f"merged into {into}",
            lambda w, into=into: w.decide(outcome=Outcome.MERGED, merged_into=w.proposal(into)),
            MERGED,
        )
        for into in ("ready_for_decision", "ready_two", "draft", "withdrawn", "merged", "superseded", "decided")
    ),
    (
        "decision.only_the_owner_decides",
        "replaces what its proposal does not name",
        lambda w: w.decide(supersedes=w.answer("decided")),
        REPLACES,
    ),
    ("decision.only_the_owner_decides", "replaces a decision of another project", _replaces_across_projects, REPLACES),
    ("decision.only_the_owner_decides", "replaces a later one", lambda w: w.replace(number=1), REPLACES),
    (
        "decision.only_the_owner_decides",
        "replaces by a rejection",
        lambda w: w.replace(outcome=Outcome.REJECTED),
        REPLACES,
    ),
    (
        "decision.only_the_owner_decides",
        "replaces nothing although its proposal says so",
        lambda w: w.replace(supersedes=None),
        REPLACES,
    ),
    ("decision.only_the_owner_decides", "replaces by delegation", _replaces_by_delegation, IN_BOUNDS),
    *(
        (
            "decision.has_heard_everyone_or_says_why",
            f"waived {waived}",
            lambda w, waived=waived: w.decide("submitted", waived=waived),
            WAIVED,
        )
        for waived in (
            {},
            {"PMO": ""},
            {"PMO": None},
            {"PMO": " "},
            {"PMO": "."},
            {"AMOA": "Not the one that is missing."},
        )
    ),
    (
        "decision.has_heard_everyone_or_says_why",
        "waives an opinion that was given",
        lambda w: w.decide(waived={"PMO": "Never mind what it says."}),
        "Only a missing opinion is waived (R2)",
    ),
    (
        "decision.tells_what_was_impossible",
        "an adviser in office said to be away",
        lambda w: w.decide(
            "submitted",
            waived={"PMO": "Nobody is there."},
            impossible={"PMO": {"reason": "vacant", "since": instant(timezone.now()), "until": ""}},
        ),
        IMPOSSIBLE,
    ),
    *(
        (
            "decision.tells_how_it_was_confirmed",
            what,
            lambda w, changes=changes: w.decide(**changes),
            "A decision tells with which factors it was confirmed",
        )
        for what, changes in (
            ("with nothing said", {"factors": None}),
            ("with an unknown factor", {"factors": ["handshake"]}),
            ("with a code app that nobody gave", {"factors": ["password", "code_app"]}),
            ("since a day of its own", {"factors": ["password"], "factor_since": timezone.now()}),
        )
    ),
    (
        "decision.tells_it_in_its_event",
        "with an event that tells of a passkey",
        _confirmed_otherwise_in_its_event,
        "The event of a decision tells how it was confirmed",
    ),
    ("decision.tells_what_was_impossible", "silent about a closed account", _silent_about_a_closed_account, IMPOSSIBLE),
    *(
        ("decision.says_a_word_on_what_is_open", what, lambda w, word=word: w.decide(settled=[WORD | word]), OPEN_ITEMS)
        for what, word in (
            ("without a reason", {"because": ""}),
            ("a reason that says nothing", {"because": "\u200b ."}),
            ("an unknown fate", {"fate": "burnt"}),
            ("about nothing", {"item": ""}),
        )
    ),
    (
        "decision.says_a_word_on_what_is_open",
        "with a rejection",
        lambda w: w.decide(outcome=Outcome.REJECTED, settled=[WORD]),
        ONLY_APPROVALS,
    ),
    *(
        ("decision.says_something", f"{text!a}", lambda w, text=text: w.decide(reasons=text), WORDS)
        for text in (" ", ".", "\u200b \u2060", "\xa0…")
    ),
    (
        "decision.says_what_becomes_of_the_rest",
        "says nothing of an effect",
        lambda w: w.replace(carried={}),
        EXPLICITLY,
    ),
    (
        "decision.says_what_becomes_of_the_rest",
        "an unknown fate",
        lambda w: w.replace(carried={item_key(item): "burnt" for item in hanging(w)}),
        EXPLICITLY,
    ),
    ("decision.says_what_becomes_of_the_rest", "says nothing of what still waits", _forgets_what_waits, EXPLICITLY),
    (
        "decision.says_what_becomes_of_the_rest",
        "carries what is not there",
        lambda w: w.replace(
            carried={
                **{item_key(item): "changed" for item in hanging(w)},
                "effect-0": "kept",
            }
        ),
        ONLY_THAT,
    ),
    (
        "decision.says_what_becomes_of_the_rest",
        "carries over without replacing",
        lambda w: w.decide(carried={"condition-1": "kept"}),
        ONLY_THAT,
    ),
    ("decision.carries_everything_over", "leaves the proposal before as it was", lambda w: w.replace(), SUPERSEDED),
    *(
        (
            "effect.follows_from_an_approval",
            f"of what is {key}",
            lambda w, key=key: w.effect(w.answer(key)),
            "Only an approval has effects",
        )
        for key in ("rejected", "deferred", "merged", "returned")
    ),
    (
        "effect.follows_from_an_approval",
        "of a decision that comes afterwards",
        lambda w: w.effect(Decision(pk=10**9, project=w.proposal("decided").project)),
        "Only an approval has effects",
    ),
    (
        "decision.answers_its_question",
        "beside another open proposal",
        _beside_a_rival,
        "An approval answers its question: it closes the other open proposals on it (R1)",
    ),
    (
        "decision.answers_its_question",
        "closing what stays open",
        lambda w: w.decide(settled=[CLOSES | {"item": f"proposal-{w.proposal('submitted').pk}"}]),
        "What a decision says that it closes is closed by the same act, in the same words (R1)",
    ),
    (
        "decision.was_read_as_it_is",
        "without the other proposal on the question",
        lambda w: w.decide(seen=_without_rivals(w.rival() and w.parts())),
        AS_READ,
    ),
    (
        "decision.only_the_owner_decides",
        "who wrote another proposal on the question",
        _wrote_a_rival,
        OWN_FILE,
    ),
    (NAMES, "no option", lambda w: w.decide(option=""), OF_ITS_OPTIONS),
    (NAMES, "an option that is none", lambda w: w.decide(**ANOTHER | {"option": "F"}), OF_ITS_OPTIONS),
    (NAMES, "a letter that is none", lambda w: w.decide(**ANOTHER | {"option": "a"}), OF_ITS_OPTIONS),
    (NAMES, "another option without a word", lambda w: w.decide(**ANOTHER | {"why_not": ""}), WHY_NOT),
    (NAMES, "a word on the recommended one", lambda w: w.decide(why_not="The crews asked for it."), WHY_NOT),
    (
        NAMES,
        "an option that changes nothing, with changes",
        lambda w: w.decide(**ANOTHER | {"changes_nothing": False}),
        AS_ITS_OPTION_SAYS,
    ),
    *(
        (LOOKS_BACK, what, lambda w, changes=changes: w.decide(**changes), IN_TIME)
        for what, changes in {
            "at once": {"second_look_on": timezone.localdate()},
            "after five years": {"second_look_on": timezone.localdate() + timedelta(days=1827)},
            "at a rejection": {
                "second_look_on": timezone.localdate() + timedelta(days=90),
                "outcome": Outcome.REJECTED,
                "option": "",
            },
        }.items()
    ),
    (NAMES, "the recommended one, without changes", lambda w: w.decide(changes_nothing=True), AS_ITS_OPTION_SAYS),
    *(
        (
            NAMES,
            f"of what is no approval: {name}",
            lambda w, changes=changes: w.decide(outcome=Outcome.REJECTED, **changes),
            NO_OPTION,
        )
        for name, changes in {
            "an option": {"option": "A"},
            "a word": {"why_not": "The crews asked for it."},
            "no changes": {"changes_nothing": True},
        }.items()
    ),
    (
        "effect.follows_from_an_approval",
        "of an option that changes nothing",
        lambda w: w.effect(w.decide(**ANOTHER)),
        "An option that changes nothing has no effects (R1)",
    ),
    (
        "effect.follows_from_an_approval",
        "on another project",
        lambda w: w.effect(w.decide(), subject_id=w.proposal("ready_two").project_id),
        "A decision has effects on its own project",
    ),
    (
        "effect.follows_from_an_approval",
        "before its conditions are met",
        _effect_before_its_conditions,
        "This decision takes effect when its last condition is lifted",
    ),
    *(
        (
            "effect.follows_from_an_approval",
            f"afterwards, of what is {key}",
            lambda w, key=key: w.effect(w.answer(key)),
            NOT_AFTERWARDS,
        )
        for key in ("decided", "closed", "conditions_open", "superseded", "superseding")
    ),
    ("effect.leaves_an_event", "under an event of something else", _effect_under_another_event, leaves(Effect)),
    ("decision.only_the_owner_decides", "the tied owner", as_tied("owner", lambda w: w.decide()), TIED),
    ("decision.only_the_owner_decides", "the tied delegate", as_tied("delegate", lambda w: w.delegated()), TIED),
    (
        "sealbreak.follows_from_a_new_version",
        "what was not sealed",
        lambda w: w.break_seal(item="document:99"),
        CONCERNS,
    ),
    ("sealbreak.follows_from_a_new_version", "another seal", lambda w: w.break_seal(before="0" * 64), CONCERNS),
    (
        "sealbreak.follows_from_a_new_version",
        "no change at all",
        lambda w: w.break_seal(after=w.sealed.versions.get(number=1).sha256),
        CONCERNS,
    ),
    (
        "sealbreak.follows_from_a_new_version",
        "a version that does not exist",
        lambda w: w.break_seal(after="0" * 64),
        NEW_VERSION,
    ),
    (
        "sealbreak.follows_from_a_new_version",
        "a change of the revision",
        lambda w: w.break_seal(item="revision", before=w.proposal("decided").current.hash),
        NEW_VERSION,
    ),
    ("sealbreak.leaves_an_event", "a change without its event", lambda w: w.break_seal(), leaves(SealBreak)),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "one_decision_per_number": lambda w: w.decide(number=1),
    "a_decision_has_a_known_outcome": lambda w: w.decide(outcome="perhaps"),
    "a_decision_is_reasoned": lambda w: w.decide(reasons=""),
    "a_deferral_and_only_a_deferral_has_a_return_date": lambda w: w.decide(outcome=Outcome.DEFERRED),
    "a_merger_and_only_a_merger_says_into_what": lambda w: w.decide(outcome=Outcome.MERGED),
    "only_an_approval_with_conditions_takes_effect_later": lambda w: w.decide(effective="when_met"),
    "a_decision_takes_effect_at_a_known_moment": lambda w: w.decide(
        outcome=Outcome.APPROVED_WITH_CONDITIONS, effective="some day"
    ),
    "a_price_reduction_and_only_that_says_how_much": lambda w: w.decide(price_reduction=5),
    "a_decision_foresees_by_a_fingerprint": lambda w: w.decide(foreseen="as announced"),
    "one_break_per_item_and_change": lambda w: _noted_twice(w),
}

ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_the_honest_decision_lacks_only_its_event(world: World) -> None:
    """The raw decision of these attacks is valid except for the attack's change."""
    assert "leaves an event" in refusal(lambda: world.decide())
    assert "leaves an event" in refusal(lambda: world.delegated())


def test_a_revision_has_one_decision_and_only_one(world: World) -> None:
    def twice() -> None:
        world.decide()
        world.decide(number=901)

    assert "revision_id" in refusal(twice)
