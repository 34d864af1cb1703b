"""Credentials of people: what proves each of them, by whom and when it was given, and from when it counts."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from core.history import GovernedQuerySet, History, never_deleted, protect_history
from projects.event_guards import leaves_an_event
from projects.ledger.services import lock_organisation
from projects.people.credentials.counting import CONSENT, Due, WaitsFor
from projects.people.credentials.enums import IDENTIFIED_KINDS, SINGLE_KINDS, CredentialKind, Origin
from projects.people.credentials.guards import COUNTS_AS_COME_BY, ONLY_CONFIRMED_AND_ENDED, TELLS_ITS_KEY_IN_ITS_EVENT
from roles.models import User


class CredentialQuerySet(GovernedQuerySet["Credential"]):
    def living(self) -> "CredentialQuerySet":
        """Filter credentials that were not ended."""
        return self.filter(ended_at=None)

    def with_standing(self) -> "CredentialQuerySet":
        """Annotate what each waits for and since when time alone would be enough, so that no row asks for it."""
        now = act_time()
        span = models.ExpressionWrapper(F("counts_from") - F("given_at"), models.DurationField())
        known = {"lacks": WaitsFor(F("pk"), now), "due_at": Due(F("person"), F("given_at"), span)}
        annotated: CredentialQuerySet = self.annotate(**known)
        return annotated

    def counting(self) -> "CredentialQuerySet":
        """Filter living credentials that count now."""
        waits = WaitsFor(F("pk"), act_time())
        return self.living().filter(confirmed_at__isnull=False).alias(waits_for=waits).filter(waits_for=None)


class Credential(models.Model):
    """A credential of a person; it holds no secret.

    It counts once `confirmed_at` is set and it waits for nothing more (counting.py): `counts_from` is past, where time
    is enough; else `proved_at` is set, by another factor of its person (`proof`), `vouched_at`, since enough people
    vouched after its person asked at `asked_at` (projects.people.vouching), or `alone_at`, since there is nobody to
    vouch. `needs_consent` is false on credentials from before ADR 50. `proof` of one that was added names the factor
    that had just proved the session.

    `name` is what its person calls it, until it ends. `public_key` and `credential_id` are those of a passkey; of a
    provider, `credential_id` is a hash of its issuer and of the person there.
    """

    UNSEALED = ("name",)

    person = models.ForeignKey(User, models.PROTECT, related_name="credentials", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=20, choices=CredentialKind)
    origin = models.CharField(_("origin"), max_length=20, choices=Origin)
    name = models.CharField(_("name"), max_length=100, blank=True)
    given_at = models.DateTimeField(_("given"))
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("given by"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    counts_from = models.DateTimeField(_("counts from"))
    asked_at = models.DateTimeField(_("vouch asked"), null=True, blank=True)
    vouched_at = models.DateTimeField(_("vouched for"), null=True, blank=True)
    needs_consent = models.BooleanField(_("needs consent"), default=False, db_default=False)
    proof = models.CharField(
        _("proved with"), max_length=20, choices=CredentialKind, blank=True, default="", db_default=""
    )
    proved_at = models.DateTimeField(_("proved"), null=True, blank=True)
    alone_at = models.DateTimeField(_("counts without a second person since"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    public_key = models.BinaryField(_("public key"), null=True, blank=True)
    credential_id = models.BinaryField(_("identifier of the passkey or of the person"), null=True, blank=True)

    objects = CredentialQuerySet.as_manager()
    history = History(excluded_fields=["name"])

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=CredentialKind.values), name="a_credential_has_a_known_kind"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="a_credential_has_a_known_origin"),
            models.CheckConstraint(
                condition=Q(kind=CredentialKind.PASSKEY, public_key__isnull=False, credential_id__isnull=False)
                | Q(kind=CredentialKind.PROVIDER, public_key=None, credential_id__isnull=False)
                | ~Q(kind__in=IDENTIFIED_KINDS) & Q(public_key=None, credential_id=None),
                name="a_passkey_has_its_public_key",
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(ended_at=None, kind__in=SINGLE_KINDS),
                name="one_living_credential_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["credential_id"], condition=Q(ended_at=None), name="a_passkey_is_one_persons"
            ),
        )
        indexes = (models.Index(fields=["person"], condition=Q(ended_at=None), name="living_credentials"),)
        triggers = [
            *never_deleted("A credential"),
            COUNTS_AS_COME_BY,
            ONLY_CONFIRMED_AND_ENDED,
            TELLS_ITS_KEY_IN_ITS_EVENT,
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.get_kind_display(), self.name)))

    @property
    def counts(self) -> bool:
        """Return whether it counts now."""
        return self.ended_at is None and self.confirmed_at is not None and not self.waits

    @cached_property
    def lacks(self) -> str | None:
        """Return what it waits for beside the mailbox: consent, time or nothing. One query without `with_standing`."""
        found: str | None = Credential.objects.with_standing().get(pk=self.pk).__dict__["lacks"]
        return found

    @cached_property
    def due_at(self) -> datetime:
        """Return the instant from which time is enough, absences left out. One query without `with_standing`."""
        found: datetime = Credential.objects.with_standing().get(pk=self.pk).__dict__["due_at"]
        return found

    @property
    def waits(self) -> bool:
        """Return whether it waits for time or for consent."""
        return self.lacks is not None

    @property
    def needs_vouches(self) -> bool:
        """Return whether it waits for consent, however long."""
        return self.lacks == CONSENT

    def locked(self) -> "Credential":
        """Return the fresh credential with its person, locked after the organisation until the act ends."""
        lock_organisation()
        return Credential.objects.select_for_update(of=("self",)).select_related("person").get(pk=self.pk)


protect_history(Credential)
