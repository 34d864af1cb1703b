"""Settings of the organisation: one row that administrators change, and the logos it showed."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import GovernedQuerySet, History, insert_only, never_deleted, protect_history
from projects.organisation_settings.enums import Holidays, ProviderKind, SecondFactor
from projects.organisation_settings.guards import CARRIES_ITS_BYTES, CHANGED_BY_AN_ADMINISTRATOR, HAS_A_KNOWN_ZONE
from roles.models import User

#: Key of the only row.
ONLY = 1
#: Media types of a logo, which every browser and the PDF can draw.
LOGO_TYPES = ("image/png", "image/jpeg")
#: Days of the longest deadline.
MOST_DAYS = 60
QUOTED = re.compile(r'[\\"]')


class LogoManager(models.Manager["Logo"]):
    def get_queryset(self) -> models.QuerySet["Logo"]:
        """Defer the bytes; pages need only the address."""
        return super().get_queryset().defer("content")


class Logo(models.Model):
    """A picture that stands for the organisation. Immutable: records keep the one of their day."""

    sha256 = models.CharField(_("fingerprint"), max_length=64, unique=True)
    media_type = models.CharField(_("type"), max_length=20)
    content = models.BinaryField(_("content"))

    objects = LogoManager()

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")
        constraints = (
            models.CheckConstraint(condition=Q(media_type__in=LOGO_TYPES), name="a_logo_is_a_png_or_a_jpeg"),
        )
        triggers = [*insert_only("A logo"), CARRIES_ITS_BYTES]

    def __str__(self) -> str:
        return self.sha256

    def get_absolute_url(self) -> str:
        """Return the address of the picture."""
        return reverse("projects:organisation_settings:logo", args=[self.sha256])


class OrganisationSettings(models.Model):
    """Settings of the organisation. Without a row the defaults hold (queries.organisation)."""

    name = models.CharField(_("name of the organisation"), max_length=200, blank=True)
    logo = models.ForeignKey(Logo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo"))
    language = models.CharField(_("language"), max_length=2, choices=User.Language, default=User.Language.FRENCH)
    time_zone = models.CharField(_("time zone"), max_length=50, default=settings.TIME_ZONE)
    holidays = models.CharField(_("public holidays"), max_length=10, choices=Holidays, default=Holidays.FRANCE)
    own_holidays = ArrayField(models.DateField(), default=list, blank=True, verbose_name=_("dates without work"))
    sender_name = models.CharField(_("name of the sender"), max_length=100, blank=True)
    sender_address = models.EmailField(_("address of the sender"), blank=True)
    publisher = models.TextField(_("publisher"), blank=True, default="", db_default="")
    host = models.TextField(_("host"), blank=True, default="", db_default="")
    legal_contact = models.EmailField(_("contact address"), blank=True, default="", db_default="")
    credential_hours = models.PositiveSmallIntegerField(
        _("Hours before a new credential counts"), default=24, db_default=24, validators=[MaxValueValidator(168)]
    )
    # Provider by which people sign in (projects/people/sign_in_provider). The secret is encrypted, and in no history.
    provider_kind = models.CharField(
        _("Kind of identity provider"),
        max_length=20,
        choices=ProviderKind,
        default=ProviderKind.OPENID_CONNECT,
        db_default=ProviderKind.OPENID_CONNECT,
    )
    provider_issuer = models.CharField(_("Issuer"), max_length=300, blank=True, default="", db_default="")
    provider_client_id = models.CharField(_("Client identifier"), max_length=190, blank=True, default="", db_default="")
    provider_secret = models.TextField(_("Client secret"), blank=True, default="", db_default="")
    provider_name = models.CharField(_("Name on the button"), max_length=40, blank=True, default="", db_default="")
    provider_domain = models.CharField(
        _("Domain for new accounts"), max_length=253, blank=True, default="", db_default=""
    )
    # Whether the issuer has answered its check. Until then nobody is sent there.
    provider_checked = models.BooleanField(_("Identity provider checked"), default=False, db_default=False)
    provider_own_factor = models.BooleanField(
        _("Ask for an Ouvrage credential before a personal act"), default=True, db_default=True
    )
    signed_decisions = models.BooleanField(_("Decisions signed with a passkey"), default=False, db_default=False)
    second_factor = models.CharField(
        _("Second factor required of"),
        max_length=10,
        choices=SecondFactor,
        default=SecondFactor.NOBODY,
        db_default=SecondFactor.NOBODY,
    )
    # Keys of roles (`RoleTemplate.key`), in all their versions.
    second_factor_roles = ArrayField(
        models.CharField(max_length=31),
        default=list,
        db_default=Value([], ArrayField(models.CharField(max_length=31))),
        blank=True,
        verbose_name=_("Roles that require a second factor"),
    )
    # Weather of projects: limits from which an aspect is cloudy, then stormy.
    delay_cloudy = models.PositiveSmallIntegerField(_("Delay, cloudy from (days)"), default=8)
    delay_stormy = models.PositiveSmallIntegerField(_("Delay, stormy from (days)"), default=42)
    cost_cloudy = models.PositiveSmallIntegerField(_("Cost, cloudy from (% of the budget)"), default=101)
    cost_stormy = models.PositiveSmallIntegerField(_("Cost, stormy from (% of the budget)"), default=110)
    scope_cloudy = models.PositiveSmallIntegerField(
        _("Scope, cloudy below (% of must-have requirements)"), default=90, validators=[MaxValueValidator(100)]
    )
    scope_stormy = models.PositiveSmallIntegerField(
        _("Scope, stormy below (% of must-have requirements)"), default=70, validators=[MaxValueValidator(100)]
    )

    # State of a portfolio: part of its budget under storm from which it is watched, then alarms.
    storm_watch = models.PositiveSmallIntegerField(
        _("Budget under storm, to watch from (%)"), default=10, db_default=10, validators=[MaxValueValidator(100)]
    )
    storm_alert = models.PositiveSmallIntegerField(
        _("Budget under storm, alert from (%)"), default=25, db_default=25, validators=[MaxValueValidator(100)]
    )

    # Deadlines, in days; `list_days` counts working days.
    opinion_days = models.PositiveSmallIntegerField(_("Days to give an opinion"), default=10, db_default=10)
    answer_days = models.PositiveSmallIntegerField(_("Days to decide, as a goal"), default=10, db_default=10)
    list_days = models.PositiveSmallIntegerField(_("Working days to record a decision"), default=5, db_default=5)

    objects = GovernedQuerySet["OrganisationSettings"].as_manager()
    history = History(excluded_fields=["provider_secret"])

    class Meta:
        verbose_name = _("settings of the organisation")
        verbose_name_plural = _("settings of the organisation")
        constraints = (
            models.CheckConstraint(condition=Q(id=ONLY), name="there_is_one_row_of_settings"),
            models.CheckConstraint(
                condition=Q(provider_kind__in=ProviderKind.values), name="a_provider_is_of_a_known_kind"
            ),
            models.CheckConstraint(condition=Q(credential_hours__lte=168), name="a_credential_waits_a_week_at_most"),
            models.CheckConstraint(
                condition=Q(language__in=User.Language.values), name="the_organisation_has_a_known_language"
            ),
            models.CheckConstraint(condition=Q(holidays__in=Holidays.values), name="holidays_are_of_a_known_calendar"),
            models.CheckConstraint(
                condition=Q(second_factor__in=SecondFactor.values), name="a_second_factor_is_required_of_known_people"
            ),
            models.CheckConstraint(
                condition=Q(holidays=Holidays.OWN) | Q(own_holidays=[]), name="own_dates_belong_to_an_own_calendar"
            ),
            models.CheckConstraint(
                condition=Q(
                    delay_stormy__gte=F("delay_cloudy"),
                    cost_stormy__gte=F("cost_cloudy"),
                    scope_stormy__lte=F("scope_cloudy"),
                    scope_cloudy__lte=100,
                ),
                name="a_storm_is_worse_than_clouds",
            ),
            models.CheckConstraint(
                condition=Q(storm_alert__gte=F("storm_watch"), storm_alert__lte=100),
                name="an_alert_is_worse_than_a_watch",
            ),
            models.CheckConstraint(
                condition=Q(
                    opinion_days__range=(1, MOST_DAYS),
                    answer_days__range=(2, MOST_DAYS),
                    list_days__range=(1, MOST_DAYS),
                ),
                name="a_deadline_is_at_most_sixty_days",
            ),
        )
        triggers = [*never_deleted("The settings"), HAS_A_KNOWN_ZONE, CHANGED_BY_AN_ADMINISTRATOR]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        """Save as the only row."""
        self.pk = ONLY
        super().save(*args, **options)

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def requires_factors(self) -> bool:
        """Return whether a second factor is required of anybody."""
        return self.second_factor != SecondFactor.NOBODY or bool(self.second_factor_roles)

    @property
    def sender(self) -> str:
        """Return the sender of mails as `"Name" <address>`; empty when the one of the environment is used."""
        if not self.sender_address:
            return ""
        name = QUOTED.sub("", self.sender_name)
        return f'"{name}" <{self.sender_address}>' if name else self.sender_address


protect_history(OrganisationSettings)
