import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import core.record.sealing
import projects.project.models

# The column is new and empty, so that its foreign key holds without reading the table.
ENDED_BY = """
ALTER TABLE projects_historicalmandate ADD COLUMN ended_by_id bigint NULL;
ALTER TABLE projects_mandate ADD COLUMN ended_by_id bigint NULL
  -- squawk-ignore adding-foreign-key-constraint
  CONSTRAINT projects_mandate_ended_by_id_64cb9cfe_fk_roles_user_id REFERENCES roles_user (id) DEFERRABLE INITIALLY DEFERRED;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX projects_historicalmandate_ended_by_id_125730a9 ON projects_historicalmandate (ended_by_id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX projects_mandate_ended_by_id_64cb9cfe ON projects_mandate (ended_by_id);
"""
# Replaced by a wider one: few notices are without an event.
NOTICES = """
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX one_notice_per_person_of_what_time_tells;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX one_notice_per_person_of_what_time_tells ON projects_notification (link, reason, recipient_id)
  WHERE reason IN ('waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late', 'condition_late',
    'tasks_due', 'role_ending', 'role_over', 'role_leaving', 'role_left', 'delegation_over');
"""
# Who ended a mandate before stands in its event. The triggers of that release know nothing of the column.
FILL = """
ALTER TABLE projects_mandate DISABLE TRIGGER USER;
ALTER TABLE projects_historicalmandate DISABLE TRIGGER USER;
UPDATE projects_mandate m SET ended_by_id = ended.actor_id
FROM (SELECT DISTINCT ON (subject_id) subject_id, actor_id FROM projects_ledgerevent
      WHERE subject = 'projects.mandate' AND act = 'end_mandate' ORDER BY subject_id, seq DESC) AS ended
WHERE ended.subject_id = m.id;
UPDATE projects_historicalmandate h SET ended_by_id = m.ended_by_id
FROM projects_mandate m WHERE m.id = h.id AND m.period = h.period AND m.ended_by_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE projects_mandate ENABLE TRIGGER USER;
ALTER TABLE projects_historicalmandate ENABLE TRIGGER USER;
"""

# Written before the release as these, which databases of that time have applied.
WAS = [
    '0004_who_ended_a_mandate',
    '0006_independent_organisations',
    '0007_competences',
    '0008_lapse_of_conditions',
    '0012_seals_of_rows',
    '0014_reminders_of_obligations',
    '0019_imports_of_lists',
    '0020_settings_of_the_organisation',
    '0021_legal_notice',
    '0022_notices_of_seats',
    '0024_workspaces_of_projects',
    '0026_notices_of_vacant_roles',
    '0028_states_of_projects',
    '0031_last_day',
    '0034_archive_and_moves',
    '0038_credentials',
    '0039_deadlines',
    '0042_hold_new_credentials',
    '0046_vouches',
    '0047_identity_provider',
    '0049_signing_of_decisions',
    '0050_second_factor',
    '0052_changes_of_address',
    '0054_provisioning',
    '0055_plain_words',
    '0056_second_factors_by_role',
    '0057_tasks_due',
    '0059_notices_of_red_and_late',
    '0062_unknown_words',
    '0064_checked_identity_provider',
    '0065_plain_labels',
]


