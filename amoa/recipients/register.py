"""Register of the recipient groups of a project."""

from typing import Any

from django import forms
from django.db.models import OuterRef, Q, Subquery
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from amoa.recipients.queries import annotate_groups, build_line, prefetch_seats
from core.pages.lists.columns import NOTHING, link
from core.pages.register.fields import Choice, Field, Filtered, Line, Listed, Prose
from core.pages.register.registers import Register, Searched, declare
from core.templatetags.ui import grouped
from projects.models import Mandate, RecipientGroup
from projects.seats.recipient_groups.enums import Attitude, Degree, InterestDegree

MOST_PEOPLE = 100_000_000
#: Values of the filter by what a group lacks.
SILENT, UNSERVED = "silent", "unserved"
LABELS = [(SILENT, _("Without a representative")), (UNSERVED, _("Without a requirement"))]
LACKS = {SILENT: Q(heard=False), UNSERVED: Q(served=0)}
#: Words of degrees in files.
DEGREES = {
    "low": "low|faible|bas|basse|limite|limitee",
    "medium": "medium|moyen|moyenne|modere|moderee",
    "high": "high|fort|forte|eleve|elevee|haut|haute",
}
EMPTY = _("Not specified yet")


class Size(Field):
    """Number of the people of a group."""

    def build(self) -> forms.Field:
        return forms.IntegerField(min_value=0, max_value=MOST_PEOPLE, **self.say())

    @property
    def is_numeric(self) -> bool:
        return True


def _find_speaker() -> Subquery:
    """Return a subquery of the first representative of a group, by name."""
    seats = Mandate.objects.active().filter(recipient_group=OuterRef("pk")).order_by("holder__name")
    return Subquery(seats.values("holder__name")[:1])


def _render_name(group: RecipientGroup, lang: str) -> SafeString:
    named = link(group.get_absolute_url(), group.name, lang=lang)
    if not group.place:
        return named
    return format_html('{}<br><span class="small muted" lang="{}">{}</span>', named, lang, group.place)


def _render_size(group: RecipientGroup, _lang: str) -> SafeString | str:
    return NOTHING if group.size is None else grouped(group.size)


def _render_attitude(group: RecipientGroup, _lang: str) -> SafeString | str:
    return render_to_string("amoa/recipients/_attitude.html", {"group": group}) if group.attitude else NOTHING


def _render_speakers(group: Any, _lang: str) -> SafeString:
    return render_to_string("amoa/recipients/_recipient_contacts.html", {"line": build_line(group)})


def _render_served(group: Any, _lang: str) -> SafeString | str:
    if group.served:
        return str(group.served)
    return format_html('<span class="small bad">{}</span>', gettext("none yet"))


class Recipients(Register):
    """Recipient groups, by name."""

    name = "recipients"
    title = _("Recipients")
    permission = "amoa.describe_group"
    list_url = "amoa:recipients:recipient_list"
    row_url = "amoa:recipients:recipient"
    grid_url = "amoa:recipients:recipients_grid"
    change_url = "amoa:recipients:recipients_change"
    undo_url = "amoa:recipients:recipients_undo"
    importer = "recipients"
    leads_on = True
    sort = tie = "name"
    size = 50
    searched = Searched(title="name", texts=("place", "practice", "accessibility", "languages"))
    typed = ("name", "size", "place", "practice", "interest", "influence", "attitude", "accessibility", "languages")
    columns = ("name", "place", "people", "attitude", "influence", "interest")
    fields = (
        Line(
            "name",
            _("Name"),
            max_length=100,
            missing=_("Name the group."),
            help_text=_("As project members call it: night patrols, not “users 2”."),
            listed=Listed(label=_("Group"), html=_render_name, head=True, card=True),
            headers="name|nom|group|groupe|recipients|destinataires|population|public|intitule",
        ),
        Size(
            "size",
            _("Number of people"),
            optional=True,
            listed=Listed(name="people", label=_("People"), html=_render_size),
            headers="size|number|headcount|effectif|effectifs|nombre|taille",
        ),
        Line(
            "place",
            _("Place"),
            optional=True,
            listed=Listed(usual=False),
            headers="place|site|lieu|localisation|location",
        ),
        Prose(
            "practice",
            _("Current practice"),
            rows=3,
            optional=True,
            help_text=_("How they work today, before the change."),
            listed=Listed(usual=False),
            headers="practice|pratique|pratique actuelle|usages|description",
        ),
        Choice(
            "interest",
            _("Interest"),
            of=InterestDegree,
            optional=True,
            empty=EMPTY,
            listed=Listed(usual=False),
            filtered=Filtered(_("Every interest")),
            headers="interest|interet",
            synonyms=DEGREES,
        ),
        Choice(
            "influence",
            _("Influence"),
            of=Degree,
            optional=True,
            empty=EMPTY,
            listed=Listed(usual=False),
            filtered=Filtered(_("Every influence")),
            headers="influence|pouvoir|power",
            synonyms=DEGREES,
        ),
        Choice(
            "attitude",
            _("Attitude"),
            of=Attitude,
            optional=True,
            empty=EMPTY,
            listed=Listed(html=_render_attitude, card=True),
            filtered=Filtered(_("Every attitude")),
            headers="attitude|position|adhesion",
        ),
        Prose(
            "accessibility",
            _("Accessibility needs"),
            rows=2,
            optional=True,
            help_text=_("What some of them need to read, hear or handle the result."),
            listed=Listed(name="access"),
            headers="accessibility|accessibilite|handicap",
        ),
        Line(
            "languages",
            _("Language needs"),
            optional=True,
            listed=Listed(usual=False),
            headers="languages|langues|langue",
        ),
        Field(
            "speak",
            _("Representatives"),
            listed=Listed(
                value=lambda group: ", ".join(sorted(seat.holder.name for seat in group.mandates.all())),
                sort=_find_speaker,
                html=_render_speakers,
            ),
        ),
        Field(
            "requirements",
            _("Requirements"),
            listed=Listed(value=lambda group: group.served, sort=lambda: "served", html=_render_served, numeric=True),
        ),
        Field("lack", _("Gaps"), filtered=Filtered(_("With and without gaps"), LABELS, LACKS.__getitem__)),
    )

    def list_of(self, project: Any) -> Any:
        return annotate_groups(project)

    def load(self, rows: Any) -> Any:
        return prefetch_seats(rows)

    def get_name(self, row: RecipientGroup) -> str:
        return row.name


RECIPIENTS = declare(Recipients())
