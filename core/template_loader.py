"""Template loader that leaves the indentation of the source out of pages."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENTATION = re.compile(r"\n[ \t]+")


class DedentingLoader(filesystem.Loader):
    """Load templates without the indentation of their lines: a fifth of a page. Text mails keep theirs."""

    def get_contents(self, origin: Origin) -> str:
        """Return the source of a template, each line in its place."""
        source = super().get_contents(origin)
        return INDENTATION.sub("\n", source) if str(origin.name).endswith(".html") else source
