"""Decision kind: adopt or retire named versions of standards."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.templatetags.ui import fingerprint
from governance.decide.kinds.base import CHANGED_SINCE, Change, Kind, Panel, Part, Place
from governance.decide.kinds.fields import ListTerm, Terms, TermsForm
from governance.decide.kinds.registry import kind_of, register
from pmo.standards.standards.content import with_content
from pmo.standards.standards.effects import (
    FIELD,
    NamedVersion,
    adopt,
    copy_version,
    get_adopted,
    parse_terms,
    resolve_versions,
    retire,
    term_of,
)
from pmo.standards.standards.enums import StandardState
from pmo.standards.standards.models import StandardVersion
from projects.models import Project
from roles.enums import DecisionKind
from roles.models import User

#: Term → required state of the named versions.
STATES = {"standards": StandardState.DRAFT, "retires": StandardState.ADOPTED}


class VersionsTerm(ListTerm):
    """Versions of standards, named by their exact content."""

    widget = forms.CheckboxSelectMultiple

    def display(self, text: str) -> str:
        return ", ".join(f"{code} ({_('version %(number)s') % {'number': n}})" for code, n, _sha in parse_terms(text))

    def in_record(self, text: str, at: datetime, project: Project) -> str:
        return ", ".join(f"{code}.{number} ({fingerprint(sha)})" for code, number, sha in parse_terms(text))


class StandardsForm(TermsForm):
    """Choose the versions to adopt and to retire."""

    standards = VersionsTerm(
        label=_("Versions to adopt"),
        required=False,
        help_text=_("Drafts of this library with a checkpoint. An adopted version takes the place of the one before."),
    )
    retires = VersionsTerm(
        label=_("Standards to retire"),
        required=False,
        help_text=_("They are no longer asked for from the day of the decision on."),
    )

    def __init__(self, data: Any = None, *, project: Project, initial: Terms | None = None) -> None:
        super().__init__(data, project=project, initial=initial)
        rows = with_content(StandardVersion.objects.filter(standard__project=project)).exclude(
            state=StandardState.RETIRED
        )
        versions = list(rows.order_by("standard__code", "number"))
        drafts = [version for version in versions if version.is_draft and version.checkpoints.all()]
        adopted = [version for version in versions if not version.is_draft]
        fields: Any = self.fields
        fields["standards"].choices = [_version_choice(version) for version in drafts]
        fields["retires"].choices = [_version_choice(version) for version in adopted]


def _version_choice(version: StandardVersion) -> tuple[str, str]:
    called = _("%(code)s, version %(number)s: %(title)s")
    about = {"code": version.standard.code, "number": version.number, "title": version.title}
    return term_of(version), called % about


class StandardPart(Part):
    """Effect: a version is in force; the field ends with the code of the standard."""

    field = FIELD.rstrip(":")
    subject = StandardVersion

    def describe(self, effect: Any) -> str:
        about = {"code": effect.field.removeprefix(FIELD), "number": effect.after or effect.before}
        if effect.after:
            return _("Standard adopted: %(code)s, version %(number)s") % about
        return _("Standard retired: %(code)s, version %(number)s") % about

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Retire an adopted version, or adopt a copy of a retired one, unless `decision` names a version itself.

        The copy is a new version with the same content: the days without it stay as they were.
        """
        version = StandardVersion.objects.select_related("standard").get(pk=effect.subject_id)
        if effect.after:
            if version.state == StandardState.ADOPTED:
                retire(version, actor)
                yield Change(version, effect.field, effect.after, "")
            return
        replaced = effect.decision_id != decision.pk
        if replaced and effect.field in kind_of(decision.proposal.kind).changed_by(decision.content):
            return
        if get_adopted(version):
            raise ValidationError(CHANGED_SINCE)
        again = copy_version(version)
        adopt(again, actor)
        yield Change(again, effect.field, "", str(again.number))


class StandardKind(Kind):
    """Adopts or retires exactly the named versions, in the library of the project (domain.md §6)."""

    evidence = _("The text of each standard, with its checkpoints and its document template.")
    form = StandardsForm
    parts: ClassVar[tuple[Part, ...]] = (StandardPart(),)

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require at least one version, each with its content unchanged since it was named."""
        terms = content.terms
        gaps = super().gaps(content, project)
        if not any(parse_terms(terms.get(name, "")) for name in STATES):
            return gaps | {"terms-standards": str(_("Choose the versions to adopt, or the standards to retire."))}
        grouped: dict[str, list[str]] = {}
        for name, sentence in _list_faults(project, terms):
            grouped.setdefault(f"terms-{name}", []).append(sentence)
        return gaps | {name: " ".join(sentences) for name, sentences in grouped.items()}

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """List the versions that were rewritten, adopted or retired since the proposal named them."""
        return [*super().obstacles(content, project), *(text for _name, text in _list_faults(project, content.terms))]

    def changes(self, terms: Terms) -> frozenset[str]:
        named_ones = ",".join(terms.get(name, "") for name in STATES)
        return super().changes(terms) | {f"{FIELD}{code}" for code, _number, _hash in parse_terms(named_ones)}

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Retire and adopt. Raise ValidationError when a version differs from its term."""
        terms = content.terms
        if faults := [sentence for _name, sentence in _list_faults(project, terms)]:
            raise ValidationError(faults)
        for version, before, after in _adopt_and_retire(project, terms, actor):
            yield Change(version, f"{FIELD}{version.standard.code}", before, after)
        yield from super().apply(project, content, actor)

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Say which workspaces an approval switches on below."""
        if place == Place.AFTER:
            named = resolve_versions(proposal.project, content.terms.get("standards", ""))
            if requiring := [one for one in named if one.version and one.version.is_draft and one.version.requires]:
                yield Panel("pmo/standards/standards/_required_workspaces.html", {"named": requiring})
        yield from super().panels(place, proposal, content)


def _adopt_and_retire(project: Project, terms: Terms, actor: User) -> Iterator[tuple[StandardVersion, str, str]]:
    """Adopt and retire the named versions; yield each with the number in force before and after, or ""."""
    for named in resolve_versions(project, terms.get("retires", "")):
        if named.version:
            retire(named.version, actor)
            yield named.version, str(named.number), ""
    for named in resolve_versions(project, terms.get("standards", "")):
        if named.version:
            earlier = get_adopted(named.version)
            if earlier:
                retire(earlier, actor)
                yield earlier, str(earlier.number), ""
            adopt(named.version, actor)
            yield named.version, "", str(named.number)


def _list_faults(project: Project, terms: Terms) -> Iterator[tuple[str, str]]:
    """Yield each term with the fault of a version that it names."""
    adopted: set[str] = set()
    for name, state in STATES.items():
        for named in resolve_versions(project, terms.get(name, "")):
            if sentence := _find_fault(named, state):
                yield name, sentence % {"version": named.reference}
            elif named.code in adopted:
                yield name, _("%(version)s: a standard is named once.") % {"version": named.reference}
            adopted.add(named.code)


def _find_fault(named: NamedVersion, state: StandardState) -> str:
    """Return the fault of a named version; empty when there is none."""
    if named.version is None:
        return str(_("%(version)s was rewritten since it was named, or is not in this library: choose it again."))
    if named.version.state != state:
        if state == StandardState.DRAFT:
            return str(_("%(version)s is no draft any more: only a draft is adopted."))
        return str(_("%(version)s is not in force: only what is in force is retired."))
    if not named.version.checkpoints.all():
        return str(_("%(version)s has no checkpoint yet. Describe how to check that it is followed."))
    return ""


register(StandardKind(DecisionKind.STANDARD_ADOPTION))
