"""Test the addresses that a process remembers."""

import pytest
from django.urls import NoReverseMatch, reverse

from core.words.addresses import address


def test_a_remembered_address_is_that_of_the_page_with_these_arguments() -> None:
    for _time in range(2):
        assert address("governance:inbox:inbox") == reverse("governance:inbox:inbox")
        for pk in (7, 8):
            assert address("governance:dossier:dossier", pk) == reverse("governance:dossier:dossier", args=[pk])


def test_an_unknown_page_has_no_address_and_is_asked_for_again() -> None:
    for _time in range(2):
        with pytest.raises(NoReverseMatch):
            address("governance:nowhere", 7)
