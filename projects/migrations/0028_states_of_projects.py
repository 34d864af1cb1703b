from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

STATES = [('draft', 'draft'), ('active', 'active'), ('suspended', 'suspended'), ('closed', 'closed'), ('abandoned', 'abandoned')]


class Migration(migrations.Migration):
    """A project may also be suspended or abandoned; no older row is."""

    dependencies = [('projects', '0027_check_notices_of_vacant_roles')]

    operations = [
        migrations.RemoveConstraint(model_name='project', name='a_project_has_a_known_state'),
        AddConstraintNotValid(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'active', 'suspended', 'closed', 'abandoned'])), name='a_project_has_a_known_state'),
        ),
    ]
