import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import core.record.sealing
import governance.decide.kinds.registry

# These columns are new and empty, so that their foreign keys hold without reading the tables. Decisions from before do not
# tell with which factors they were confirmed.
DECISIONS = """
ALTER TABLE governance_historicaldecision ADD COLUMN factors varchar(20)[] NULL;
ALTER TABLE governance_decision ADD COLUMN factors varchar(20)[] NULL;
ALTER TABLE governance_historicaldecision ADD COLUMN passkey_id bigint NULL;
ALTER TABLE governance_decision ADD COLUMN passkey_id bigint NULL
  -- squawk-ignore adding-foreign-key-constraint
  CONSTRAINT governance_decision_passkey_id_8cdf404e_fk_projects_
  REFERENCES projects_credential (id) DEFERRABLE INITIALLY DEFERRED;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX governance_historicaldecision_passkey_id_d478506a ON governance_historicaldecision (passkey_id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX governance_decision_passkey_id_8cdf404e ON governance_decision (passkey_id);
"""
OPINIONS = """
ALTER TABLE governance_historicalopinion ADD COLUMN passkey_id bigint NULL;
ALTER TABLE governance_opinion ADD COLUMN passkey_id bigint NULL
  -- squawk-ignore adding-foreign-key-constraint
  CONSTRAINT governance_opinion_passkey_id_b873359c_fk_projects_
  REFERENCES projects_credential (id) DEFERRABLE INITIALLY DEFERRED;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX governance_historicalopinion_passkey_id_8c07f925 ON governance_historicalopinion (passkey_id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX governance_opinion_passkey_id_b873359c ON governance_opinion (passkey_id);
"""
# Whoever changed the working text is one of its writers. The triggers of the release before want an event of it.
FILL = """
ALTER TABLE governance_proposal DISABLE TRIGGER USER;
ALTER TABLE governance_historicalproposal DISABLE TRIGGER USER;
UPDATE governance_proposal p SET writers = edited.writers
FROM (SELECT f.id, ARRAY(SELECT writer FROM unnest(f.writers) AS writer UNION
                         SELECT e.actor_id FROM projects_ledgerevent e WHERE e.proposal_id = f.id AND e.act = 'edit'
                         ORDER BY 1) AS writers
      FROM governance_proposal f) AS edited
WHERE edited.id = p.id AND NOT edited.writers <@ p.writers;
UPDATE governance_historicalproposal h SET writers = p.writers
FROM governance_proposal p
WHERE p.id = h.id AND h.history_id = (SELECT max(l.history_id) FROM governance_historicalproposal l WHERE l.id = p.id)
  AND h.writers <> p.writers;
ALTER TABLE governance_proposal ENABLE TRIGGER USER;
ALTER TABLE governance_historicalproposal ENABLE TRIGGER USER;
"""

# Written before the release as these, which databases of that time have applied.
WAS = [
    '0002_answers_to_obligations',
    '0003_file_as_it_was_read',
    '0004_impossible_opinions',
    '0005_opened_heads',
    '0006_reviews_of_decisions',
    '0007_lapse_of_conditions',
    '0009_stored_records',
    '0010_words_on_what_is_open',
    '0011_what_a_proposal_rests_on',
    '0012_one_rule_for_texts',
    '0013_moves_of_projects',
    '0014_earlier_decisions',
    '0015_last_day_for_opinions',
    '0016_disputes_of_signatures',
    '0017_how_decisions_are_confirmed',
    '0018_signatures_of_decisions',
    '0019_time_stamps',
    '0021_signatures_of_opinions',
    '0022_snoozed_tasks',
    '0023_snapshots_of_revisions',
    '0024_plain_sentences',
]


