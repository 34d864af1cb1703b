"""The words of a level in templates.

{{ _("Facts of the project")|said_of:project }}                        “Facts of the portfolio” of a portfolio
{% filter said_of:project %}{% blocktranslate … %}{% endfilter %}       likewise, where no text of a person stands in it
"""

from django import template

from projects.project.words import say_of

register = template.Library()
register.filter("said_of", say_of)
