"""Private key of the notary: one file that only the notary can read."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key


class KeyRefused(Exception):
    """The key is unusable; the message gives the reason."""


def make(path: Path) -> Ed25519PrivateKey:
    """Create a new key in a new file. Raises FileExistsError when the file exists."""
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def load(path: Path) -> Ed25519PrivateKey:
    """Load the key. Raises KeyRefused when the file is missing, no Ed25519 key, or readable by others."""
    try:
        others = path.stat().st_mode & 0o077
        text = path.read_bytes()
        key = load_pem_private_key(text, None)
    except OSError as error:
        raise KeyRefused(f"the key cannot be read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise KeyRefused("the file holds no private key without a password") from error
    if others:
        raise KeyRefused(f"others can read {path.name}: give it to the notary alone (chmod 600)")
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused("the key is not an Ed25519 key")
    return key


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """Return the 32 bytes of the public key."""
    return key.public_key().public_bytes_raw()


def next_key_path(path: Path) -> Path:
    """Return the path of the next key, until it is announced."""
    return path.with_name(f"{path.name}.next")
