"""Steps of a sign-in by the provider, and why one fails."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Process(StrEnum):
    """What a person went to the provider for; kept in the session meanwhile."""

    SIGN_IN = "sign_in"
    LINK = "link"
    INVITATION = "invitation"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Failure:
    """Why the provider leads nowhere, and what one may do; `status` is that of the page."""

    title: Promise
    text: Promise
    status: int = 403


#: One sentence for every failed check of an address that an administrator entered: several would tell what answers
#: where in the network. The log of the server has the cause.
UNUSABLE = _(
    "The identity provider cannot be used as entered. Check the issuer. The cause is in the log of the server."
)

CANCELLED = Failure(
    _("The sign-in was not completed"),
    _("The identity provider says that it was cancelled or refused. Nothing has changed."),
)
EXPIRED = Failure(
    _("This sign-in has expired"),
    _("It took more than ten minutes, was used already, or was begun in another browser. Start again."),
)
UNREACHABLE = Failure(
    _("The identity provider does not answer"),
    _("Try again in a few minutes, or sign in with your password. Your administrator can check it."),
    503,
)
INVALID = Failure(
    _("The identity provider’s answer cannot be trusted"),
    _("It comes from another provider, was issued for another application, or is not signed as expected."),
)
NO_ACCOUNT = Failure(
    _("You have no account here yet"),
    _("Ask your administrator for an invitation. If you have an account, sign in with your password and link it."),
)
HAS_ACCOUNT = Failure(
    _("Your account is not linked yet"),
    _("Sign in with your password, then link the identity provider on your account page."),
)
CLOSED = Failure(
    _("Your account is closed"),
    _("You cannot sign in with it. Your administrator can tell you more."),
)
UNCONFIRMED = Failure(
    _("Confirm the link first"),
    _("Open the email that was sent when you linked the identity provider, and confirm it there."),
)
TAKEN = Failure(
    _("This identity is already linked"),
    _(
        "It belongs to another account. Check with whose name you are signed in at the identity provider. Nothing has "
        "changed."
    ),
)
OTHER_PERSON = Failure(
    _("Another person is signed in at the identity provider"),
    _("It did not confirm the person who is signed in here. Nothing was recorded."),
)
NO_LONGER_INVITED = Failure(
    _("The invitation link was used already"),
    _("It was used, replaced by a newer one, or is too old. Sign in, or ask for another invitation."),
)
