"""People and organisations."""

from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core import access
from core.history import GovernedQuerySet, History, never_deleted, protect_history
from core.record.erasure import display_name, is_erased
from core.record.guards import guard, refuse
from core.words.language import in_reader_language
from core.words.salutations import is_form_of_address
from roles.accounts.guards import LOOKS_LIKE_NO_OTHER
from roles.role_templates.models import Activity, ComparisonDimension, MethodPack, Responsibility, RoleTemplate

__all__ = [
    "Activity",
    "ComparisonDimension",
    "MethodPack",
    "Organisation",
    "Responsibility",
    "RoleTemplate",
    "User",
    "in_reader_language",
]


class Organisation(models.Model):
    name = models.CharField(_("name"), max_length=200, unique=True)

    objects = GovernedQuerySet["Organisation"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        triggers = never_deleted("An organisation")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def get_queryset(self) -> GovernedQuerySet["User"]:
        """Return a queryset that refuses bulk writes: accounts are saved one at a time."""
        return GovernedQuerySet(self.model, using=self._db)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account; without a password it cannot sign in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def installation(self) -> "User":
        """Return the account that signs automatic acts; nobody can sign in with it."""
        user = self.filter(email=INSTALLATION).first()
        return user or self.create_user(INSTALLATION, name="Ouvrage", is_active=False)


INSTALLATION = "installation@ouvrage.invalid"


KEEPS_ITS_KEY = guard(
    "keeps_its_key",
    pgtrigger.Update,
    f"""
    IF NEW.key <> OLD.key THEN
      {refuse("The key of an account never changes")}
    END IF;
    IF OLD.email = '{INSTALLATION}' AND NEW.email <> OLD.email THEN
      {refuse("The account of the installation keeps its address")}
    END IF;
    """,
)


#: The other administrators are locked, so that two of them cannot end each other's account at once.
KEEPS_AN_ADMINISTRATOR = guard(
    "keeps_an_administrator",
    pgtrigger.Update,
    f"""
    IF OLD.is_staff AND OLD.is_active AND NOT (NEW.is_staff AND NEW.is_active) THEN
      PERFORM FROM public.roles_user u WHERE u.is_staff AND u.is_active AND u.id <> OLD.id FOR UPDATE;
      IF NOT FOUND THEN
        {refuse("One administrator stays: the last account of an administrator is not closed")}
      END IF;
    END IF;
    """,
)


#: On closing and on opening: a session that was being signed in during the closing does not come back either. The texts
#: that the person did not send go with them.
ENDS_ITS_SESSIONS = pgtrigger.Trigger(
    name="ends_its_sessions",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    func="""
        IF NEW.is_active <> OLD.is_active THEN
          DELETE FROM public.account_session s WHERE s.account_id = NEW.id;
          DELETE FROM public.core_formdraft d WHERE d.account_id = NEW.id;
        END IF;
        RETURN NULL;
    """,
)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Deactivated when they leave, never deleted: decisions point to them.

    The account closes in the night after `last_day`; the person is absent from `absent_from` to `absent_until`: days in
    the time zone of the organisation. `stand_in` is whom others ask meanwhile, and gets no right by it.

    `key` identifies the person in the ledger; it reveals nothing once the account is erased.
    """

    ERASABLE = ("name", "email", "title", "organisation", "external_id")
    UNSEALED = ("password",)

    class Theme(models.TextChoices):
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    class Language(models.TextChoices):
        FRENCH = "fr", "Français"
        ENGLISH = "en", "English"

    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("full name"), max_length=150)
    title = models.CharField(_("title or position"), max_length=150, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("organisation")
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, blank=True)
    external_id = models.CharField(
        _("identifier in the directory"), max_length=255, blank=True, default="", db_default=""
    )
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, blank=True)
    single_keys = models.BooleanField(_("shortcuts of one key"), default=False, db_default=False)
    time_zone = models.CharField(_("time zone"), max_length=50, default=settings.TIME_ZONE)
    is_active = models.BooleanField(_("active"), default=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    absent_from = models.DateField(_("absent from"), null=True, blank=True)
    absent_until = models.DateField(_("absent until"), null=True, blank=True)
    stand_in = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who to ask meanwhile")
    )
    is_staff = models.BooleanField(_("administrator"), default=False)
    key = models.UUIDField(_("key in the ledger"), db_default=RandomUUID(), unique=True, editable=False)
    last_login = None  # a sign-in is not a change of the account

    objects = UserManager()
    history = History(excluded_fields=["password", "key"], m2m_fields=())

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="one_account_per_email_whatever_the_case"),
            models.CheckConstraint(
                condition=models.Q(is_active=True) | models.Q(last_day=None), name="a_closed_account_has_no_last_day"
            ),
            models.CheckConstraint(
                condition=models.Q(absent_from=None, absent_until=None, stand_in=None)
                | models.Q(
                    absent_from__isnull=False, absent_until__isnull=False, absent_until__gte=models.F("absent_from")
                ),
                name="an_absence_has_a_first_and_a_last_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(stand_in=models.F("id")) | models.Q(stand_in=None),
                name="nobody_stands_in_for_themselves",
            ),
            models.CheckConstraint(
                condition=~models.Q(email=INSTALLATION)
                | models.Q(
                    ("is_active", False), ("is_staff", False), ("is_superuser", False), ("password__startswith", "!")
                ),
                name="nobody_signs_in_as_the_installation",
            ),
        )
        triggers = [
            *never_deleted("An account"),
            KEEPS_ITS_KEY,
            KEEPS_AN_ADMINISTRATOR,
            ENDS_ITS_SESSIONS,
            LOOKS_LIKE_NO_OTHER,
        ]

    def __str__(self) -> str:
        return display_name(self.name) if is_erased(self.name) else f"{self.form_of_address} {self.name}".strip()

    @property
    def form_of_address(self) -> str:
        """Return the title where it is one that stands before a name, not that of a job."""
        return self.title if is_form_of_address(self.title) else ""

    @property
    def position(self) -> str:
        """Return the title and the organisation, as a list of people shows them beside the name."""
        return ", ".join(filter(None, (self.title, str(self.organisation or ""))))

    def get_full_name(self) -> str:
        """Return the name shown on records."""
        return str(self)

    def is_absent(self, on: date) -> bool:
        """Return whether the person is absent on a day."""
        return bool(self.absent_from and self.absent_until and self.absent_from <= on <= self.absent_until)

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether this is the password; unlike Django's, never store its hash anew: that is an act."""
        return check_password(raw_password, self.password)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return Django's answer, but give superusers no shortcut to our permissions (R1)."""
        if perm in access.all_permissions():
            return access.can(self, perm, obj)
        return super().has_perm(perm, obj)


protect_history(Organisation, User)
