from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('roles', '0002_roles_with_several_holders'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalresponsibility',
            name='family',
            field=models.CharField(blank=True, choices=[('standards', 'standards and methods'), ('control', 'follow-up and control'), ('reporting', 'reporting and dashboards'), ('conformity', 'risks and conformity'), ('coaching', 'coaching and facilitation')], db_default='', default='', max_length=12, verbose_name='family'),
        ),
        migrations.AddField(
            model_name='responsibility',
            name='family',
            field=models.CharField(blank=True, choices=[('standards', 'standards and methods'), ('control', 'follow-up and control'), ('reporting', 'reporting and dashboards'), ('conformity', 'risks and conformity'), ('coaching', 'coaching and facilitation')], db_default='', default='', max_length=12, verbose_name='family'),
        ),
        AddConstraintNotValid(
            model_name='responsibility',
            constraint=models.CheckConstraint(condition=models.Q(('family__in', ['', 'standards', 'control', 'reporting', 'conformity', 'coaching'])), name='a_responsibility_has_a_known_family'),
        ),
    ]
