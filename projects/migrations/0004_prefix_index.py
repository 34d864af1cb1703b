from django.db import migrations

# Written before the release as these, which databases of that time have applied.
WAS = [
    '0016_index_of_prefixes',
]


class Migration(migrations.Migration):
    atomic = False  # the index is built while people work; the next migration makes it a constraint
    replaces = [('projects', name) for name in WAS]
    dependencies = [
        ('projects', '0003_settings_credentials_seals'),
    ]
    operations = [
        migrations.RunSQL("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS one_project_per_prefix ON projects_project (prefix)"),
    ]
