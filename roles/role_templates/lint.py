"""Check the rules of a matrix (R3, R4, R8); each finding has a sentence on what to do.

The same findings stop a publication, mark the matrix of a project and appear in its launch checklist.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles.enums import MOST_RHYTHMS, PERIODIC, RHYTHMS, Authority, DecisionKind, Nature, Recurrence, decision_kinds
from roles.role_templates.content import Duty, Matrix, Role
from roles.role_templates.levels import PROJECT

RESPONSIBLE = (Nature.PROPOSE, Nature.PRODUCE)

#: Advising roles heard at each decision.
LEAST_HEARD = 2

#: Texts of a role and of a duty in two languages, by field name without the language suffix.
ROLE_TEXTS = ("name", "mission")
DUTY_TEXTS = ("label", "evidence")


class Rule(models.TextChoices):
    """The rule that a finding breaks."""

    ONE_DECIDES = "one_decides", gettext_lazy("exactly one role decides")
    NO_EMPTY_ROLE = "no_empty_role", gettext_lazy("no role without a responsibility")
    NO_DUPLICATE = "no_duplicate", gettext_lazy("each code once")
    TRANSLATED = "translated", gettext_lazy("both languages")
    DECIDES_ALONE = "decides_alone", gettext_lazy("only the deciding role decides")
    OWNER_PROPOSES = "owner_proposes", gettext_lazy("the deciding role does not propose")
    OWNER_ADVISES = "owner_advises", gettext_lazy("the deciding role does not advise")
    KNOWN = "known", gettext_lazy("every code is known")
    KNOWN_KIND = "known_kind", gettext_lazy("every kind of decision is known")
    RHYTHM = "rhythm", gettext_lazy("rhythms of a responsibility")
    ONE_KIND_ONE_LINE = "one_kind_one_line", gettext_lazy("each kind of decision in one activity")
    ONE_ACCOUNTABLE = "one_accountable", gettext_lazy("exactly one role accountable for each activity")
    NOT_ONLY_INFORMED = "not_only_informed", gettext_lazy("the deciding role is never only informed")
    SOMEONE_RESPONSIBLE = "someone_responsible", gettext_lazy("at least one role carries each activity")
    TWO_ADVICES = "two_advices", gettext_lazy("two advising roles heard at each kind of decision")
    NO_EMPTY_ROW = "no_empty_row", gettext_lazy("no activity without a role")


@dataclass(frozen=True)
class Finding:
    """A broken rule, its place and the remedy. `role` and `line` are codes, empty when not concerned."""

    rule: Rule
    sentence: str
    role: str = ""
    line: str = ""

    def __str__(self) -> str:
        return self.sentence


def findings(matrix: Matrix, level: str = PROJECT) -> list[Finding]:
    """Return all findings of a matrix; empty when it is valid.

    Above the projects a level decides some kinds only, each in one activity at most.
    """
    return [
        *_of_the_whole(matrix, level),
        *(f for role in matrix.roles for f in role_findings(role, matrix)),
        *_of_lines(matrix),
    ]


def line_findings(matrix: Matrix) -> list[Finding]:
    """Return the findings about activities."""
    return [finding for finding in (*_of_the_whole(matrix, PROJECT), *_of_lines(matrix)) if finding.line]


def role_findings(role: Role, matrix: Matrix) -> list[Finding]:
    """Return the findings of one role; `matrix` holds the activities and roles that exist."""
    return list(_of_role(role, matrix))


def _of_role(role: Role, matrix: Matrix) -> Iterator[Finding]:
    if not role.duties:
        sentence = _("%(role)s has no responsibility: add one, or leave the role out.") % {"role": role.code}
        yield Finding(Rule.NO_EMPTY_ROLE, sentence, role.code)
    for text in ROLE_TEXTS:
        if not all((getattr(role, f"{text}_fr"), getattr(role, f"{text}_en"))):
            sentence = _("Write the name and the mission of %(role)s in both languages.") % {"role": role.code}
            yield Finding(Rule.TRANSLATED, sentence, role.code)
            break
    for code, times in Counter(duty.code for duty in role.duties).items():
        if times > 1:
            sentence = _(
                "%(code)s is used %(times)s times in %(role)s. Enter a different code for each responsibility."
            )
            yield Finding(Rule.NO_DUPLICATE, sentence % {"code": code, "times": times, "role": role.code}, role.code)
    roles = {other.code for other in matrix.roles} | {role.code}
    for code in sorted(set(role.incompatible) - roles):
        sentence = _("%(role)s is incompatible with %(code)s, which is no role of this method. Remove it.")
        yield Finding(Rule.KNOWN, sentence % {"role": role.code, "code": code}, role.code)
    for duty in role.duties:
        yield from _of_duty(role, duty, {line.code for line in matrix.lines})


def _of_duty(role: Role, duty: Duty, lines: set[str]) -> Iterator[Finding]:
    about = {"code": duty.code, "role": role.code}
    if not all(getattr(duty, f"{text}_{language}") for text in DUTY_TEXTS for language in ("fr", "en")):
        sentence = _("Write the label and the evidence of %(code)s in both languages.") % about
        yield Finding(Rule.TRANSLATED, sentence, role.code)
    if duty.nature == Nature.DECIDE and not role.decides:
        sentence = _("%(code)s decides, and %(role)s does not: only the deciding role decides.") % about
        yield Finding(Rule.DECIDES_ALONE, sentence, role.code)
    if duty.nature == Nature.PROPOSE and role.decides:
        sentence = _("%(code)s proposes, and %(role)s decides. Select an advising role or the provider.") % about
        yield Finding(Rule.OWNER_PROPOSES, sentence, role.code)
    if duty.nature == Nature.ADVISE and role.decides:
        sentence = _("%(code)s advises, and %(role)s decides. The role that decides gives no opinion.") % about
        yield Finding(Rule.OWNER_ADVISES, sentence, role.code)
    yield from list_rhythm_findings(role, duty)
    for unknown in [code for code in duty.activities if code not in lines]:
        sentence = _("%(code)s names the activity %(unknown)s, which does not exist: choose another.")
        yield Finding(Rule.KNOWN, sentence % {**about, "unknown": unknown}, role.code)


def list_rhythm_findings(role: Role, duty: Duty) -> Iterator[Finding]:
    """Yield what does not go together in the rhythms of a responsibility."""
    about = {"code": duty.code}
    if len(duty.rhythms) != 1 + len(duty.also):
        sentence = _("%(code)s has the same rhythm twice. Choose each rhythm once.") % about
        yield Finding(Rule.RHYTHM, sentence, role.code)
    if len(duty.rhythms) > MOST_RHYTHMS or not set(duty.also) <= set(RHYTHMS) or _overlap(duty):
        sentence = _("%(code)s has rhythms that do not go together. Choose at most %(most)s that do.")
        yield Finding(Rule.RHYTHM, sentence % {**about, "most": MOST_RHYTHMS}, role.code)
    if (Recurrence.EVENT in duty.rhythms) != bool(duty.days):
        sentence = _("%(code)s: enter the working days after an event for that rhythm, and for no other.") % about
        yield Finding(Rule.RHYTHM, sentence, role.code)
    if any(duty.window) and not PERIODIC & set(duty.rhythms):
        sentence = _("%(code)s: enter gates and months only for what is due every week, month, quarter or year.")
        yield Finding(Rule.RHYTHM, sentence % about, role.code)
    if duty.until_gate and duty.until_gate <= duty.from_gate:
        sentence = _("%(code)s: the gate until which it is due comes after the gate from which it is.") % about
        yield Finding(Rule.RHYTHM, sentence, role.code)
    if duty.months and (duty.until_gate or not duty.from_gate):
        sentence = _("%(code)s: months count from a gate, and take the place of the gate until which it is due.")
        yield Finding(Rule.RHYTHM, sentence % about, role.code)


def _overlap(duty: Duty) -> bool:
    """Return whether one rhythm holds the occasions of another: each gate, and one gate."""
    one_gate = any(rhythm.startswith("at_") for rhythm in duty.rhythms)
    return one_gate and Recurrence.EACH_GATE in duty.rhythms


def _of_the_whole(matrix: Matrix, level: str) -> Iterator[Finding]:
    deciding = [role.code for role in matrix.roles if role.authority == Authority.DECIDES]
    if len(deciding) != 1:
        listed = ", ".join(deciding) or _("none")
        sentence = _("Exactly one role decides. Here: %(roles)s. Keep one.") % {"roles": listed}
        yield Finding(Rule.ONE_DECIDES, sentence)
    for code, times in Counter(role.code for role in matrix.roles).items():
        if times > 1:
            sentence = _("The role %(code)s is listed %(times)s times: keep one.") % {"code": code, "times": times}
            yield Finding(Rule.NO_DUPLICATE, sentence, code)
    for code, times in Counter(line.code for line in matrix.lines).items():
        if times > 1:
            sentence = _("The activity %(code)s is listed %(times)s times: keep one.") % {"code": code, "times": times}
            yield Finding(Rule.NO_DUPLICATE, sentence, line=code)
    covered = Counter(kind for line in matrix.lines for kind in line.kinds)
    known = dict(decision_kinds())
    needed = set(DecisionKind.values) if level == PROJECT else set()
    for kind, label in known.items():
        if covered[kind] > 1 or (kind in needed and not covered[kind]):
            sentence = _("The kind of decision “%(kind)s” is in %(times)s activities. Keep it in exactly one.")
            yield Finding(Rule.ONE_KIND_ONE_LINE, sentence % {"kind": label, "times": covered[kind]})
    for unknown in sorted(set(covered) - set(known)):
        yield Finding(Rule.KNOWN_KIND, _("“%(kind)s” is no kind of decision: take it out.") % {"kind": unknown})


def _of_lines(matrix: Matrix) -> Iterator[Finding]:
    for line in matrix.lines:
        about = {"line": line.label}
        if not (line.label_fr and line.label_en):
            sentence = _("Write the label of the activity %(line)s in both languages.") % {"line": line.code}
            yield Finding(Rule.TRANSLATED, sentence, line=line.code)
        cells = {role.code: role.natures(line.code) for role in matrix.roles}
        taking_part = {code: natures for code, natures in cells.items() if natures}
        if not taking_part:
            yield Finding(Rule.NO_EMPTY_ROW, _("“%(line)s” has no role: assign it.") % about, line=line.code)
            continue
        for role in matrix.roles:
            if role.decides and cells[role.code] == (Nature.INFORMED,):
                sentence = _("The role that decides is only informed of “%(line)s”: let it decide there.") % about
                yield Finding(Rule.NOT_ONLY_INFORMED, sentence, role.code, line.code)
        accountable = [code for code, natures in taking_part.items() if Nature.DECIDE in natures]
        if len(accountable) != 1:
            sentence = _("“%(line)s” needs exactly one accountable role, the owner. Here: %(roles)s.")
            listed = ", ".join(accountable) or _("none")
            yield Finding(Rule.ONE_ACCOUNTABLE, sentence % {**about, "roles": listed}, line=line.code)
        if line.kinds and not _hears_two(matrix, cells):
            sentence = _(
                "“%(line)s” leads to decisions heard by fewer than two advising roles, the author’s "
                "included. Select “gives an opinion” for two mandatory advising roles."
            )
            yield Finding(Rule.TWO_ADVICES, sentence % about, line=line.code)
        if not any(nature in RESPONSIBLE for natures in taking_part.values() for nature in natures):
            sentence = _("No role carries “%(line)s”. Select a role that proposes it or carries it out.") % about
            yield Finding(Rule.SOMEONE_RESPONSIBLE, sentence, line=line.code)


def _hears_two(matrix: Matrix, cells: Mapping[str, tuple[str, ...]]) -> bool:
    """Return whether two advising roles are heard in the activity, whichever role proposes.

    Mandatory roles with the letter “advises” are asked; an advising role that proposes is heard as the author.
    """
    advising = {role.code for role in matrix.roles if role.advises}
    asked = {
        role.code for role in matrix.roles if role.advises and role.mandatory and Nature.ADVISE in cells[role.code]
    }
    authors = [code for code, natures in cells.items() if Nature.PROPOSE in natures]
    return all(len(asked | ({author} & advising)) >= LEAST_HEARD for author in authors or [""])
