from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

from core.sql.text_search import DROP_SEARCH_SQL, SEARCH_SQL


class Migration(migrations.Migration):
    """Install the PostgreSQL extensions of every app, and the search in French and English."""

    initial = True
    dependencies = []
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(SEARCH_SQL, DROP_SEARCH_SQL),
    ]