class Migration(migrations.Migration):
    replaces = [('governance', name) for name in WAS]
    dependencies = [
        ('governance', '0001_initial'),
        ('projects', '0003_settings_credentials_seals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='DecisionReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('salt', models.CharField(default=core.record.sealing.new_salt, editable=False, max_length=32, verbose_name='salt')),
                ('answer', models.CharField(choices=[('holds', 'It is still valid'), ('again', 'Propose it again')], max_length=10, verbose_name='answer')),
                ('role', models.CharField(blank=True, max_length=10, verbose_name='role that proposes it again')),
                ('reasons', models.TextField(verbose_name='reasons')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='governance.decision', verbose_name='decision')),
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='governance.sealbreak', verbose_name='newest change')),
                ('reviewed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewed by')),
                ('mandate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.mandate', verbose_name="owner's mandate")),
            ],
            options={
                'verbose_name': 'review of a decision',
                'verbose_name_plural': 'reviews of decisions',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('answer', 'holds'), ('role', '')), models.Q(('answer', 'again'), models.Q(('role', ''), _negated=True)), _connector='OR'), name='a_review_names_a_role_only_to_propose_again'),
                    models.CheckConstraint(condition=models.Q(('reasons__regex', '\\w')), name='a_review_is_reasoned'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='disputed', to='governance.decision', verbose_name='decision')),
                ('disputed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='disputed by')),
            ],
            options={
                'verbose_name': 'dispute of a signature',
                'verbose_name_plural': 'disputes of signatures',
            },
        ),
        migrations.CreateModel(
            name='HistoricalEarlierDecision',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('salt', models.CharField(default=core.record.sealing.new_salt, editable=False, max_length=32, verbose_name='salt')),
                ('number', models.CharField(max_length=30, verbose_name='number')),
                ('decided_on', models.DateField(verbose_name='decided on')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('kind', models.CharField(blank=True, choices=governance.decide.kinds.registry.choices, max_length=30, verbose_name='kind of decision')),
                ('outcome', models.CharField(choices=[('approved', 'Approved'), ('approved_with_conditions', 'Approved with conditions'), ('accepted', 'Accepted'), ('accepted_with_reservations', 'Accepted with reservations'), ('accepted_with_price_reduction', 'Accepted with a price reduction'), ('rework', 'Rework asked'), ('deferred', 'Deferred'), ('merged', 'Merged'), ('rejected', 'Rejected')], max_length=30, verbose_name='outcome')),
                ('reasons', models.TextField(blank=True, verbose_name='reasons')),
                ('signatory', models.CharField(max_length=200, verbose_name='signed by')),
                ('file', models.CharField(blank=True, max_length=300, verbose_name='signed file')),
                ('left_out', models.BooleanField(default=False, verbose_name='left out of the take-over')),
                ('hash', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project', verbose_name='project')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'get_latest_by': ('history_date', 'history_id'),
                'ordering': ('-history_date', '-history_id'),
                'verbose_name': 'historical earlier decision',
                'verbose_name_plural': 'historical earlier decisions',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='EarlierDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('salt', models.CharField(default=core.record.sealing.new_salt, editable=False, max_length=32, verbose_name='salt')),
                ('number', models.CharField(max_length=30, verbose_name='number')),
                ('decided_on', models.DateField(verbose_name='decided on')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('kind', models.CharField(blank=True, choices=governance.decide.kinds.registry.choices, max_length=30, verbose_name='kind of decision')),
                ('outcome', models.CharField(choices=[('approved', 'Approved'), ('approved_with_conditions', 'Approved with conditions'), ('accepted', 'Accepted'), ('accepted_with_reservations', 'Accepted with reservations'), ('accepted_with_price_reduction', 'Accepted with a price reduction'), ('rework', 'Rework asked'), ('deferred', 'Deferred'), ('merged', 'Merged'), ('rejected', 'Rejected')], max_length=30, verbose_name='outcome')),
                ('reasons', models.TextField(blank=True, verbose_name='reasons')),
                ('signatory', models.CharField(max_length=200, verbose_name='signed by')),
                ('file', models.CharField(blank=True, max_length=300, verbose_name='signed file')),
                ('left_out', models.BooleanField(default=False, verbose_name='left out of the take-over')),
                ('hash', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='earlier_decisions', to='projects.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'earlier decision',
                'verbose_name_plural': 'earlier decisions',
                'constraints': [
                    models.UniqueConstraint(fields=('project', 'number'), name='one_earlier_decision_per_number'),
                    models.CheckConstraint(condition=models.Q(('outcome__in', ['approved', 'approved_with_conditions', 'accepted', 'accepted_with_reservations', 'accepted_with_price_reduction', 'rework', 'deferred', 'merged', 'rejected'])), name='an_earlier_decision_has_a_known_outcome'),
                    models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('title', ''), _negated=True), models.Q(('signatory', ''), _negated=True)), name='an_earlier_decision_has_number_title_and_signatory'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Snooze',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('task', models.CharField(max_length=120, verbose_name='task')),
                ('until', models.DateField(verbose_name='until')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='snoozes', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'snoozed task',
                'verbose_name_plural': 'snoozed tasks',
                'constraints': [
                    models.UniqueConstraint(fields=('person', 'task'), name='one_snooze_per_person_and_task'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('asked', 'asked'), ('done', 'done'), ('refused', 'refused'), ('taken_back', 'taken back')], default='asked', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('because', models.TextField(blank=True, verbose_name='reason')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='projects.project', verbose_name='project')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moves_away', to='projects.project', verbose_name='leaves')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_here', to='projects.project', verbose_name='comes under')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('left_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='accepted by the owner it leaves')),
                ('joined_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='accepted by the owner it joins')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by')),
            ],
            options={
                'verbose_name': 'move under another parent',
                'verbose_name_plural': 'moves under another parent',
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('project',), name='one_open_move_per_project'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'done', 'refused', 'taken_back'])), name='a_move_has_a_known_state'),
                    models.CheckConstraint(condition=models.Q(('target', models.F('project')), _negated=True), name='a_move_leads_elsewhere'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_by', None), ('state', 'asked')), models.Q(models.Q(('state', 'asked'), _negated=True), models.Q(('ended_by', None), _negated=True)), _connector='OR'), name='a_move_is_ended_by_somebody'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Timestamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.BinaryField(verbose_name='token')),
                ('checkpoint', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='timestamp', to='governance.checkpoint', verbose_name='checkpoint')),
            ],
            options={
                'verbose_name': 'time stamp',
                'verbose_name_plural': 'time stamps',
            },
        ),
        migrations.CreateModel(
            name='Discharge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('salt', models.CharField(default=core.record.sealing.new_salt, editable=False, max_length=32, verbose_name='salt')),
                ('role', models.CharField(max_length=10, verbose_name='role')),
                ('duty', models.CharField(max_length=20, verbose_name='responsibility')),
                ('key', models.CharField(max_length=20, verbose_name='occasion')),
                ('answer', models.CharField(choices=[('fulfilled', 'fulfilled'), ('excused', 'excused')], max_length=10, verbose_name='answer')),
                ('note', models.TextField(blank=True, verbose_name='evidence or reason')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='discharges', to='projects.project', verbose_name='project')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.documentversion', verbose_name='document')),
                ('answered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
            ],
            options={
                'verbose_name': 'answer to an obligation',
                'verbose_name_plural': 'answers to obligations',
                'constraints': [
                    models.UniqueConstraint(fields=('project', 'role', 'duty', 'key'), name='one_answer_per_obligation'),
                    models.CheckConstraint(condition=models.Q(('answer__in', ['fulfilled', 'excused'])), name='an_obligation_has_a_known_answer'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RecordFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('salt', models.CharField(default=core.record.sealing.new_salt, editable=False, max_length=32, verbose_name='salt')),
                ('tells_dispute', models.BooleanField(blank=True, db_default=False, default=False, verbose_name='tells the dispute')),
                ('language', models.CharField(choices=[('fr', 'Français'), ('en', 'English')], max_length=2, verbose_name='language')),
                ('content', models.BinaryField(verbose_name='content')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('letters', models.TextField(verbose_name='letters of its text')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='record_files', to='governance.decision', verbose_name='decision')),
            ],
            options={
                'verbose_name': 'stored record',
                'verbose_name_plural': 'stored records',
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('salt', 'erased'), _negated=True), fields=('decision', 'language', 'tells_dispute'), name='one_stored_record_per_language'),
                    models.CheckConstraint(condition=models.Q(('language__in', ['fr', 'en'])), name='a_stored_record_has_a_known_language'),
                ],
            },
        ),
        migrations.AddField(
            model_name='historicalproposaldraft',
            name='rests_on',
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name='grounds'),
        ),
        migrations.AddField(
            model_name='proposaldraft',
            name='rests_on',
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name='grounds'),
        ),
        migrations.AddField(
            model_name='historicalproposalrevision',
            name='rests_on',
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name='grounds'),
        ),
        migrations.AddField(
            model_name='historicalproposalrevision',
            name='advise_by',
            field=models.DateField(blank=True, null=True, verbose_name='last day for opinions'),
        ),
        migrations.AddField(
            model_name='historicalproposalrevision',
            name='snapshot',
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name='figures of that moment'),
        ),
        migrations.AddField(
            model_name='proposalrevision',
            name='rests_on',
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name='grounds'),
        ),
        migrations.AddField(
            model_name='proposalrevision',
            name='advise_by',
            field=models.DateField(blank=True, null=True, verbose_name='last day for opinions'),
        ),
        migrations.AddField(
            model_name='proposalrevision',
            name='snapshot',
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name='figures of that moment'),
        ),
        migrations.AddField(
            model_name='historicalopinion',
            name='assertion',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='signature of the passkey'),
        ),
        migrations.AddField(
            model_name='opinion',
            name='assertion',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='signature of the passkey'),
        ),
        migrations.AddField(
            model_name='historicaldecision',
            name='assertion',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='signature of the passkey'),
        ),
        migrations.AddField(
            model_name='historicaldecision',
            name='seen',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='file as it was read'),
        ),
        migrations.AddField(
            model_name='historicaldecision',
            name='impossible',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='opinions that were impossible'),
        ),
        migrations.AddField(
            model_name='historicaldecision',
            name='settled',
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name='words on what was missing or open'),
        ),
        migrations.AddField(
            model_name='historicaldecision',
            name='factor_since',
            field=models.DateTimeField(blank=True, null=True, verbose_name='factors given'),
        ),
        migrations.AddField(
            model_name='decision',
            name='assertion',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='signature of the passkey'),
        ),
        migrations.AddField(
            model_name='decision',
            name='seen',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='file as it was read'),
        ),
        migrations.AddField(
            model_name='decision',
            name='impossible',
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name='opinions that were impossible'),
        ),
        migrations.AddField(
            model_name='decision',
            name='settled',
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name='words on what was missing or open'),
        ),
        migrations.AddField(
            model_name='decision',
            name='factor_since',
            field=models.DateTimeField(blank=True, null=True, verbose_name='factors given'),
        ),
        migrations.AddField(
            model_name='historicalcondition',
            name='on_lapse',
            field=models.CharField(blank=True, choices=[('stays', 'It stays open and is overdue'), ('lapses', 'The decision lapses. Its changes stay in place'), ('undone', 'The decision lapses and its changes are undone')], db_default='stays', default='stays', max_length=10, verbose_name='if not met in time'),
        ),
        migrations.AddField(
            model_name='condition',
            name='on_lapse',
            field=models.CharField(blank=True, choices=[('stays', 'It stays open and is overdue'), ('lapses', 'The decision lapses. Its changes stay in place'), ('undone', 'The decision lapses and its changes are undone')], db_default='stays', default='stays', max_length=10, verbose_name='if not met in time'),
        ),
        migrations.AddField(
            model_name='checkpoint',
            name='openings',
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name='opened heads'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DECISIONS)],
            state_operations=[
                migrations.AddField(
                    model_name='historicaldecision',
                    name='factors',
                    field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, null=True, verbose_name='confirmed with'),
                ),
                migrations.AddField(
                    model_name='historicaldecision',
                    name='passkey',
                    field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.credential', verbose_name='signed with'),
                ),
                migrations.AddField(
                    model_name='decision',
                    name='passkey',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='projects.credential', verbose_name='signed with'),
                ),
                migrations.AddField(
                    model_name='decision',
                    name='factors',
                    field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, null=True, verbose_name='confirmed with'),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(OPINIONS)],
            state_operations=[
                migrations.AddField(
                    model_name='historicalopinion',
                    name='passkey',
                    field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.credential', verbose_name='signed with'),
                ),
                migrations.AddField(
                    model_name='opinion',
                    name='passkey',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='projects.credential', verbose_name='signed with'),
                ),
            ],
        ),
        migrations.RemoveConstraint(model_name='condition', name='a_lifted_condition_says_when_and_by_whom'),
        migrations.RemoveConstraint(model_name='proposal', name='a_proposal_has_a_known_state'),
        AddConstraintNotValid(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'under_review', 'ready_for_decision', 'decided', 'conditions_open', 'closed', 'returned', 'deferred', 'merged', 'superseded', 'lapsed', 'withdrawn'])), name='a_proposal_has_a_known_state'),
        ),
        AddConstraintNotValid(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True), ('state', 'open')), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False), ('state__in', ['met', 'waived'])), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', True), ('state', 'lapsed')), _connector='OR'), name='a_lifted_condition_says_when_and_by_whom'),
        ),
        AddConstraintNotValid(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(('on_lapse__in', ['stays', 'lapses', 'undone'])), name='a_condition_lapses_in_a_known_way'),
        ),
        migrations.RunSQL(FILL),
    ]
