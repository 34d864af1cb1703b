from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Check the constraint of the migration before on the rows that are there, without a long lock."""

    dependencies = [('projects', '0039_deadlines')]

    operations = [ValidateConstraint(model_name='organisationsettings', name='a_deadline_is_at_most_sixty_days')]
