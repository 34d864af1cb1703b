"""Parts of addresses that only ever hold what a record could be called."""

from django.urls import register_converter


class CodeConverter:
    """A code in capitals, digits and hyphens, such as that of a project."""

    regex = "[A-Z0-9-]{1,20}"

    def to_python(self, value: str) -> str:
        """The code as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The code as it stands."""
        return value


register_converter(CodeConverter, "code")
