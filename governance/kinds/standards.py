"""What a proposal on standards needs, what may keep it from taking effect, and what its approval does."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from governance.kinds.forms import Terms
from governance.standards.adopting import Named, adopt, adopted_of, named, parts, retire
from governance.standards.enums import StandardState
from governance.standards.models import StandardVersion
from projects.models import Project

#: Term → the state of what it names.
STATES = {"standards": StandardState.DRAFT, "retires": StandardState.ADOPTED}


def lacking_in(project: Project, terms: Terms) -> dict[str, str]:
    """What is to be put right before a proposal with these terms is submitted: `terms-` and the term → a sentence."""
    if not any(parts(terms.get(name, "")) for name in STATES):
        return {"terms-standards": _("Choose the versions to adopt, or the standards to retire.")}
    found: dict[str, list[str]] = {}
    for name, sentence in _faults(project, terms):
        found.setdefault(f"terms-{name}", []).append(sentence)
    return {name: " ".join(sentences) for name, sentences in found.items()}


def undecidable(project: Project, terms: Terms) -> list[str]:
    """Why an approval of these terms could not take effect today, in sentences."""
    return [sentence for _name, sentence in _faults(project, terms)]


def _faults(project: Project, terms: Terms) -> Iterator[tuple[str, str]]:
    adopted: set[str] = set()
    for name, state in STATES.items():
        for one in named(project, terms.get(name, "")):
            if sentence := _fault(one, state):
                yield name, sentence % {"version": one.called}
            elif one.code in adopted:
                yield name, _("%(version)s: a standard is named once.") % {"version": one.called}
            adopted.add(one.code)


def _fault(one: Named, state: StandardState) -> str:
    """What is wrong with a version that is named, if anything."""
    if one.version is None:
        return _("%(version)s was rewritten since it was named, or is not in this library: choose it again.")
    if one.version.state != state:
        if state == StandardState.DRAFT:
            return _("%(version)s is no draft any more: only a draft is adopted.")
        return _("%(version)s is not in force: only what is in force is retired.")
    if not one.version.checkpoints.all():
        return _("%(version)s has no checkpoint yet: say how one sees that it is followed.")
    return ""


def adopt_and_retire(project: Project, terms: Terms) -> Iterator[tuple[StandardVersion, str, str]]:
    """Adopt and retire what `terms` name: each version changed, with the number in force before and after, or "".

    Raises ValidationError when something of it is not as it was named.
    """
    if faults := undecidable(project, terms):
        raise ValidationError(faults)
    for one in named(project, terms.get("retires", "")):
        if one.version:
            retire(one.version)
            yield one.version, str(one.number), ""
    for one in named(project, terms.get("standards", "")):
        if one.version:
            earlier = adopted_of(one.version)
            if earlier:
                retire(earlier)
                yield earlier, str(earlier.number), ""
            adopt(one.version)
            yield one.version, "", str(one.number)
