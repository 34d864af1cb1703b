from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Validate in a transaction of its own, so that readers do not wait."""

    dependencies = [
        ('pmo', '0004_benefits'),
    ]
    operations = [
        ValidateConstraint(model_name='successcriterion', name='the_words_of_a_success_criterion_are_known'),
        ValidateConstraint(model_name='successcriterion', name='only_a_benefit_has_an_owner_and_is_obtained'),
        ValidateConstraint(model_name='successcriterion', name='the_value_before_has_its_day'),
    ]
