"""Addresses of pages that a page names many times: a list in each row, the menu thirty times."""

from functools import lru_cache

from django.urls import reverse

#: Addresses that a process remembers.
REMEMBERED = 8192


@lru_cache(REMEMBERED)
def address(view: str, *args: str | int) -> str:
    """Return the address of a page, which depends on its arguments alone; to reverse it takes longer than its row."""
    return reverse(view, args=args)
