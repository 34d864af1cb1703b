"""Role templates as plain dataclasses, for files, sealed copies of projects, comparisons and checks.

`Role`, `Duty` and `Line` mirror the rows of `models.py` without the database. `plain` and `read` convert them to and
from lists and maps of strings. The same content is thus exported, hashed, sealed and drawn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from typing import Any, Self

from core.words.language import in_reader_language
from roles.enums import Authority, Family, Nature
from roles.role_templates.models import Activity, Responsibility, RoleTemplate
from roles.role_templates.rhythms import Window, list_rhythms, name_rhythms

NATURES = tuple(Nature.values)


@dataclass(frozen=True)
class Line:
    """An activity: a line of the matrix."""

    code: str
    domain: str
    label_fr: str
    label_en: str
    kinds: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Return the label in the reader's language."""
        return in_reader_language(self.label_fr, self.label_en)


@dataclass(frozen=True)
class Duty:
    """A responsibility. `because` is the reason of a project for which it is no responsibility of this role template.

    `also` are its further rhythms, `days` the working days after an event in any of them. Periods count in the window
    of `from_gate`, `until_gate` and `months`. `rhythm_because` is the reason of a project for other rhythms than those
    of the template.
    """

    code: str
    label_fr: str
    label_en: str
    nature: str
    domains: tuple[str, ...]
    activities: tuple[str, ...]
    evidence_fr: str
    evidence_en: str
    recurrence: str
    because: str = ""
    family: str = ""
    days: str = ""
    receivers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    rhythm_because: str = ""
    from_gate: str = ""
    until_gate: str = ""
    months: str = ""

    @property
    def label(self) -> str:
        """Return the label in the reader's language."""
        return in_reader_language(self.label_fr, self.label_en)

    @property
    def evidence(self) -> str:
        """Return the expected evidence in the reader's language."""
        return in_reader_language(self.evidence_fr, self.evidence_en)

    @property
    def nature_label(self) -> str:
        """Return the nature in words."""
        return str(Nature(self.nature).label)

    @property
    def rhythms(self) -> tuple[str, ...]:
        """Return its rhythms, each once, the first one first."""
        return list_rhythms(self.recurrence, self.also)

    @property
    def window(self) -> Window:
        """Return the window in which its periods count."""
        return Window(self.from_gate, self.until_gate, self.months)

    @property
    def recurrence_label(self) -> str:
        """Return the rhythms in words."""
        return name_rhythms(self.rhythms, self.days, self.window)

    @property
    def family_label(self) -> str:
        """Return the family in words, or an empty string without one."""
        return str(Family(self.family).label) if self.family else ""


@dataclass(frozen=True)
class Role:
    """A role with its ordered duties. `dropped` maps codes of duties the project drops to the reason."""

    code: str
    version: int
    authority: str
    mandatory: bool
    name_fr: str
    name_en: str
    mission_fr: str
    mission_en: str
    represents_fr: str = ""
    represents_en: str = ""
    incompatible: tuple[str, ...] = ()
    duties: tuple[Duty, ...] = ()
    dropped: Mapping[str, str] = field(default_factory=dict)
    several: bool = False

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return in_reader_language(self.name_fr, self.name_en)

    @property
    def mission(self) -> str:
        """Return the mission in the reader's language."""
        return in_reader_language(self.mission_fr, self.mission_en)

    @property
    def decides(self) -> bool:
        """Return whether this is the role of the project owner."""
        return self.authority == Authority.DECIDES

    @property
    def advises(self) -> bool:
        """Return whether this role advises the owner."""
        return self.authority == Authority.ADVISES

    @property
    def receives(self) -> bool:
        """Return whether its holders speak for recipients."""
        return self.authority == Authority.RECEIVES

    @property
    def delivers(self) -> bool:
        """Return whether this is the role of the provider."""
        return self.authority == Authority.DELIVERS

    @property
    def takes_several(self) -> bool:
        """Return whether more than one person may hold this role at the same time."""
        return self.several or self.authority == Authority.RECEIVES

    def natures(self, activity: str) -> tuple[str, ...]:
        """Return the natures of the role in an activity, in the order of `Nature`; empty when it takes no part."""
        natures = {duty.nature for duty in self.duties if activity in duty.activities}
        return tuple(nature for nature in NATURES if nature in natures)


