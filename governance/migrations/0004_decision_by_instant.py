from django.db import migrations, models

NAME = 'decision_by_instant'


class Migration(migrations.Migration):
    """Build the index outside a transaction, so that decisions are taken meanwhile; again, if it was cut short."""

    atomic = False
    dependencies = [
        ('governance', '0003_validate_constraints'),
    ]
    operations = [
        migrations.RunSQL(
            [
                f'DROP INDEX CONCURRENTLY IF EXISTS {NAME}',
                f'CREATE INDEX CONCURRENTLY IF NOT EXISTS {NAME} ON governance_decision (project_id, acted_at)',
            ],
            f'DROP INDEX CONCURRENTLY IF EXISTS {NAME}',
            state_operations=[
                migrations.AddIndex('decision', models.Index(fields=['project', 'acted_at'], name=NAME)),
            ],
        ),
    ]
