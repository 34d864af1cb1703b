import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import core.sealing


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("core", "0001_initial"),
        ("roles", "0001_initial"),
    ]
    operations = [
        migrations.CreateModel(
            name='Bidder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
            ],
            options={
                'verbose_name': 'bidder',
                'verbose_name_plural': 'bidders',
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('appointment', 'appointment'), ('delegation', 'signature delegation'), ('requirement_baseline', 'requirement baseline'), ('change', 'change'), ('minor_change', 'minor change'), ('scope', 'scope'), ('schedule', 'schedule'), ('budget', 'budget'), ('arbitration', 'arbitration'), ('gate', 'gate'), ('supplier_choice', 'supplier choice'), ('interim_acceptance', 'interim acceptance'), ('acceptance', 'acceptance'), ('risk_acceptance', 'risk acceptance'), ('waiver', 'waiver'), ('standard_adoption', 'standard adoption'), ('communication', 'communication')], max_length=30), verbose_name='kinds of decision')),
                ('cap', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='cap (EUR)')),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='period')),
                ('document', models.CharField(max_length=200, verbose_name='act document')),
            ],
            options={
                'verbose_name': 'signature delegation',
                'verbose_name_plural': 'signature delegations',
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
            },
        ),
        migrations.CreateModel(
            name='DocumentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('salt', models.CharField(default=core.sealing.new_salt, editable=False, max_length=32, verbose_name='salt')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('file_name', models.CharField(max_length=150, verbose_name='name of the file')),
                ('media_type', models.CharField(max_length=100, verbose_name='type')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('content', models.BinaryField(verbose_name='content')),
                ('why', models.TextField(blank=True, verbose_name='why it was replaced')),
            ],
            options={
                'verbose_name': 'version of a document',
                'verbose_name_plural': 'versions of documents',
            },
        ),
        migrations.CreateModel(
            name='HistoricalDelegation',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('appointment', 'appointment'), ('delegation', 'signature delegation'), ('requirement_baseline', 'requirement baseline'), ('change', 'change'), ('minor_change', 'minor change'), ('scope', 'scope'), ('schedule', 'schedule'), ('budget', 'budget'), ('arbitration', 'arbitration'), ('gate', 'gate'), ('supplier_choice', 'supplier choice'), ('interim_acceptance', 'interim acceptance'), ('acceptance', 'acceptance'), ('risk_acceptance', 'risk acceptance'), ('waiver', 'waiver'), ('standard_adoption', 'standard adoption'), ('communication', 'communication')], max_length=30), verbose_name='kinds of decision')),
                ('cap', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='cap (EUR)')),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='period')),
                ('document', models.CharField(max_length=200, verbose_name='act document')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical signature delegation',
                'verbose_name_plural': 'historical signature delegations',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalInterest',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('salt', models.CharField(default=core.sealing.new_salt, editable=False, max_length=32, verbose_name='salt')),
                ('tie', models.TextField(verbose_name='tie')),
                ('ruling', models.CharField(blank=True, choices=[('stays', 'The role goes on'), ('leaves', 'The mandate ends')], max_length=10, verbose_name='ruling')),
                ('ruled_because', models.TextField(blank=True, verbose_name='reasons')),
                ('ruled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical declared tie',
                'verbose_name_plural': 'historical declared ties',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalMandate',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('authority', models.CharField(choices=[('decides', 'decides'), ('advises', 'advises'), ('delivers', 'delivers'), ('receives', 'receives')], max_length=10, verbose_name='authority')),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='period')),
                ('group', models.CharField(blank=True, max_length=100, verbose_name='name of the recipient group')),
                ('champion', models.BooleanField(default=False, verbose_name='champion of the group')),
                ('taken_back', models.BooleanField(default=False, verbose_name='taken back before it began')),
                ('ended_because', models.CharField(blank=True, max_length=300, verbose_name='reason of the end')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical mandate',
                'verbose_name_plural': 'historical mandates',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalProject',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('code', models.CharField(db_index=True, max_length=20, validators=[django.core.validators.RegexValidator('^[A-Z0-9-]+$', 'Use capitals, digits and hyphens.')], verbose_name='code')),
                ('prefix', models.CharField(max_length=4, verbose_name='prefix of references')),
                ('title_fr', models.CharField(max_length=200, verbose_name='title in French')),
                ('title_en', models.CharField(max_length=200, verbose_name='title in English')),
                ('language', models.CharField(choices=[('fr', 'Français'), ('en', 'English')], default='fr', max_length=2, verbose_name='working language')),
                ('level', models.CharField(choices=[('project', 'project'), ('programme', 'programme'), ('portfolio', 'portfolio'), ('organisation', 'organisation')], default='project', max_length=12, verbose_name='level')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('active', 'active'), ('closed', 'closed')], default='draft', max_length=10, verbose_name='state')),
                ('matrix_approved', models.BooleanField(default=False, verbose_name='roles approved by the owner')),
                ('provider_gate', models.CharField(blank=True, choices=[('G0', 'G0 · launch'), ('G1', 'G1 · end of framing'), ('G2', 'G2 · design settled'), ('G3', 'G3 · ready for acceptance'), ('G4', 'G4 · go-live'), ('G5', 'G5 · closing')], max_length=2, verbose_name='provider appointed by gate')),
                ('gate', models.CharField(blank=True, choices=[('G0', 'G0 · launch'), ('G1', 'G1 · end of framing'), ('G2', 'G2 · design settled'), ('G3', 'G3 · ready for acceptance'), ('G4', 'G4 · go-live'), ('G5', 'G5 · closing')], max_length=2, verbose_name='last gate passed')),
                ('scope', models.TextField(blank=True, verbose_name='scope')),
                ('starts_on', models.DateField(verbose_name='start')),
                ('ends_on', models.DateField(verbose_name='end')),
                ('budget', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='budget (EUR)')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical project',
                'verbose_name_plural': 'historical projects',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalRecipientGroup',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('size', models.PositiveIntegerField(blank=True, null=True, verbose_name='number of people')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='place')),
                ('practice', models.TextField(blank=True, verbose_name='current practice')),
                ('interest', models.CharField(blank=True, choices=[('low', 'low'), ('medium', 'medium'), ('high', 'high')], max_length=6, verbose_name='interest')),
                ('influence', models.CharField(blank=True, choices=[('low', 'low'), ('medium', 'medium'), ('high', 'high')], max_length=6, verbose_name='influence')),
                ('attitude', models.CharField(blank=True, choices=[('favourable', 'in favour'), ('neutral', 'neutral'), ('reluctant', 'reluctant')], max_length=10, verbose_name='attitude')),
                ('accessibility', models.TextField(blank=True, verbose_name='accessibility needs')),
                ('languages', models.CharField(blank=True, max_length=200, verbose_name='language needs')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical recipient group',
                'verbose_name_plural': 'historical recipient groups',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Interest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('salt', models.CharField(default=core.sealing.new_salt, editable=False, max_length=32, verbose_name='salt')),
                ('tie', models.TextField(verbose_name='tie')),
                ('ruling', models.CharField(blank=True, choices=[('stays', 'The role goes on'), ('leaves', 'The mandate ends')], max_length=10, verbose_name='ruling')),
                ('ruled_because', models.TextField(blank=True, verbose_name='reasons')),
                ('ruled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
            ],
            options={
                'verbose_name': 'declared tie',
                'verbose_name_plural': 'declared ties',
            },
        ),
        migrations.CreateModel(
            name='LedgerEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('seq', models.PositiveIntegerField(verbose_name='sequence')),
                ('act', models.CharField(choices=[('found', 'Project opened'), ('appoint', 'Role given'), ('name_owner', 'Owner named'), ('accept', 'Mandate accepted'), ('end_mandate', 'Mandate ended'), ('delegate', 'Signature delegated'), ('revoke', 'Delegation ended'), ('publish_role', 'Role template published'), ('retire_role', 'Role template retired'), ('install_pack', 'Method pack installed'), ('apply_roles', 'Roles applied'), ('adapt_roles', 'Roles adapted'), ('note_bidder', 'Bidder noted'), ('declare_interest', 'Tie declared'), ('settle_interest', 'Tie settled'), ('describe_group', 'Recipient group described'), ('write_requirements', 'Requirements written'), ('import_requirements', 'Requirements imported'), ('freeze_baseline', 'Requirements frozen'), ('implement', 'Requirements implemented'), ('ask', 'Question asked'), ('answer', 'Question answered'), ('estimate', 'Estimate given'), ('plan_acceptance', 'Acceptance planned'), ('run_test', 'Test run'), ('report_defect', 'Defect reported'), ('correct_defect', 'Defect corrected'), ('close_defect', 'Defect closed or reopened'), ('close_campaign', 'Acceptance campaign closed'), ('plan_change', 'Change plan written'), ('freeze_plan', 'Change plan frozen'), ('give_feedback', 'Feedback noted'), ('answer_feedback', 'Feedback answered'), ('acknowledge', 'Decision read'), ('follow_indicators', 'Indicators followed'), ('publish_weather', 'Project weather published'), ('plan_schedule', 'Schedule kept'), ('plan_means', 'Means kept'), ('propose_criterion', 'Success criterion proposed'), ('propose_benefit', 'Benefit proposed'), ('freeze_criteria', 'Success criteria frozen'), ('measure_criterion', 'Success criterion measured'), ('note_lesson', 'Lesson noted'), ('raise_risk', 'Risk raised'), ('edit_risk', 'Risk described'), ('assess_risk', 'Risk assessed'), ('treat_risk', 'Action on a risk written'), ('review_risks', 'Risks reviewed'), ('materialise_risk', 'Risk happened'), ('raise_issue', 'Issue raised'), ('settle_issue', 'Issue followed'), ('set_risk_scale', 'Risk scale set'), ('check_conformity', 'Conformity checked'), ('revoke_waiver', 'Waiver revoked'), ('close_waiver', 'Waiver closed'), ('draft', 'Proposal drafted'), ('edit', 'Working text changed'), ('submit', 'Proposal submitted'), ('take_up', 'Taken up for review'), ('advise', 'Opinion given'), ('note_binding', 'Binding opinion noted'), ('withdraw', 'Proposal withdrawn'), ('decide', 'Decision recorded'), ('supersede', 'Decision replaced'), ('prove', 'Proof of a condition given'), ('lift', 'Condition lifted'), ('waive', 'Condition waived'), ('add_document', 'Document added'), ('replace_document', 'Document replaced'), ('break_seal', 'Decision no longer current'), ('archive_review', 'Monthly review archived'), ('keep_standards', 'Standards library kept'), ('erase', 'Personal data erased')], max_length=20, verbose_name='act')),
                ('role', models.CharField(blank=True, max_length=10, verbose_name='role of the actor')),
                ('detail', models.CharField(blank=True, max_length=30, verbose_name='detail')),
                ('subject', models.CharField(max_length=40, verbose_name='subject')),
                ('subject_id', models.BigIntegerField(verbose_name='subject number')),
                ('prev', models.BinaryField(max_length=32, verbose_name='hash before')),
                ('hash', models.BinaryField(max_length=32, verbose_name='hash')),
                ('body', models.BinaryField(verbose_name='canonical bytes')),
                ('xact', models.BigIntegerField(default=0, editable=False, verbose_name='database transaction')),
            ],
            options={
                'verbose_name': 'ledger event',
                'verbose_name_plural': 'ledger events',
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('authority', models.CharField(choices=[('decides', 'decides'), ('advises', 'advises'), ('delivers', 'delivers'), ('receives', 'receives')], max_length=10, verbose_name='authority')),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='period')),
                ('group', models.CharField(blank=True, max_length=100, verbose_name='name of the recipient group')),
                ('champion', models.BooleanField(default=False, verbose_name='champion of the group')),
                ('taken_back', models.BooleanField(default=False, verbose_name='taken back before it began')),
                ('ended_because', models.CharField(blank=True, max_length=300, verbose_name='reason of the end')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted')),
            ],
            options={
                'verbose_name': 'mandate',
                'verbose_name_plural': 'mandates',
            },
        ),
        migrations.CreateModel(
            name='Matrix',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acted_at', models.DateTimeField(verbose_name='date of the act')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='date of entry')),
                ('entered_afterwards', models.BooleanField(db_default=False, editable=False, verbose_name='entered afterwards')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('content', models.JSONField(verbose_name='roles and responsibilities')),
                ('powers', models.JSONField(verbose_name='what the letters allow')),
                ('hash', models.CharField(max_length=64, verbose_name='fingerprint')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'responsibility matrix',
                'verbose_name_plural': 'responsibility matrices',
                'ordering': ('project', 'number'),
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('opinion_asked', 'your opinion is asked'), ('decision_asked', 'waits for your decision'), ('decided', 'the owner has answered'), ('withdrawn', 'was withdrawn by its author'), ('proof_given', 'the proof of a condition waits for you'), ('condition_lifted', 'a condition was lifted'), ('condition_waived', 'a condition was waived'), ('reservation_proved', 'the proof that a reservation is lifted waits for you'), ('reservation_lifted', 'a reservation was lifted'), ('reservation_waived', 'a reservation was waived'), ('no_longer_current', 'was decided on a document that has been replaced since'), ('tie_waits', 'a declared tie waits for your ruling'), ('tie_blocks', 'a tie you declared blocks your role, because the organisation bids'), ('import_done', 'your import is done'), ('import_failed', 'your import was not written; nothing was changed'), ('tie_settled', 'the owner has settled a tie you declared'), ('question_asked', 'a question waits for the answer of your role'), ('question_answered', 'the question your role asked is answered'), ('risk_reopened', 'has risen above the level you accepted: it is to be answered again'), ('risk_happened', 'has happened: it is an issue now'), ('waiver_revoked', 'this waiver was revoked by the owner'), ('waiver_closed', 'this waiver was closed: what it covered is conform'), ('waiver_ending', 'this waiver ends within 30 days'), ('waiver_expired', 'this waiver has expired: what it covered is not conform again')], max_length=20, verbose_name='reason')),
                ('about', models.CharField(max_length=250, verbose_name='about')),
                ('link', models.CharField(max_length=200, verbose_name='link')),
                ('detail', models.CharField(blank=True, max_length=40, verbose_name='detail')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('mailed_at', models.DateTimeField(blank=True, null=True, verbose_name='mailed')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read')),
            ],
            options={
                'verbose_name': 'notification',
                'verbose_name_plural': 'notifications',
            },
        ),
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, validators=[django.core.validators.RegexValidator('^[A-Z0-9-]+$', 'Use capitals, digits and hyphens.')], verbose_name='code')),
                ('prefix', models.CharField(max_length=4, verbose_name='prefix of references')),
                ('title_fr', models.CharField(max_length=200, verbose_name='title in French')),
                ('title_en', models.CharField(max_length=200, verbose_name='title in English')),
                ('language', models.CharField(choices=[('fr', 'Français'), ('en', 'English')], default='fr', max_length=2, verbose_name='working language')),
                ('level', models.CharField(choices=[('project', 'project'), ('programme', 'programme'), ('portfolio', 'portfolio'), ('organisation', 'organisation')], default='project', max_length=12, verbose_name='level')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('active', 'active'), ('closed', 'closed')], default='draft', max_length=10, verbose_name='state')),
                ('matrix_approved', models.BooleanField(default=False, verbose_name='roles approved by the owner')),
                ('provider_gate', models.CharField(blank=True, choices=[('G0', 'G0 · launch'), ('G1', 'G1 · end of framing'), ('G2', 'G2 · design settled'), ('G3', 'G3 · ready for acceptance'), ('G4', 'G4 · go-live'), ('G5', 'G5 · closing')], max_length=2, verbose_name='provider appointed by gate')),
                ('gate', models.CharField(blank=True, choices=[('G0', 'G0 · launch'), ('G1', 'G1 · end of framing'), ('G2', 'G2 · design settled'), ('G3', 'G3 · ready for acceptance'), ('G4', 'G4 · go-live'), ('G5', 'G5 · closing')], max_length=2, verbose_name='last gate passed')),
                ('scope', models.TextField(blank=True, verbose_name='scope')),
                ('starts_on', models.DateField(verbose_name='start')),
                ('ends_on', models.DateField(verbose_name='end')),
                ('budget', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='budget (EUR)')),
            ],
            options={
                'verbose_name': 'project',
                'verbose_name_plural': 'projects',
            },
        ),
        migrations.CreateModel(
            name='RecipientGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('size', models.PositiveIntegerField(blank=True, null=True, verbose_name='number of people')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='place')),
                ('practice', models.TextField(blank=True, verbose_name='current practice')),
                ('interest', models.CharField(blank=True, choices=[('low', 'low'), ('medium', 'medium'), ('high', 'high')], max_length=6, verbose_name='interest')),
                ('influence', models.CharField(blank=True, choices=[('low', 'low'), ('medium', 'medium'), ('high', 'high')], max_length=6, verbose_name='influence')),
                ('attitude', models.CharField(blank=True, choices=[('favourable', 'in favour'), ('neutral', 'neutral'), ('reluctant', 'reluctant')], max_length=10, verbose_name='attitude')),
                ('accessibility', models.TextField(blank=True, verbose_name='accessibility needs')),
                ('languages', models.CharField(blank=True, max_length=200, verbose_name='language needs')),
            ],
            options={
                'verbose_name': 'recipient group',
                'verbose_name_plural': 'recipient groups',
            },
        ),
        migrations.AddField(
            model_name='bidder',
            name='noted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by'),
        ),
        migrations.AddField(
            model_name='bidder',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roles.organisation', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='delegation',
            name='delegate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to=settings.AUTH_USER_MODEL, verbose_name='delegate'),
        ),
        migrations.AddField(
            model_name='documentversion',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by'),
        ),
        migrations.AddField(
            model_name='documentversion',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='projects.document', verbose_name='document'),
        ),
        migrations.AddField(
            model_name='historicaldelegation',
            name='delegate',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='delegate'),
        ),
        migrations.AddField(
            model_name='historicaldelegation',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalinterest',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalinterest',
            name='organisation',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='roles.organisation', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='historicalinterest',
            name='person',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='historicalinterest',
            name='ruled_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by'),
        ),
        migrations.AddField(
            model_name='historicalmandate',
            name='appointed_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='appointed by'),
        ),
        migrations.AddField(
            model_name='historicalmandate',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalmandate',
            name='holder',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='holder'),
        ),
        migrations.AddField(
            model_name='historicalmandate',
            name='role',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='roles.roletemplate', verbose_name='role'),
        ),
        migrations.AddField(
            model_name='historicalproject',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalproject',
            name='pack',
            field=models.ForeignKey(blank=True, db_column='pack', db_constraint=False, default='fr', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='roles.methodpack', to_field='code', verbose_name='method pack'),
        ),
        migrations.AddField(
            model_name='historicalrecipientgroup',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='interest',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='roles.organisation', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='interest',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='interest',
            name='ruled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by'),
        ),
        migrations.AddField(
            model_name='ledgerevent',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='actor'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='appointed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='appointed by'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='holder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to=settings.AUTH_USER_MODEL, verbose_name='holder'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='role',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='roles.roletemplate', verbose_name='role'),
        ),
        migrations.AddField(
            model_name='historicaldelegation',
            name='mandate',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.mandate', verbose_name="owner's mandate"),
        ),
        migrations.AddField(
            model_name='delegation',
            name='mandate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to='projects.mandate', verbose_name="owner's mandate"),
        ),
        migrations.AddField(
            model_name='matrix',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='historicalproject',
            name='matrix',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.matrix', verbose_name='roles in force'),
        ),
        migrations.AddField(
            model_name='notification',
            name='event',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to='projects.ledgerevent', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='notification',
            name='recipient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to=settings.AUTH_USER_MODEL, verbose_name='recipient'),
        ),
        migrations.AddField(
            model_name='project',
            name='matrix',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.matrix', verbose_name='roles in force'),
        ),
        migrations.AddField(
            model_name='project',
            name='pack',
            field=models.ForeignKey(db_column='pack', default='fr', on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='roles.methodpack', to_field='code', verbose_name='method pack'),
        ),
        migrations.AddField(
            model_name='project',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='projects.project', verbose_name='part of'),
        ),
        migrations.AddField(
            model_name='matrix',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matrices', to='projects.project', verbose_name='project'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='projects.project', verbose_name='project'),
        ),
        migrations.AddField(
            model_name='ledgerevent',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='projects.project', verbose_name='project'),
        ),
        migrations.AddField(
            model_name='interest',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='projects.project', verbose_name='project'),
        ),
        migrations.AddField(
            model_name='historicalrecipientgroup',
            name='project',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project', verbose_name='project'),
        ),
        migrations.AddField(
            model_name='historicalproject',
            name='parent',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project', verbose_name='part of'),
        ),
        migrations.AddField(
            model_name='historicalmandate',
            name='project',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project', verbose_name='project'),
        ),
        migrations.AddField(
            model_name='historicalinterest',
            name='project',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.project', verbose_name='project'),
        ),
        migrations.AddField(
            model_name='document',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='projects.project', verbose_name='project'),
        ),
        migrations.AddField(
            model_name='bidder',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bidders', to='projects.project', verbose_name='project'),
        ),
        migrations.AddField(
            model_name='recipientgroup',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recipient_groups', to='projects.project', verbose_name='project'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='recipient_group',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='projects.recipientgroup', verbose_name='recipient group'),
        ),
        migrations.AddField(
            model_name='historicalmandate',
            name='recipient_group',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.recipientgroup', verbose_name='recipient group'),
        ),
        migrations.AddConstraint(
            model_name='documentversion',
            constraint=models.UniqueConstraint(fields=('document', 'number'), name='one_version_per_number'),
        ),
        migrations.AddConstraint(
            model_name='documentversion',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='a_version_is_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='documentversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', 1), ('why', '')), models.Q(('number__gt', 1), models.Q(('why', ''), _negated=True)), _connector='OR'), name='a_replacement_says_why'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('period__endswith__isnull', False), ('period__isempty', False), ('period__startswith__isnull', False)), name='a_delegation_has_a_start_and_an_end', violation_error_message='Give an end date after the start date.'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('kinds__contained_by', ['communication', 'interim_acceptance', 'minor_change']), ('kinds__len__gt', 0)), name='a_delegation_covers_only_delegable_kinds', violation_error_message='Some of these kinds of decision stay with the owner in person.'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('cap__isnull', True), ('cap__gte', 0), _connector='OR'), name='a_cap_is_not_negative'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('mailed_at__isnull', True)), fields=['id'], name='notification_to_mail'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['recipient'], name='notification_unread'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.UniqueConstraint(fields=('event', 'recipient'), name='one_notice_per_event_and_person'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('event__isnull', False), ('reason__in', ['import_failed', 'waiver_ending', 'waiver_expired']), _connector='OR'), name='a_notice_tells_of_an_event'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.UniqueConstraint(condition=models.Q(('reason__in', ('waiver_ending', 'waiver_expired'))), fields=('link', 'reason', 'recipient'), name='one_notice_per_person_of_what_time_tells'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='a_project_ends_after_it_starts', violation_error_message='Give an end date after the start date.'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['project', 'programme', 'portfolio', 'organisation'])), name='a_project_has_a_known_level'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'active', 'closed'])), name='a_project_has_a_known_state'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('gate__in', ['', 'G0', 'G1', 'G2', 'G3', 'G4', 'G5'])), name='a_project_has_passed_a_known_gate'),
        ),
        migrations.AddConstraint(
            model_name='matrix',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='one_matrix_per_number'),
        ),
        migrations.AddIndex(
            model_name='ledgerevent',
            index=models.Index(fields=['subject', 'subject_id'], name='event_by_subject'),
        ),
        migrations.AddConstraint(
            model_name='ledgerevent',
            constraint=models.UniqueConstraint(fields=('project', 'seq'), name='one_event_per_place_in_the_chain'),
        ),
        migrations.AddConstraint(
            model_name='ledgerevent',
            constraint=models.UniqueConstraint(fields=('subject', 'subject_id', 'act', 'acted_at'), name='one_event_per_act'),
        ),
        migrations.AddConstraint(
            model_name='interest',
            constraint=models.UniqueConstraint(condition=models.Q(('ruling', '')), fields=('project', 'person', 'organisation'), name='one_open_tie_per_person_and_organisation', violation_error_message='This tie is declared already.'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('project', 'name'), name='one_document_per_name_and_project'),
        ),
        migrations.AddConstraint(
            model_name='bidder',
            constraint=models.UniqueConstraint(fields=('project', 'organisation'), name='one_bidder_per_organisation_and_project', violation_error_message='This organisation is already noted as a bidder.'),
        ),
        migrations.AddConstraint(
            model_name='recipientgroup',
            constraint=models.UniqueConstraint(fields=('project', 'name'), name='one_group_per_name_and_project', violation_error_message='The project already has a group of this name.'),
        ),
        migrations.AddConstraint(
            model_name='recipientgroup',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_group_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='recipientgroup',
            constraint=models.CheckConstraint(condition=models.Q(('influence__in', ['', 'low', 'medium', 'high']), ('interest__in', ['', 'low', 'medium', 'high'])), name='interest_and_influence_are_on_the_scale'),
        ),
        migrations.AddConstraint(
            model_name='recipientgroup',
            constraint=models.CheckConstraint(condition=models.Q(('attitude__in', ['', 'favourable', 'neutral', 'reluctant'])), name='an_attitude_is_known'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(fields=['holder', 'project'], name='mandate_by_holder'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('authority', 'decides'), ('taken_back', False)), expressions=[('project', '='), ('period', '&&')], name='one_owner_per_project_at_any_instant', violation_error_message='This project already has an owner during that period.'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('taken_back', False)), expressions=[('project', '='), ('holder', '='), ('period', '&&')], name='one_role_per_person_and_project_at_any_instant', violation_error_message='This person already holds a role on this project during that period.'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='a_mandate_has_a_start_and_some_length', violation_error_message='Give an end date after the start date.'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('authority__in', ['decides', 'advises', 'delivers', 'receives'])), name='a_mandate_has_a_known_authority'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('champion', False), ('group', ''), ('recipient_group__isnull', True)), models.Q(models.Q(('group', ''), _negated=True), ('recipient_group__isnull', False)), _connector='OR'), name='a_mandate_for_a_group_points_to_it'),
        ),
    ]
