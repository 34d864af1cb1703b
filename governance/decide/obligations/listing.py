"""List of the obligations of a project, open or settled: columns, order and filters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.pages.lists.columns import Column, Control, act_link
from core.pages.lists.filters import Asked, Filter, read_filters
from core.pages.lists.pages import ComputedListing
from core.record.erasure import display_name, display_text
from core.templatetags.ui import role_badge
from governance.decide.obligations.ages import Freshness
from governance.decide.obligations.enums import Age, Standing
from governance.decide.obligations.missed import describe_occasions, find_together, is_missed
from governance.decide.obligations.models import Discharge
from governance.decide.obligations.queries import Obligation, Tenure
from projects.ledger.enums import label_of_act

#: Value of `standing` for late and to do, which is the usual one, and for all.
STILL_OPEN, EVERY = "open", "all"
#: Labels of filters where French writes many otherwise than one.
OF_MANY = {
    Standing.DONE: pgettext_lazy("obligations", "Fulfilled"),
    Standing.EXCUSED: pgettext_lazy("obligations", "Excused"),
}
STANDINGS = [
    (STILL_OPEN, pgettext_lazy("obligations", "Open")),
    *((standing.value, OF_MANY.get(standing, standing.label)) for standing in Standing),
    (EVERY, gettext_lazy("All")),
]


@dataclass(frozen=True)
class Row:
    """An obligation, the answer that settled it, the holders of its role, and what the reader may do.

    `more` are the later ones that its responsibility missed as well, in a list that folds them.
    """

    obligation: Obligation
    answer: Discharge | None
    tenures: list[Tenure]
    may_fulfil: bool
    may_excuse: bool
    more: tuple[Obligation, ...] = ()
    may_check: bool = False
    freshness: Freshness | None = None

    @property
    def may_act(self) -> bool:
        """Return whether the reader may do something."""
        return self.may_fulfil or self.may_excuse or self.may_check

    @property
    def pk(self) -> str:
        """Return what tells it from the others of its project."""
        return self.obligation.place

    @property
    def role(self) -> str:
        """Return the code of its role."""
        return self.obligation.role

    @property
    def act(self) -> str:
        """Return the act that settled it; empty without one."""
        return label_of_act(self.obligation.proof.act) if self.obligation.proof else ""

    @property
    def taken_over(self) -> list[Tenure]:
        """List the holders who took it over from somebody."""
        return [tenure for tenure in self.tenures if tenure.takes_over(self.obligation)]

    @property
    def occasions(self) -> str:
        """Return its occasion, or the periods missed."""
        return describe_occasions([self.obligation, *self.more])

    @property
    def holders(self) -> str:
        """Return the names of those who hold its role."""
        return ", ".join(str(display_name(tenure.mandate.holder.name)) for tenure in self.tenures)

    @property
    def evidence(self) -> str:
        """Return the evidence that was given, else the expected one."""
        if self.answer:
            document = self.answer.document.document.name if self.answer.document else ""
            return ", ".join(filter(None, map(str, map(display_text, (self.answer.note, document)))))
        return self.act or self.obligation.duty.evidence

    @property
    def evidence_url(self) -> str:
        """Return the page of the evidence and of every word on it."""
        return _address(self, "evidence")

    @property
    def words(self) -> str:
        """Return the text to search."""
        row = self.obligation
        return f"{row} {row.role} {row.occasion_label} {self.holders} {self.evidence}"


def read_standing(query: QueryDict) -> str:
    """Return the standing that the query string asks for, by default the open ones."""
    asked = query.get("standing", "")
    return asked if asked in {EVERY, *Standing.values} else STILL_OPEN


def has_standing(row: Obligation, standing: str) -> bool:
    """Return whether an obligation has this standing."""
    return row.is_open if standing == STILL_OPEN else standing in {EVERY, row.standing}


def build_listing(
    rows: Sequence[Row], query: QueryDict, roles: Sequence[tuple[str, str]], language: str
) -> tuple[ComputedListing, list[Row], Asked]:
    """Build the list of obligations that the query string asks for, by due date.

    Returns also the rows of every standing that match the other filters, and what is asked for.
    """
    asked = read_filters(query, [Filter("role", _("All roles"), roles)])
    matching, standing = asked.select(rows, lambda row: row.words), read_standing(query)
    shown = [row for row in matching if has_standing(row.obligation, standing)]
    listing = ComputedListing(
        rows=fold_missed(shown) if standing == STILL_OPEN and not asked.words else shown,
        columns=_list_columns(language),
        query=query,
        sort="due",
        size=50,
        chips=asked.chips,
        kept=("standing",),
        after=[Control(_("Act"), _render_acts)]
        if any(row.may_fulfil or row.may_excuse or row.may_check for row in rows)
        else [],
    )
    return listing, matching, asked


def fold_missed(rows: Iterable[Row]) -> list[Row]:
    """Fold the missed obligations of each responsibility into its first one."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        one = row.obligation
        key = (row.role, one.duty.code, *([] if is_missed(one) else [one.key]))
        found.setdefault(key, []).append(row)
    return [replace(first, more=tuple(row.obligation for row in more)) for first, *more in found.values()]


