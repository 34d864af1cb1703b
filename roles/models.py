"""The vocabulary: people, organisations, role templates and their responsibilities."""

from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from roles import access
from roles.enums import Authority, Domain, Nature, PublicationState
from roles.erasure import is_erased, signed
from roles.guards import guard, refuse
from roles.history import History, never_deleted, protect_history


def in_reader_language(french: str, english: str) -> str:
    """The one of two texts that is in the reader's language."""
    return french if (get_language() or "en").startswith("fr") else english


class Organisation(models.Model):
    name = models.CharField(_("name"), max_length=200, unique=True)

    history = History()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        triggers = never_deleted("An organisation")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account; without a password it cannot sign in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account that configures everything and decides nothing (R1)."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def installation(self) -> "User":
        """The account that signs what the installation does by itself; nobody can sign in with it."""
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
    """,
)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Deactivated when they leave, never deleted: decisions point to them.

    `key` stands for the person in the ledger: it says nothing about them once the account is erased.
    """

    ERASABLE = ("name", "email", "title", "organisation")

    class Theme(models.TextChoices):
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    class Language(models.TextChoices):
        FRENCH = "fr", "Français"
        ENGLISH = "en", "English"

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("full name"), max_length=150)
    title = models.CharField(_("title or position"), max_length=150, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("organisation")
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, blank=True)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, default="Europe/Paris")
    is_active = models.BooleanField(_("active"), default=True)
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
        constraints = (models.UniqueConstraint(Lower("email"), name="one_account_per_email_whatever_the_case"),)
        triggers = [*never_deleted("An account"), KEEPS_ITS_KEY]

    def __str__(self) -> str:
        return signed(self.name) if is_erased(self.name) else f"{self.title} {self.name}".strip()

    def get_full_name(self) -> str:
        """The name shown on records."""
        return str(self)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Like Django's, except that a permission of ours has no superuser short cut (R1)."""
        if perm in access.registered():
            return access.can(self, perm, obj)
        return super().has_perm(perm, obj)


KEEPS_ITS_AUTHORITY = guard(
    "keeps_its_authority_once_published",
    pgtrigger.Update,
    f"""
    IF OLD.state <> 'draft' AND (NEW.pack, NEW.code, NEW.version, NEW.authority)
       IS DISTINCT FROM (OLD.pack, OLD.code, OLD.version, OLD.authority) THEN
      {refuse("A published role keeps its code and its authority; publish another version")}
    END IF;
    """,
)


class RoleTemplate(models.Model):
    """A role as the organisation defines it, before any project: mission, authority, responsibilities."""

    pack = models.CharField(_("method pack"), max_length=20)
    code = models.CharField(_("code"), max_length=10)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=PublicationState, default=PublicationState.DRAFT)
    authority = models.CharField(_("authority"), max_length=10, choices=Authority)
    mandatory = models.BooleanField(_("mandatory"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    mission_fr = models.TextField(_("mission in French"))
    mission_en = models.TextField(_("mission in English"))

    history = History()

    class Meta:
        ordering = ("pack", "position", "code", "version")
        verbose_name = _("role template")
        verbose_name_plural = _("role templates")
        constraints = (
            models.UniqueConstraint(fields=["pack", "code", "version"], name="one_role_template_per_code_and_version"),
            models.UniqueConstraint(
                fields=["pack"],
                condition=Q(authority=Authority.DECIDES, state=PublicationState.PUBLISHED),
                name="one_published_role_decides_in_a_pack",
                violation_error_message=_("Another published role of this method pack already decides."),
            ),
            models.CheckConstraint(condition=Q(authority__in=Authority.values), name="a_role_has_a_known_authority"),
        )
        triggers = [*never_deleted("A role template"), KEEPS_ITS_AUTHORITY]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    @property
    def name(self) -> str:
        """Name in the reader's language."""
        return in_reader_language(self.name_fr, self.name_en)

    @property
    def decides(self) -> bool:
        """Whether this is the role of the project owner."""
        return self.authority == Authority.DECIDES

    @property
    def mission(self) -> str:
        """Mission in the reader's language."""
        return in_reader_language(self.mission_fr, self.mission_en)


class Responsibility(models.Model):
    """One thing a role answers for."""

    role = models.ForeignKey(RoleTemplate, models.CASCADE, related_name="responsibilities", verbose_name=_("role"))
    code = models.CharField(_("code"), max_length=20)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    label_fr = models.CharField(_("label in French"), max_length=200)
    label_en = models.CharField(_("label in English"), max_length=200)
    nature = models.CharField(_("nature"), max_length=10, choices=Nature)
    domains = ArrayField(models.CharField(max_length=20, choices=Domain), verbose_name=_("domains"))
    evidence_fr = models.CharField(_("expected evidence in French"), max_length=200)
    evidence_en = models.CharField(_("expected evidence in English"), max_length=200)

    history = History()

    class Meta:
        ordering = ("role", "position", "code")
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        constraints = (
            models.UniqueConstraint(fields=["role", "code"], name="one_responsibility_per_code_and_role"),
            models.CheckConstraint(condition=Q(nature__in=Nature.values), name="a_responsibility_has_a_known_nature"),
        )

    def __str__(self) -> str:
        return f"{self.code} · {self.label}"

    @property
    def label(self) -> str:
        """Label in the reader's language."""
        return in_reader_language(self.label_fr, self.label_en)

    @property
    def evidence(self) -> str:
        """Expected evidence in the reader's language."""
        return in_reader_language(self.evidence_fr, self.evidence_en)


protect_history(Organisation, User, RoleTemplate, Responsibility)
