from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

# Written before the release as these, which databases of that time have applied.
WAS = [
    '0008_check_lapse_of_conditions',
]


class Migration(migrations.Migration):
    """Validate in a transaction of its own, so that readers do not wait."""

    replaces = [('governance', name) for name in WAS]
    dependencies = [
        ('governance', '0002_signatures_disputes_grounds'),
    ]
    operations = [
        ValidateConstraint(model_name='proposal', name='a_proposal_has_a_known_state'),
        ValidateConstraint(model_name='condition', name='a_lifted_condition_says_when_and_by_whom'),
        ValidateConstraint(model_name='condition', name='a_condition_lapses_in_a_known_way'),
    ]
