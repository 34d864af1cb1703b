import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0004_who_ended_a_mandate'),
        ('roles', '0002_roles_with_several_holders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalmandate',
            name='independence_waived',
            field=models.BooleanField(db_default=False, default=False, verbose_name='independence waived by decision'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='independence_waived',
            field=models.BooleanField(db_default=False, default=False, verbose_name='independence waived by decision'),
        ),
        migrations.CreateModel(
            name='HistoricalOrganisationLink',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('kind', models.CharField(choices=[('member', 'belongs to the group'), ('subcontractor', 'is a subcontractor of')], max_length=15, verbose_name='link')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='roles.organisation', verbose_name='organisation')),
                ('other', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='roles.organisation', verbose_name='group or contractor')),
                ('recorded_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
            ],
            options={
                'verbose_name': 'historical link between organisations',
                'verbose_name_plural': 'historical links between organisations',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='OrganisationLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('kind', models.CharField(choices=[('member', 'belongs to the group'), ('subcontractor', 'is a subcontractor of')], max_length=15, verbose_name='link')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='roles.organisation', verbose_name='organisation')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_to', to='roles.organisation', verbose_name='group or contractor')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
            ],
            options={
                'verbose_name': 'link between organisations',
                'verbose_name_plural': 'links between organisations',
                'ordering': ('organisation__name', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('organisation', models.F('other')), _negated=True), name='an_organisation_is_not_linked_to_itself', violation_error_message='Select another organisation than the first one.'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='a_link_ends_after_it_starts', violation_error_message='Enter a last day after the first day.'), models.CheckConstraint(condition=models.Q(('kind__in', ['member', 'subcontractor'])), name='a_link_has_a_known_kind'), models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('organisation', 'other', 'kind'), name='one_open_link_of_a_kind_between_two', violation_error_message='This link is already recorded and has no last day.')],
            },
        ),
    ]
