from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

from core.search import DROP_SEARCH_SQL, SEARCH_SQL


class Migration(migrations.Migration):
    """What the tables of every app need of PostgreSQL: extensions, and the search in French and English."""

    initial = True
    dependencies = []
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(SEARCH_SQL, DROP_SEARCH_SQL),
    ]
