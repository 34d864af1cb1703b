"""Path converters for the codes in URLs."""

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


register_converter(CodeConverter, "code")
