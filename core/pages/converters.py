"""Path converters for the codes and fingerprints in URLs."""

from django.urls import register_converter


class CodeConverter:
    """Match a code of capitals, digits and hyphens, such as that of a project."""

    regex = "[A-Z0-9-]{1,20}"

    def to_python(self, value: str) -> str:
        """Return the code unchanged."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code unchanged."""
        return value


class FingerprintConverter(CodeConverter):
    """Match a SHA-256 in hexadecimal."""

    regex = "[0-9a-f]{64}"


register_converter(CodeConverter, "code")
register_converter(FingerprintConverter, "fingerprint")