@dataclass(frozen=True)
class Matrix:
    """Responsibility matrix: roles × activities, with the natures of each role."""

    lines: tuple[Line, ...]
    roles: tuple[Role, ...]

    def role(self, code: str) -> Role | None:
        """Return the role with this code."""
        return next((role for role in self.roles if role.code == code), None)

    def powers(self) -> dict[str, dict[str, list[str]]]:
        """Return the kinds of proposal by role code and nature, sorted, without empty lists.

        These are the letters of the matrix as the permissions read them.
        """
        return {role.code: _powers(role, self.lines) for role in self.roles}

    def plain(self) -> dict[str, Any]:
        """Return maps, lists and strings."""
        return {"lines": [_plain(line) for line in self.lines], "roles": [_plain(role) for role in self.roles]}

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Self:
        """Return the matrix from the output of `plain`."""
        return cls(tuple(read(Line, line) for line in content["lines"]), tuple(_role(r) for r in content["roles"]))

    def receivers_of(self, role: Role, duty: Duty) -> tuple[str, ...]:
        """Return the roles that look at the evidence of a responsibility; the deciding role where it names none.

        A role that the matrix lacks is left out. Nobody looks at what the deciding role answers for itself.
        """
        receivers = tuple(code for code in duty.receivers if self.role(code))
        if receivers or role.decides:
            return receivers
        return tuple(other.code for other in self.roles if other.decides)

    def with_role(self, changed: Role) -> "Matrix":
        """Return a copy with `changed` instead of the role with its code, or after the others."""
        if self.role(changed.code) is None:
            return replace(self, roles=(*self.roles, changed))
        return replace(self, roles=tuple(changed if role.code == changed.code else role for role in self.roles))


def _powers(role: Role, lines: Iterable[Line]) -> dict[str, list[str]]:
    kinds_by_nature: dict[str, set[str]] = {}
    for line in lines:
        for nature in role.natures(line.code):
            kinds_by_nature.setdefault(nature, set()).update(line.kinds)
    return {nature: sorted(kinds) for nature, kinds in sorted(kinds_by_nature.items()) if kinds}


#: Fields added since the first release. They are left out where empty, so that earlier content keeps its hash.
ADDED_FIELDS = frozenset({"several", "family", "days", "receivers", "also", "rhythm_because", *Window._fields})


def _plain(value: Any) -> Any:
    """Convert dataclasses to maps; numbers and booleans to strings, as for all hashed content (RFC 8785)."""
    if hasattr(value, "__dataclass_fields__"):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items() if part or name not in ADDED_FIELDS}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def read[T](model: type[T], content: Mapping[str, Any]) -> T:
    """Build a dataclass from its map; missing fields keep their defaults. Raises TypeError without a required one."""
    names = _field_names(model)  # type: ignore[arg-type]
    return model(**{name: _convert(value) for name, value in content.items() if name in names})


@cache
def _field_names(model: type) -> frozenset[str]:
    return frozenset(field.name for field in fields(model))


def _convert(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _role(content: Mapping[str, Any]) -> Role:
    flags = {name: content.get(name) == "true" for name in ("mandatory", "several")}
    typed = {**content, **flags, "version": int(content["version"])}
    return replace(read(Role, typed), duties=tuple(read(Duty, duty) for duty in content["duties"]))


DUTY_FIELDS = tuple(field.name for field in fields(Duty) if field.name not in {"because", "rhythm_because"})
#: Fields of the rhythms of a responsibility.
RHYTHM_FIELDS = ("recurrence", "also", "days", *Window._fields)
ROLE_FIELDS = tuple(field.name for field in fields(Role) if field.name not in {"duties", "dropped"})


def line_of(activity: Activity) -> Line:
    """Return the line of an activity."""
    return Line(activity.code, activity.domain, activity.label_fr, activity.label_en, tuple(activity.kinds))


def duty_of(row: Responsibility) -> Duty:
    """Return the duty of a responsibility."""
    return read(Duty, {name: getattr(row, name) for name in DUTY_FIELDS})


def role_of(template: RoleTemplate) -> Role:
    """Return the role of a template, with its responsibilities in order (prefetch `responsibilities`)."""
    fields = {name: getattr(template, name) for name in ROLE_FIELDS}
    return replace(read(Role, fields), duties=tuple(duty_of(row) for row in template.responsibilities.all()))


def published_matrix(pack: str) -> Matrix:
    """Return the published roles of a pack over its activities, as a project copies them. Three queries."""
    roles = RoleTemplate.objects.filter(pack__code=pack).published().prefetch_related("responsibilities")
    lines = Activity.objects.filter(pack__code=pack).order_by("position", "code")
    return Matrix(tuple(line_of(row) for row in lines), tuple(role_of(template) for template in roles))
