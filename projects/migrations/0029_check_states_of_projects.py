from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Check the constraint of the migration before on the rows that are there, without a long lock."""

    dependencies = [('projects', '0028_states_of_projects')]

    operations = [ValidateConstraint(model_name='project', name='a_project_has_a_known_state')]
