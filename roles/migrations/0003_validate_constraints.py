from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

# Written before the release as these, which databases of that time have applied.
WAS = [
    '0004_known_families',
    '0006_check_last_day',
    '0008_check_absences',
    '0011_check_installation_account',
]


class Migration(migrations.Migration):
    """Validate in a transaction of its own, so that readers do not wait."""

    replaces = [('roles', name) for name in WAS]
    dependencies = [
        ('roles', '0002_absences_and_families'),
    ]
    operations = [
        ValidateConstraint(model_name='responsibility', name='a_responsibility_has_a_known_family'),
        ValidateConstraint(model_name='user', name='a_closed_account_has_no_last_day'),
        ValidateConstraint(model_name='user', name='an_absence_has_a_first_and_a_last_day'),
        ValidateConstraint(model_name='user', name='nobody_stands_in_for_themselves'),
        ValidateConstraint(model_name='user', name='nobody_signs_in_as_the_installation'),
    ]
