"""Give one's calendar an address, another one, or none. It shows what one reads: nothing of any project changes."""

from secrets import token_urlsafe

from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from governance.desk.calendar.models import CalendarFeed
from roles.models import User

#: Random bytes of an address.
BYTES = 32


def create_feed(*, person: User) -> CalendarFeed:
    """Give the calendar of `person` an address; the one before stops."""
    values = {"nonce": token_urlsafe(BYTES), "made_at": timezone.now()}
    return CalendarFeed.objects.update_or_create(person=person, defaults=values)[0]


def end_feed(*, person: User) -> None:
    """Stop the address of the calendar of `person`."""
    CalendarFeed.objects.filter(person=person).delete()


def build_feed_url(feed: CalendarFeed) -> str:
    """Return the address of a feed."""
    return reverse("governance:calendar:my_feed", args=[feed.person.key, _build_token(feed)])


def is_token_of(feed: CalendarFeed, token: str) -> bool:
    """Return whether the token opens this feed."""
    return constant_time_compare(token, _build_token(feed))


def _build_token(feed: CalendarFeed) -> str:
    message = f"{feed.person.key}:{feed.nonce}:{feed.person.password}"
    return salted_hmac("ouvrage.my_calendar", message, algorithm="sha256").hexdigest()