def _list_columns(language: str) -> list[Column]:
    def draw(template: str, row: Row) -> str:
        return render_to_string(template, {"row": row, "obligation": row.obligation, "language": language})

    return [
        Column(
            "duty",
            gettext_lazy("Responsibility"),
            lambda row: str(row.obligation),
            html=lambda row: draw("governance/decide/obligations/_duty.html", row),
            head=True,
            css="roomy",
            card=True,
        ),
        Column("role", gettext_lazy("Role"), lambda row: row.role, html=lambda row: role_badge(row.role), card=True),
        Column("holder", gettext_lazy("Holder"), lambda row: row.holders or None, usual=False),
        Column("occasion", gettext_lazy("Occasion"), lambda row: row.occasions, card=True),
        Column("due", gettext_lazy("Due"), lambda row: row.obligation.due_on, numeric=True, card=True),
        Column(
            "standing",
            gettext_lazy("State"),
            lambda row: str(row.obligation.standing.label),
            lambda row: Standing.values.index(row.obligation.standing),
            html=lambda row: draw("governance/decide/obligations/_standing.html", row),
            card=True,
        ),
        Column(
            "age",
            gettext_lazy("Last evidence"),
            lambda row: str(row.freshness.age.label) if row.freshness else None,
            lambda row: Age.values.index(row.freshness.age) if row.freshness else -1,
            html=lambda row: _render_age(row),
            usual=False,
        ),
        Column(
            "evidence",
            gettext_lazy("Evidence"),
            lambda row: row.evidence,
            html=lambda row: draw("governance/decide/obligations/_evidence.html", row),
            spare=True,
        ),
        Column("settled", gettext_lazy("Fulfilled on"), _settled_on, numeric=True, usual=False),
    ]


def _render_age(row: Row) -> str:
    return render_to_string("governance/decide/obligations/_age.html", {"freshness": row.freshness})


def _settled_on(row: Row) -> date | None:
    return row.obligation.settled_on


def _render_acts(row: Row) -> SafeString:
    """Render the links to what the reader may do."""
    of = f"{row.obligation.duty.code}, {row.occasions}"
    if row.more:
        missed = [row.obligation, *row.more]
        together = [
            *([(find_together(missed, "catch_up"), _("Fulfil all"))] if row.may_fulfil else []),
            *([(find_together(missed, "excuse_missed"), _("Excuse all"))] if row.may_excuse else []),
            (_find_each(row), _("Show each")),
        ]
        return format_html_join(" ", "{}", ((act_link(url, verb, of),) for url, verb in together))
    acts = [
        *([("fulfil", pgettext("obligation", "Fulfil"))] if row.may_fulfil else []),
        *([("check", pgettext("obligation", "Check"))] if row.may_check else []),
        *([("excuse", pgettext("obligation", "Excuse"))] if row.may_excuse else []),
    ]
    return format_html_join(" ", "{}", ((act_link(_address(row, name), verb, of),) for name, verb in acts))


def _find_each(row: Row) -> str:
    """Return the address of the list of each obligation of the responsibility."""
    address = reverse("governance:obligations:obligation_list", args=[row.obligation.project.code])
    return f"{address}?{urlencode({'role': row.role, 'q': row.obligation.duty.code})}"


def _address(row: Row, act: str) -> str:
    one = row.obligation
    names = [one.project.code, one.role, one.duty.code, one.key]
    return reverse(f"governance:obligations:obligation_{act}", args=names)
