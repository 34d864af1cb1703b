import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Written before the release as these, which databases of that time have applied.
WAS = [
    '0002_sessions_with_their_account',
    '0003_account_of_a_session',
    '0004_saved_views',
    '0005_formdraft',
]


class Migration(migrations.Migration):
    replaces = [('core', name) for name in WAS]
    dependencies = [
        ('core', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='FormDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.CharField(max_length=300)),
                ('page', models.CharField(max_length=32)),
                ('body', models.TextField()),
                ('saved_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'form'), name='one_draft_per_person_and_form'),
                    models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('body'), 401000), name='a_draft_is_bounded'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=200, verbose_name='address of the list')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(blank=True, max_length=2000, verbose_name='query string')),
                ('shared', models.BooleanField(default=False, verbose_name='shared')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'constraints': [
                    models.UniqueConstraint(fields=('person', 'path', 'name'), name='one_saved_view_per_name'),
                    models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('path', ''), _negated=True)), name='a_saved_view_has_a_name_and_a_list'),
                ],
                'indexes': [
                    models.Index(fields=['path'], name='saved_view_by_path'),
                ],
            },
        ),
        migrations.CreateModel(
            name='AccountSession',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('account', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'db_table': 'account_session',
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
            },
        ),
    ]
