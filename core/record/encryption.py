"""Encrypt secrets at rest, with one key for each purpose, derived from SECRET_KEY."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def encrypt(text: str, purpose: str) -> str:
    """Return the text encrypted with the key of `purpose`."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def decrypt(stored: str, purpose: str) -> str:
    """Return the text; empty when it was encrypted with another SECRET_KEY or for another purpose."""
    try:
        return _cipher(purpose).decrypt(stored.encode()).decode()
    except InvalidToken:
        return ""


def _cipher(purpose: str) -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=f"ouvrage {purpose}".encode()).derive(settings.SECRET_KEY.encode())
    return Fernet(urlsafe_b64encode(key))