class Migration(migrations.Migration):
    replaces = [('projects', name) for name in WAS]
    dependencies = [
        ('projects', '0002_events_of_proposals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old', models.EmailField(blank=True, max_length=254, verbose_name='present address')),
                ('new', models.EmailField(blank=True, max_length=254, verbose_name='new address')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('old_confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed by the present address')),
                ('new_confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed by the new address')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('outcome', models.CharField(blank=True, choices=[('applied', 'the new address counts'), ('objected', 'the present address objected'), ('taken_back', 'taken back'), ('taken', 'the new address has another account'), ('expired', 'the new address did not confirm'), ('closed', 'the account is closed')], max_length=20, verbose_name='end')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='address_changes', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
            ],
            options={
                'verbose_name': 'change of address',
                'verbose_name_plural': 'changes of address',
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('person',), name='one_open_change_of_address_per_person'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('outcome', '')), models.Q(('ended_at__isnull', False), ('outcome__in', ['applied', 'objected', 'taken_back', 'taken', 'expired', 'closed'])), _connector='OR'), name='a_change_of_address_ends_in_a_known_way'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RowLayout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=63, verbose_name='table')),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), verbose_name='columns')),
            ],
            options={
                'verbose_name': 'layout of seals',
                'verbose_name_plural': 'layouts of seals',
                'constraints': [
                    models.UniqueConstraint(fields=('table', 'columns'), name='one_layout_per_set_of_columns'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RowSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.BigIntegerField(verbose_name='chain')),
                ('seq', models.PositiveIntegerField(verbose_name='sequence')),
                ('first', models.PositiveIntegerField(verbose_name='first of the transaction')),
                ('xact', models.BigIntegerField(verbose_name='database transaction')),
                ('table', models.CharField(max_length=63, verbose_name='table')),
                ('row', models.BigIntegerField(verbose_name='row')),
                ('salt', models.UUIDField(null=True, verbose_name='salt')),
                ('hash', models.BinaryField(max_length=32, null=True, verbose_name='hash')),
                ('link', models.BinaryField(max_length=32, verbose_name='chained hash')),
                ('layout', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.rowlayout', verbose_name='layout')),
            ],
            options={
                'verbose_name': 'seal of a row',
                'verbose_name_plural': 'seals of rows',
                'constraints': [
                    models.UniqueConstraint(fields=('chain', 'seq'), name='one_seal_per_place_in_its_chain'),
                ],
                'indexes': [
                    models.Index(fields=['table', 'row', 'id'], name='seal_by_row'),
                ],
            },
        ),
        migrations.CreateModel(
            name='HistoricalCredential',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('password', 'password'), ('code_app', 'code of an app'), ('passkey', 'passkey'), ('recovery_codes', 'recovery codes'), ('provider', 'identity provider'), ('address', 'email address')], max_length=20, verbose_name='kind')),
                ('origin', models.CharField(choices=[('first', 'first one, with the account'), ('exchanged', 'by its person, who gave the one before'), ('mailed', 'by a link sent to the address on file'), ('moved', 'confirmed from the new mailbox'), ('added', 'added in a session')], max_length=20, verbose_name='origin')),
                ('given_at', models.DateTimeField(verbose_name='given')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed')),
                ('counts_from', models.DateTimeField(verbose_name='counts from')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='vouch asked')),
                ('vouched_at', models.DateTimeField(blank=True, null=True, verbose_name='vouched for')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('public_key', models.BinaryField(blank=True, null=True, verbose_name='public key')),
                ('credential_id', models.BinaryField(blank=True, null=True, verbose_name='identifier of the passkey or of the person')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('given_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'get_latest_by': ('history_date', 'history_id'),
                'ordering': ('-history_date', '-history_id'),
                'verbose_name': 'historical credential',
                'verbose_name_plural': 'historical credentials',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Credential',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('password', 'password'), ('code_app', 'code of an app'), ('passkey', 'passkey'), ('recovery_codes', 'recovery codes'), ('provider', 'identity provider'), ('address', 'email address')], max_length=20, verbose_name='kind')),
                ('origin', models.CharField(choices=[('first', 'first one, with the account'), ('exchanged', 'by its person, who gave the one before'), ('mailed', 'by a link sent to the address on file'), ('moved', 'confirmed from the new mailbox'), ('added', 'added in a session')], max_length=20, verbose_name='origin')),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='name')),
                ('given_at', models.DateTimeField(verbose_name='given')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed')),
                ('counts_from', models.DateTimeField(verbose_name='counts from')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='vouch asked')),
                ('vouched_at', models.DateTimeField(blank=True, null=True, verbose_name='vouched for')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('public_key', models.BinaryField(blank=True, null=True, verbose_name='public key')),
                ('credential_id', models.BinaryField(blank=True, null=True, verbose_name='identifier of the passkey or of the person')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credentials', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by')),
            ],
            options={
                'verbose_name': 'credential',
                'verbose_name_plural': 'credentials',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['password', 'code_app', 'passkey', 'recovery_codes', 'provider', 'address'])), name='a_credential_has_a_known_kind'),
                    models.CheckConstraint(condition=models.Q(('origin__in', ['first', 'exchanged', 'mailed', 'moved', 'added'])), name='a_credential_has_a_known_origin'),
                    models.CheckConstraint(condition=models.Q(models.Q(('credential_id__isnull', False), ('kind', 'passkey'), ('public_key__isnull', False)), models.Q(('credential_id__isnull', False), ('kind', 'provider'), ('public_key', None)), models.Q(models.Q(('kind__in', ('passkey', 'provider')), _negated=True), ('credential_id', None), ('public_key', None)), _connector='OR'), name='a_passkey_has_its_public_key'),
                    models.UniqueConstraint(condition=models.Q(('ended_at', None), ('kind__in', ('password', 'code_app', 'recovery_codes', 'address'))), fields=('person', 'kind'), name='one_living_credential_of_a_kind'),
                    models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('credential_id',), name='a_passkey_is_one_persons'),
                ],
                'indexes': [
                    models.Index(condition=models.Q(('ended_at', None)), fields=['person'], name='living_credentials'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ListImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=150, verbose_name='file name')),
                ('content', models.BinaryField(verbose_name='content')),
                ('size', models.PositiveIntegerField(verbose_name='size')),
                ('sha256', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('kind', models.CharField(max_length=10, verbose_name='format')),
                ('encoding', models.CharField(blank=True, max_length=20, verbose_name='encoding')),
                ('separator', models.CharField(blank=True, max_length=1, verbose_name='separator')),
                ('sheet', models.CharField(blank=True, max_length=255, verbose_name='sheet')),
                ('header_line', models.PositiveIntegerField(default=0, verbose_name='line of the head')),
                ('sheets', models.JSONField(blank=True, default=list, verbose_name='sheets')),
                ('head', models.JSONField(default=list, verbose_name='columns')),
                ('preview', models.JSONField(default=list, verbose_name='first lines')),
                ('lines', models.PositiveIntegerField(default=0, verbose_name='lines')),
                ('mapping', models.JSONField(default=list, verbose_name='fields of the columns')),
                ('meanings', models.JSONField(blank=True, db_default={}, default=dict, verbose_name='meanings of words')),
                ('banners', models.PositiveIntegerField(db_default=0, default=0, verbose_name='lines with one filled cell')),
                ('banner_use', models.CharField(choices=[('lines', 'Check them like the other lines'), ('skip', 'Skip them'), ('category', 'Use each one as the category of the lines below it')], db_default='lines', default='lines', max_length=10, verbose_name='use of these lines')),
                ('created_at', models.DateTimeField(verbose_name='sent')),
                ('changed_at', models.DateTimeField(verbose_name='changed')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('list_name', models.CharField(max_length=30, verbose_name='list')),
                ('state', models.CharField(choices=[('uploaded', 'Columns to choose'), ('checked', 'Checked'), ('done', 'Imported'), ('cancelled', 'Stopped')], default='uploaded', max_length=10, verbose_name='state')),
                ('summary', models.JSONField(blank=True, default=dict, verbose_name='summary')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='list_imports', to='projects.project', verbose_name='project')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='started by')),
                ('event', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.ledgerevent', verbose_name='event')),
            ],
            options={
                'verbose_name': 'import of a list',
                'verbose_name_plural': 'imports of lists',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['uploaded', 'checked', 'done', 'cancelled'])), name='a_list_import_has_a_state'),
                    models.CheckConstraint(condition=models.Q(models.Q(('content', b''), ('finished_at__isnull', False), ('state__in', ('done', 'cancelled'))), models.Q(('finished_at__isnull', True), ('state__in', ('uploaded', 'checked')), models.Q(('content', b''), _negated=True)), _connector='OR'), name='a_list_import_that_ended_keeps_no_file'),
                    models.CheckConstraint(condition=models.Q(models.Q(('event__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('event__isnull', True)), _connector='OR'), name='a_list_import_that_is_done_has_its_event'),
                ],
                'indexes': [
                    models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['id'], name='list_import_under_way'),
                    models.Index(fields=['project', 'by'], name='list_import_by_person'),
                ],
            },
        ),
        migrations.CreateModel(
            name='WordMeaning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list_name', models.CharField(max_length=30, verbose_name='list')),
                ('field', models.CharField(max_length=40, verbose_name='column')),
                ('word', models.CharField(max_length=64, verbose_name='fingerprint of the word')),
                ('value', models.CharField(blank=True, max_length=200, verbose_name='value')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='word_meanings', to='projects.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'meaning of a word',
                'verbose_name_plural': 'meanings of words',
                'constraints': [
                    models.UniqueConstraint(fields=('project', 'list_name', 'field', 'word'), name='one_meaning_per_word_of_a_field'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Competence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('salt', models.CharField(default=core.record.sealing.new_salt, editable=False, max_length=32, verbose_name='salt')),
                ('text', models.TextField(verbose_name='competence')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project', verbose_name='project')),
                ('mandate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='competences', to='projects.mandate', verbose_name='mandate')),
                ('stated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='stated by')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.documentversion', verbose_name='document')),
            ],
            options={
                'ordering': ('pk',),
                'verbose_name': 'competence',
                'verbose_name_plural': 'competences',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='a_competence_says_something'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Logo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='fingerprint')),
                ('media_type', models.CharField(max_length=20, verbose_name='type')),
                ('content', models.BinaryField(verbose_name='content')),
            ],
            options={
                'verbose_name': 'logo',
                'verbose_name_plural': 'logos',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('media_type__in', ('image/png', 'image/jpeg'))), name='a_logo_is_a_png_or_a_jpeg'),
                ],
            },
        ),
        migrations.CreateModel(
            name='HistoricalOrganisationSettings',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name of the organisation')),
                ('language', models.CharField(choices=[('fr', 'Français'), ('en', 'English')], default='fr', max_length=2, verbose_name='language')),
                ('time_zone', models.CharField(default='Europe/Paris', max_length=50, verbose_name='time zone')),
                ('holidays', models.CharField(choices=[('france', 'public holidays of France'), ('none', 'no public holidays'), ('own', 'dates of the organisation')], default='france', max_length=10, verbose_name='public holidays')),
                ('own_holidays', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), blank=True, default=list, verbose_name='dates without work')),
                ('sender_name', models.CharField(blank=True, max_length=100, verbose_name='name of the sender')),
                ('sender_address', models.EmailField(blank=True, max_length=254, verbose_name='address of the sender')),
                ('publisher', models.TextField(blank=True, db_default='', default='', verbose_name='publisher')),
                ('host', models.TextField(blank=True, db_default='', default='', verbose_name='host')),
                ('legal_contact', models.EmailField(blank=True, db_default='', default='', max_length=254, verbose_name='contact address')),
                ('credential_hours', models.PositiveSmallIntegerField(db_default=24, default=24, validators=[django.core.validators.MaxValueValidator(168)], verbose_name='Hours before a new credential counts')),
                ('provider_kind', models.CharField(choices=[('openid_connect', 'OpenID Connect'), ('proconnect', 'ProConnect')], db_default='openid_connect', default='openid_connect', max_length=20, verbose_name='Kind of identity provider')),
                ('provider_issuer', models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='Issuer')),
                ('provider_client_id', models.CharField(blank=True, db_default='', default='', max_length=190, verbose_name='Client identifier')),
                ('provider_name', models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='Name on the button')),
                ('provider_domain', models.CharField(blank=True, db_default='', default='', max_length=253, verbose_name='Domain for new accounts')),
                ('provider_checked', models.BooleanField(db_default=False, default=False, verbose_name='Identity provider checked')),
                ('provider_own_factor', models.BooleanField(db_default=True, default=True, verbose_name='Ask for an Ouvrage credential before a personal act')),
                ('signed_decisions', models.BooleanField(db_default=False, default=False, verbose_name='Decisions signed with a passkey')),
                ('second_factor', models.CharField(choices=[('nobody', 'no account'), ('deciders', 'owners, their delegates and administrators'), ('everybody', 'all role holders, and administrators')], db_default='nobody', default='nobody', max_length=10, verbose_name='Second factor required of')),
                ('second_factor_roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=31), blank=True, db_default=models.Value([], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=31))), default=list, verbose_name='Roles that require a second factor')),
                ('delay_cloudy', models.PositiveSmallIntegerField(default=8, verbose_name='Delay, cloudy from (days)')),
                ('delay_stormy', models.PositiveSmallIntegerField(default=42, verbose_name='Delay, stormy from (days)')),
                ('cost_cloudy', models.PositiveSmallIntegerField(default=101, verbose_name='Cost, cloudy from (% of the budget)')),
                ('cost_stormy', models.PositiveSmallIntegerField(default=110, verbose_name='Cost, stormy from (% of the budget)')),
                ('scope_cloudy', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='Scope, cloudy below (% of must-have requirements)')),
                ('scope_stormy', models.PositiveSmallIntegerField(default=70, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='Scope, stormy below (% of must-have requirements)')),
                ('opinion_days', models.PositiveSmallIntegerField(db_default=10, default=10, verbose_name='Days to give an opinion')),
                ('answer_days', models.PositiveSmallIntegerField(db_default=10, default=10, verbose_name='Days to decide, as a goal')),
                ('list_days', models.PositiveSmallIntegerField(db_default=5, default=5, verbose_name='Working days to record a decision')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('logo', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.logo', verbose_name='logo')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'get_latest_by': ('history_date', 'history_id'),
                'ordering': ('-history_date', '-history_id'),
                'verbose_name': 'historical settings of the organisation',
                'verbose_name_plural': 'historical settings of the organisation',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='OrganisationSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name of the organisation')),
                ('language', models.CharField(choices=[('fr', 'Français'), ('en', 'English')], default='fr', max_length=2, verbose_name='language')),
                ('time_zone', models.CharField(default='Europe/Paris', max_length=50, verbose_name='time zone')),
                ('holidays', models.CharField(choices=[('france', 'public holidays of France'), ('none', 'no public holidays'), ('own', 'dates of the organisation')], default='france', max_length=10, verbose_name='public holidays')),
                ('own_holidays', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), blank=True, default=list, verbose_name='dates without work')),
                ('sender_name', models.CharField(blank=True, max_length=100, verbose_name='name of the sender')),
                ('sender_address', models.EmailField(blank=True, max_length=254, verbose_name='address of the sender')),
                ('publisher', models.TextField(blank=True, db_default='', default='', verbose_name='publisher')),
                ('host', models.TextField(blank=True, db_default='', default='', verbose_name='host')),
                ('legal_contact', models.EmailField(blank=True, db_default='', default='', max_length=254, verbose_name='contact address')),
                ('credential_hours', models.PositiveSmallIntegerField(db_default=24, default=24, validators=[django.core.validators.MaxValueValidator(168)], verbose_name='Hours before a new credential counts')),
                ('provider_kind', models.CharField(choices=[('openid_connect', 'OpenID Connect'), ('proconnect', 'ProConnect')], db_default='openid_connect', default='openid_connect', max_length=20, verbose_name='Kind of identity provider')),
                ('provider_issuer', models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='Issuer')),
                ('provider_client_id', models.CharField(blank=True, db_default='', default='', max_length=190, verbose_name='Client identifier')),
                ('provider_secret', models.TextField(blank=True, db_default='', default='', verbose_name='Client secret')),
                ('provider_name', models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='Name on the button')),
                ('provider_domain', models.CharField(blank=True, db_default='', default='', max_length=253, verbose_name='Domain for new accounts')),
                ('provider_checked', models.BooleanField(db_default=False, default=False, verbose_name='Identity provider checked')),
                ('provider_own_factor', models.BooleanField(db_default=True, default=True, verbose_name='Ask for an Ouvrage credential before a personal act')),
                ('signed_decisions', models.BooleanField(db_default=False, default=False, verbose_name='Decisions signed with a passkey')),
                ('second_factor', models.CharField(choices=[('nobody', 'no account'), ('deciders', 'owners, their delegates and administrators'), ('everybody', 'all role holders, and administrators')], db_default='nobody', default='nobody', max_length=10, verbose_name='Second factor required of')),
                ('second_factor_roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=31), blank=True, db_default=models.Value([], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=31))), default=list, verbose_name='Roles that require a second factor')),
                ('delay_cloudy', models.PositiveSmallIntegerField(default=8, verbose_name='Delay, cloudy from (days)')),
                ('delay_stormy', models.PositiveSmallIntegerField(default=42, verbose_name='Delay, stormy from (days)')),
                ('cost_cloudy', models.PositiveSmallIntegerField(default=101, verbose_name='Cost, cloudy from (% of the budget)')),
                ('cost_stormy', models.PositiveSmallIntegerField(default=110, verbose_name='Cost, stormy from (% of the budget)')),
                ('scope_cloudy', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='Scope, cloudy below (% of must-have requirements)')),
                ('scope_stormy', models.PositiveSmallIntegerField(default=70, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='Scope, stormy below (% of must-have requirements)')),
                ('opinion_days', models.PositiveSmallIntegerField(db_default=10, default=10, verbose_name='Days to give an opinion')),
                ('answer_days', models.PositiveSmallIntegerField(db_default=10, default=10, verbose_name='Days to decide, as a goal')),
                ('list_days', models.PositiveSmallIntegerField(db_default=5, default=5, verbose_name='Working days to record a decision')),
                ('logo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.logo', verbose_name='logo')),
            ],
            options={
                'verbose_name': 'settings of the organisation',
                'verbose_name_plural': 'settings of the organisation',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_row_of_settings'),
                    models.CheckConstraint(condition=models.Q(('provider_kind__in', ['openid_connect', 'proconnect'])), name='a_provider_is_of_a_known_kind'),
                    models.CheckConstraint(condition=models.Q(('credential_hours__lte', 168)), name='a_credential_waits_a_week_at_most'),
                    models.CheckConstraint(condition=models.Q(('language__in', ['fr', 'en'])), name='the_organisation_has_a_known_language'),
                    models.CheckConstraint(condition=models.Q(('holidays__in', ['france', 'none', 'own'])), name='holidays_are_of_a_known_calendar'),
                    models.CheckConstraint(condition=models.Q(('second_factor__in', ['nobody', 'deciders', 'everybody'])), name='a_second_factor_is_required_of_known_people'),
                    models.CheckConstraint(condition=models.Q(('holidays', 'own'), ('own_holidays', []), _connector='OR'), name='own_dates_belong_to_an_own_calendar'),
                    models.CheckConstraint(condition=models.Q(('cost_stormy__gte', models.F('cost_cloudy')), ('delay_stormy__gte', models.F('delay_cloudy')), ('scope_cloudy__lte', 100), ('scope_stormy__lte', models.F('scope_cloudy'))), name='a_storm_is_worse_than_clouds'),
                    models.CheckConstraint(condition=models.Q(('answer_days__range', (2, 60)), ('list_days__range', (1, 60)), ('opinion_days__range', (1, 60))), name='a_deadline_is_at_most_sixty_days'),
                ],
            },
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
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='roles.organisation', verbose_name='organisation')),
                ('other', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='roles.organisation', verbose_name='group or contractor')),
                ('recorded_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'get_latest_by': ('history_date', 'history_id'),
                'ordering': ('-history_date', '-history_id'),
                'verbose_name': 'historical link between organisations',
                'verbose_name_plural': 'historical links between organisations',
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
                'ordering': ('organisation__name', 'pk'),
                'verbose_name': 'link between organisations',
                'verbose_name_plural': 'links between organisations',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('organisation', models.F('other')), _negated=True), name='an_organisation_is_not_linked_to_itself', violation_error_message='Select another organisation than the first one.'),
                    models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='a_link_ends_after_it_starts', violation_error_message='Enter a last day after the first day.'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['member', 'subcontractor'])), name='a_link_has_a_known_kind'),
                    models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('organisation', 'other', 'kind'), name='one_open_link_of_a_kind_between_two', violation_error_message='This link is already recorded and has no last day.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='HistoricalProvisioningToken',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$', 'Use small letters, digits and hyphens.')], verbose_name='name')),
                ('digest', models.CharField(db_index=True, max_length=64, verbose_name='fingerprint')),
                ('made_at', models.DateTimeField(verbose_name='created')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('made_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'get_latest_by': ('history_date', 'history_id'),
                'ordering': ('-history_date', '-history_id'),
                'verbose_name': 'historical token of provisioning',
                'verbose_name_plural': 'historical tokens of provisioning',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ProvisioningToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, validators=[django.core.validators.RegexValidator('^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$', 'Use small letters, digits and hyphens.')], verbose_name='name')),
                ('digest', models.CharField(max_length=64, unique=True, verbose_name='fingerprint')),
                ('made_at', models.DateTimeField(verbose_name='created')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
            ],
            options={
                'verbose_name': 'token of provisioning',
                'verbose_name_plural': 'tokens of provisioning',
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('name',), name='one_living_token_of_a_name'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Vouch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('capacity', models.CharField(choices=[('above', 'project owner above'), ('administrator', 'administrator')], max_length=20, verbose_name='capacity')),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vouches', to='projects.credential', verbose_name='credential')),
                ('voucher', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who vouches')),
            ],
            options={
                'verbose_name': 'vouch',
                'verbose_name_plural': 'vouches',
                'constraints': [
                    models.UniqueConstraint(fields=('credential', 'voucher'), name='one_vouch_per_credential_and_person'),
                    models.CheckConstraint(condition=models.Q(('capacity__in', ['above', 'administrator'])), name='a_vouch_has_a_known_capacity'),
                ],
            },
        ),
        migrations.AddField(
            model_name='historicalproject',
            name='workspaces',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requirements', 'requirements and acceptance'), ('change', 'change management'), ('standards', 'standards and conformity'), ('risks', 'risks'), ('steering', 'steering')], max_length=12), blank=True, db_default=models.Value(['requirements', 'change', 'standards', 'risks', 'steering'], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12))), default=projects.project.models.list_workspaces, verbose_name='workspaces switched on'),
        ),
        migrations.AddField(
            model_name='historicalproject',
            name='signed_decisions',
            field=models.BooleanField(db_default=False, default=False, verbose_name='decisions signed with a passkey'),
        ),
        migrations.AddField(
            model_name='historicalproject',
            name='archived',
            field=models.BooleanField(db_default=False, default=False, verbose_name='archived'),
        ),
        migrations.AddField(
            model_name='project',
            name='workspaces',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('requirements', 'requirements and acceptance'), ('change', 'change management'), ('standards', 'standards and conformity'), ('risks', 'risks'), ('steering', 'steering')], max_length=12), blank=True, db_default=models.Value(['requirements', 'change', 'standards', 'risks', 'steering'], django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12))), default=projects.project.models.list_workspaces, verbose_name='workspaces switched on'),
        ),
        migrations.AddField(
            model_name='project',
            name='signed_decisions',
            field=models.BooleanField(db_default=False, default=False, verbose_name='decisions signed with a passkey'),
        ),
        migrations.AddField(
            model_name='project',
            name='archived',
            field=models.BooleanField(db_default=False, default=False, verbose_name='archived'),
        ),
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
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ENDED_BY)],
            state_operations=[
                migrations.AddField(
                    model_name='historicalmandate',
                    name='ended_by',
                    field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
                ),
                migrations.AddField(
                    model_name='mandate',
                    name='ended_by',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
                ),
            ],
        ),
        migrations.RemoveConstraint(model_name='notification', name='a_notice_tells_of_an_event'),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(NOTICES)],
            state_operations=[
                migrations.RemoveConstraint(model_name='notification', name='one_notice_per_person_of_what_time_tells'),
                migrations.AddConstraint(
                    model_name='notification',
                    constraint=models.UniqueConstraint(condition=models.Q(('reason__in', ('waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late', 'condition_late', 'tasks_due', 'role_ending', 'role_over', 'role_leaving', 'role_left', 'delegation_over'))), fields=('link', 'reason', 'recipient'), name='one_notice_per_person_of_what_time_tells'),
                ),
            ],
        ),
        migrations.RemoveConstraint(model_name='project', name='a_project_has_a_known_state'),
        AddConstraintNotValid(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'active', 'suspended', 'closed', 'abandoned'])), name='a_project_has_a_known_state'),
        ),
        AddConstraintNotValid(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('archived', False), ('state__in', ['abandoned', 'closed']), _connector='OR'), name='an_archived_project_has_ended'),
        ),
        AddConstraintNotValid(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('workspaces__contained_by', ['requirements', 'change', 'standards', 'risks', 'steering'])), name='a_project_has_known_workspaces'),
        ),
        AddConstraintNotValid(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('event__isnull', False), ('reason__in', ['import_failed', 'waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late', 'condition_late', 'tasks_due', 'role_ending', 'role_over', 'role_leaving', 'role_left', 'delegation_over']), _connector='OR'), name='a_notice_tells_of_an_event'),
        ),
        migrations.RunSQL(FILL),
    ]
