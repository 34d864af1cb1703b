from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Check the constraints of the migration before on the rows that are there, without a long lock."""

    dependencies = [('governance', '0007_lapse_of_conditions')]

    operations = [
        ValidateConstraint(model_name='condition', name='a_lifted_condition_says_when_and_by_whom'),
        ValidateConstraint(model_name='condition', name='a_condition_lapses_in_a_known_way'),
        ValidateConstraint(model_name='proposal', name='a_proposal_has_a_known_state'),
    ]
