import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# Written before the release as these, which databases of that time have applied.
WAS = [
    '0002_required_workspaces',
    '0005_reminder',
]


class Migration(migrations.Migration):
    replaces = [('pmo', name) for name in WAS]
    dependencies = [
        ('pmo', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('key', models.CharField(max_length=120, verbose_name='obligation')),
                ('role', models.CharField(max_length=30, verbose_name='role')),
                ('day', models.DateField(verbose_name='day')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='projects.project', verbose_name='project')),
                ('reminded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reminded by')),
            ],
            options={
                'verbose_name': 'reminder of an obligation',
                'verbose_name_plural': 'reminders of obligations',
                'constraints': [
                    models.UniqueConstraint(fields=('project', 'key', 'day'), name='one_reminder_per_obligation_and_day', violation_error_message='A reminder was sent today. You can send another one tomorrow.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), models.Q(('role', ''), _negated=True)), name='a_reminder_names_an_obligation'),
                ],
            },
        ),
        migrations.AddField(
            model_name='historicalstandardversion',
            name='requires',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requirements', 'requirements and acceptance'), ('change', 'change management'), ('standards', 'standards and conformity'), ('risks', 'risks'), ('steering', 'steering')], max_length=12), blank=True, db_default=models.Value([], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12))), default=list, verbose_name='workspaces required below'),
        ),
        migrations.AddField(
            model_name='standardversion',
            name='requires',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requirements', 'requirements and acceptance'), ('change', 'change management'), ('standards', 'standards and conformity'), ('risks', 'risks'), ('steering', 'steering')], max_length=12), blank=True, db_default=models.Value([], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12))), default=list, verbose_name='workspaces required below'),
        ),
        AddConstraintNotValid(
            model_name='standardversion',
            constraint=models.CheckConstraint(condition=models.Q(('requires__contained_by', ['requirements', 'change', 'standards', 'risks', 'steering'])), name='a_standard_requires_known_workspaces'),
        ),
        AddConstraintNotValid(
            model_name='standardversion',
            constraint=models.CheckConstraint(condition=models.Q(('requires', []), ('mandatory', True), _connector='OR'), name='only_a_mandatory_standard_requires_workspaces'),
        ),
    ]
