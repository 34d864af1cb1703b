"""Apply and undo the changes of an approval inside the act of deciding, and record them as effects."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from core.acts import act_time
from core.record.sealing import content_hash
from governance.decide.decisions.models import Decision, Effect
from governance.decide.kinds import registry
from governance.decide.kinds.base import Change
from governance.decide.kinds.registry import kind_of
from roles.models import User


class CannotTakeEffect(Exception):
    """The project has changed, so the approval can no longer be applied; `messages` give the reasons."""

    def __init__(self, error: ValidationError) -> None:
        super().__init__(" ".join(error.messages))
        self.messages = error.messages


def apply_decision(decision: Decision, actor: User) -> list[Effect]:
    """Apply the option taken to the project and record the effects. Raises CannotTakeEffect."""
    if decision.changes_nothing:
        return []
    proposal = decision.proposal
    return _record_effects(decision, kind_of(proposal.kind).apply(proposal.project, decision.content, actor))


def undo_effect(effect: Effect, decision: Decision, actor: User) -> list[Effect]:
    """Undo one effect of the decision that `decision` replaces. Raises CannotTakeEffect."""
    return _record_effects(decision, registry.undo(effect, decision, actor))


def _record_effects(decision: Decision, changes: Iterable[Change]) -> list[Effect]:
    """Run `changes` and record an effect for each. Raises CannotTakeEffect."""
    try:
        done = list(changes)
    except ValidationError as error:
        raise CannotTakeEffect(error) from error
    return [
        Effect.objects.create(
            decision=decision,
            subject=change.subject._meta.label_lower,
            subject_id=change.subject.pk,
            field=change.field,
            before=change.before,
            after=change.after,
            acted_at=act_time(),
        )
        for change in done
    ]


def effects_hash(decision: Decision, changed: list[Effect]) -> str:
    """Return the salted hash of the effects; empty when nothing changed."""
    written = [[e.subject, str(e.subject_id), e.field, e.before, e.after] for e in changed]
    return content_hash({"salt": decision.salt, "effects": written}) if written else ""
