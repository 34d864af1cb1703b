"""Template loader that leaves the layout of the source out of pages."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENTATION = re.compile(r"\n[ \t]+")
#: Tags that print nothing themselves.
SILENT = "if|elif|else|endif|for|empty|endfor|with|endwith|block|endblock|load|partialdef|endpartialdef"
#: Lines of nothing but such tags and comments.
SILENT_LINE = re.compile(rf"^((?:\{{% (?:{SILENT})\b(?:(?!%\}}).)*%\}}|\{{#.*?#\}})+)[ \t]*\n", re.MULTILINE)


class DedentingLoader(filesystem.Loader):
    """Load templates without indentation and without the ends of lines that print nothing: a quarter of a page.

    Text mails keep theirs. The lines of an error in a template are those of the shortened source.
    """

    def get_contents(self, origin: Origin) -> str:
        """Return the source of a template, shortened if it is a page."""
        source = super().get_contents(origin)
        return SILENT_LINE.sub(r"\1", INDENTATION.sub("\n", source)) if str(origin.name).endswith(".html") else source
