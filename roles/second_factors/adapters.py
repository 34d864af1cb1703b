"""How secrets of code apps and recovery codes are stored: encrypted (core.record.encryption)."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken

from core.record.encryption import decrypt, encrypt

PURPOSE, ISSUER = "second factors", "Ouvrage"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def get_totp_issuer(self) -> str:
        """Return the name that the app shows."""
        return ISSUER

    def encrypt(self, text: str) -> str:
        """Return the text as it is stored."""
        return encrypt(text, PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the text. Raises InvalidToken when SECRET_KEY was another one: no code is made of an empty secret."""
        text = decrypt(encrypted_text, PURPOSE)
        if not text:
            raise InvalidToken
        return text

    def send_notification_mail(self, *args: Any, **options: Any) -> None:
        """Send nothing: acts on credentials tell their person."""
