"""Search people by name, to give them a role."""

from django.db.models import Q, QuerySet

from roles.accounts.models import User

#: Words of a search that count; the fewest characters of one that finds people.
WORDS, SHORTEST = 5, 2


def find_people(text: str) -> QuerySet[User]:
    """Filter open accounts whose name, title or organisation holds each word of `text`, whatever its accents."""
    people = User.objects.filter(is_active=True).select_related("organisation")
    words = text.split()[:WORDS]
    if len("".join(words)) < SHORTEST:
        return people.none()
    for word in words:
        people = people.filter(
            Q(name__unaccent__icontains=word)
            | Q(title__unaccent__icontains=word)
            | Q(organisation__name__unaccent__icontains=word)
        )
    return people.order_by("name", "pk")
