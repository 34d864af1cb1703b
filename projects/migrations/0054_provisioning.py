import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0053_check_changes_of_address'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='ledgerevent',
            name='act',
            field=models.CharField(choices=[('found', 'Project opened'), ('appoint', 'Role given'), ('name_owner', 'Owner named'), ('accept', 'Mandate accepted'), ('state_competence', 'Competence stated'), ('end_mandate', 'Mandate ended'), ('delegate', 'Signature delegated'), ('revoke', 'Delegation ended'), ('set_up', 'Ouvrage set up'), ('invite', 'Person invited'), ('open_account', 'Account opened by the identity provider'), ('edit_account', 'Account changed by its person'), ('change_password', 'Password changed by its person'), ('send_reset', 'Link to choose a new password sent'), ('give_credential', 'Credential given'), ('confirm_credential', 'Credential confirmed by its person'), ('end_credential', 'Credential ended'), ('ask_vouch', 'Vouch asked for a credential'), ('vouch', 'Vouch given for a credential'), ('ask_address', 'Another address asked by its person'), ('propose_address', 'Another address proposed'), ('confirm_address', 'Another address confirmed from a mailbox'), ('change_address', 'Address of an account changed'), ('end_address', 'Change of an address ended'), ('plan_departure', 'Departure planned or taken back'), ('state_absence', 'Absence stated or taken back'), ('close_account', 'Account closed'), ('edit_settings', 'Settings of the organisation changed'), ('publish_role', 'Role template published'), ('retire_role', 'Role template retired'), ('install_pack', 'Method pack installed'), ('apply_roles', 'Roles applied'), ('adapt_roles', 'Roles adapted'), ('provision_account', 'Account changed by the directory'), ('make_token', 'Token of provisioning made'), ('end_token', 'Token of provisioning ended'), ('name_administrator', 'Administrator named'), ('end_administrator', 'Rights of an administrator ended'), ('keep_organisation', 'Organisation added or renamed'), ('link_organisations', 'Organisations linked'), ('end_link', 'Link between organisations ended'), ('note_bidder', 'Bidder noted'), ('declare_interest', 'Tie declared'), ('settle_interest', 'Tie settled'), ('describe_group', 'Recipient group described'), ('write_requirements', 'Requirements written'), ('import_list', 'List imported from a file'), ('import_requirements', 'Requirements imported'), ('freeze_baseline', 'Requirements frozen'), ('implement', 'Requirements implemented'), ('ask', 'Question asked'), ('answer', 'Question answered'), ('estimate', 'Estimate given'), ('plan_acceptance', 'Acceptance planned'), ('run_test', 'Test run'), ('report_defect', 'Defect reported'), ('correct_defect', 'Defect corrected'), ('close_defect', 'Defect closed or reopened'), ('close_campaign', 'Acceptance campaign closed'), ('plan_change', 'Change plan written'), ('freeze_plan', 'Change plan frozen'), ('give_feedback', 'Feedback noted'), ('answer_feedback', 'Feedback answered'), ('acknowledge', 'Decision read'), ('follow_indicators', 'Indicators followed'), ('publish_weather', 'Project weather published'), ('plan_schedule', 'Schedule kept'), ('plan_means', 'Means kept'), ('propose_criterion', 'Success criterion proposed'), ('propose_benefit', 'Benefit proposed'), ('freeze_criteria', 'Success criteria frozen'), ('measure_criterion', 'Success criterion measured'), ('note_lesson', 'Lesson noted'), ('raise_risk', 'Risk raised'), ('edit_risk', 'Risk described'), ('assess_risk', 'Risk assessed'), ('treat_risk', 'Action on a risk written'), ('review_risks', 'Risks reviewed'), ('materialise_risk', 'Risk happened'), ('raise_issue', 'Issue raised'), ('settle_issue', 'Issue followed'), ('set_risk_scale', 'Risk scale set'), ('check_conformity', 'Conformity checked'), ('revoke_waiver', 'Waiver revoked'), ('close_waiver', 'Waiver closed'), ('draft', 'Proposal drafted'), ('edit', 'Working text changed'), ('submit', 'Proposal submitted'), ('take_up', 'Taken up for review'), ('advise', 'Opinion given'), ('note_binding', 'Binding opinion noted'), ('withdraw', 'Proposal withdrawn'), ('decide', 'Decision recorded'), ('dispute', 'Signature disputed by its person'), ('store_record', 'Decision record stored'), ('supersede', 'Decision replaced'), ('prove', 'Proof of a condition given'), ('lift', 'Condition lifted'), ('waive', 'Condition waived'), ('lapse', 'Condition not met in time'), ('fulfil', 'Obligation fulfilled'), ('excuse', 'Role excused from an obligation'), ('add_document', 'Document added'), ('replace_document', 'Document replaced'), ('break_seal', 'Decision no longer current'), ('review_decision', 'Decision reviewed'), ('archive_review', 'Monthly review archived'), ('keep_standards', 'Standards library kept'), ('erase', 'Personal data erased'), ('edit_facts', 'Facts of the project changed'), ('write_earlier', 'Earlier decision written'), ('switch_workspaces', 'Workspaces switched'), ('sign_decisions', 'Signing of decisions required, or no longer'), ('require_workspaces', 'Workspaces switched on, as required'), ('ask_move', 'Move under another parent asked'), ('accept_move', 'Move under another parent accepted'), ('refuse_move', 'Move under another parent refused'), ('take_back_move', 'Move under another parent taken back'), ('archive', 'Project archived'), ('unarchive', 'Project taken out of the archive'), ('seal_rows', 'Rows sealed')], max_length=20, verbose_name='act'),
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
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
            ],
            options={
                'verbose_name': 'historical token of provisioning',
                'verbose_name_plural': 'historical tokens of provisioning',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
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
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('name',), name='one_living_token_of_a_name')],
            },
        ),
    ]
