from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

INSTALLATION = 'installation@ouvrage.invalid'
NOBODY = models.Q(('is_active', False), ('is_staff', False), ('is_superuser', False), ('password__startswith', '!'))


class Migration(migrations.Migration):

    dependencies = [('roles', '0009_close_the_installation')]

    operations = [
        AddConstraintNotValid(
            model_name='user',
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(('email', INSTALLATION), _negated=True), NOBODY, _connector='OR'),
                name='nobody_signs_in_as_the_installation',
            ),
        ),
    ]
