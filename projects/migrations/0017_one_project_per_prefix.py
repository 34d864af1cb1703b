from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0016_index_of_prefixes")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE projects_project"
                    " ADD CONSTRAINT one_project_per_prefix UNIQUE USING INDEX one_project_per_prefix",
                    migrations.RunSQL.noop,
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="project",
                    constraint=models.UniqueConstraint(
                        fields=("prefix",),
                        name="one_project_per_prefix",
                        violation_error_message="This prefix is already used. Enter another prefix.",
                    ),
                ),
            ],
        ),
    ]
