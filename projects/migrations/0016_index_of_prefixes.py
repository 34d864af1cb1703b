from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # the index is built while people work; the next migration makes it a constraint
    dependencies = [("projects", "0015_check_reminders_of_obligations")]

    operations = [
        migrations.RunSQL(
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS one_project_per_prefix ON projects_project (prefix)",
            "DROP INDEX CONCURRENTLY IF EXISTS one_project_per_prefix",
        ),
    ]
