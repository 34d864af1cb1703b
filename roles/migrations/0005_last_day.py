from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('roles', '0004_known_families'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicaluser',
            name='last_day',
            field=models.DateField(blank=True, null=True, verbose_name='last day'),
        ),
        migrations.AddField(
            model_name='user',
            name='last_day',
            field=models.DateField(blank=True, null=True, verbose_name='last day'),
        ),
        AddConstraintNotValid(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('is_active', True), ('last_day', None), _connector='OR'), name='a_closed_account_has_no_last_day'),
        ),
    ]
