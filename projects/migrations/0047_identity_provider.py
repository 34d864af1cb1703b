from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0046_vouches'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='credential',
            name='a_credential_has_a_known_kind',
        ),
        migrations.RemoveConstraint(
            model_name='credential',
            name='a_passkey_has_its_public_key',
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_client_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=190, verbose_name='Client identifier'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_domain',
            field=models.CharField(blank=True, db_default='', default='', max_length=253, verbose_name='Domain for new accounts'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_issuer',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='Issuer'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_kind',
            field=models.CharField(choices=[('openid_connect', 'OpenID Connect'), ('proconnect', 'ProConnect')], db_default='openid_connect', default='openid_connect', max_length=20, verbose_name='Kind of identity provider'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='Name on the button'),
        ),
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='provider_own_factor',
            field=models.BooleanField(db_default=True, default=True, verbose_name='Ask for an Ouvrage credential before a personal act'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_client_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=190, verbose_name='Client identifier'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_domain',
            field=models.CharField(blank=True, db_default='', default='', max_length=253, verbose_name='Domain for new accounts'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_issuer',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='Issuer'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_kind',
            field=models.CharField(choices=[('openid_connect', 'OpenID Connect'), ('proconnect', 'ProConnect')], db_default='openid_connect', default='openid_connect', max_length=20, verbose_name='Kind of identity provider'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='Name on the button'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_own_factor',
            field=models.BooleanField(db_default=True, default=True, verbose_name='Ask for an Ouvrage credential before a personal act'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='provider_secret',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='Client secret'),
        ),
        migrations.AlterField(
            model_name='credential',
            name='credential_id',
            field=models.BinaryField(blank=True, null=True, verbose_name='identifier of the passkey or of the person'),
        ),
        migrations.AlterField(
            model_name='credential',
            name='kind',
            field=models.CharField(choices=[('password', 'password'), ('code_app', 'code of an app'), ('passkey', 'passkey'), ('recovery_codes', 'recovery codes'), ('provider', 'identity provider'), ('address', 'e-mail address')], max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='credential',
            name='origin',
            field=models.CharField(choices=[('first', 'first one, with the account'), ('exchanged', 'by its person, who gave the one before'), ('mailed', 'by a link sent to the address on file'), ('added', 'added in a session')], max_length=20, verbose_name='origin'),
        ),
        migrations.AlterField(
            model_name='historicalcredential',
            name='credential_id',
            field=models.BinaryField(blank=True, null=True, verbose_name='identifier of the passkey or of the person'),
        ),
        migrations.AlterField(
            model_name='historicalcredential',
            name='kind',
            field=models.CharField(choices=[('password', 'password'), ('code_app', 'code of an app'), ('passkey', 'passkey'), ('recovery_codes', 'recovery codes'), ('provider', 'identity provider'), ('address', 'e-mail address')], max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='historicalcredential',
            name='origin',
            field=models.CharField(choices=[('first', 'first one, with the account'), ('exchanged', 'by its person, who gave the one before'), ('mailed', 'by a link sent to the address on file'), ('added', 'added in a session')], max_length=20, verbose_name='origin'),
        ),
        migrations.AlterField(
            model_name='ledgerevent',
            name='act',
            field=models.CharField(choices=[('found', 'Project opened'), ('appoint', 'Role given'), ('name_owner', 'Owner named'), ('accept', 'Mandate accepted'), ('state_competence', 'Competence stated'), ('end_mandate', 'Mandate ended'), ('delegate', 'Signature delegated'), ('revoke', 'Delegation ended'), ('set_up', 'Ouvrage set up'), ('invite', 'Person invited'), ('open_account', 'Account opened by the identity provider'), ('edit_account', 'Account changed by its person'), ('change_password', 'Password changed by its person'), ('send_reset', 'Link to choose a new password sent'), ('give_credential', 'Credential given'), ('confirm_credential', 'Credential confirmed by its person'), ('end_credential', 'Credential ended'), ('ask_vouch', 'Vouch asked for a credential'), ('vouch', 'Vouch given for a credential'), ('plan_departure', 'Departure planned or taken back'), ('state_absence', 'Absence stated or taken back'), ('close_account', 'Account closed'), ('edit_settings', 'Settings of the organisation changed'), ('publish_role', 'Role template published'), ('retire_role', 'Role template retired'), ('install_pack', 'Method pack installed'), ('apply_roles', 'Roles applied'), ('adapt_roles', 'Roles adapted'), ('name_administrator', 'Administrator named'), ('end_administrator', 'Rights of an administrator ended'), ('keep_organisation', 'Organisation added or renamed'), ('link_organisations', 'Organisations linked'), ('end_link', 'Link between organisations ended'), ('note_bidder', 'Bidder noted'), ('declare_interest', 'Tie declared'), ('settle_interest', 'Tie settled'), ('describe_group', 'Recipient group described'), ('write_requirements', 'Requirements written'), ('import_list', 'List imported from a file'), ('import_requirements', 'Requirements imported'), ('freeze_baseline', 'Requirements frozen'), ('implement', 'Requirements implemented'), ('ask', 'Question asked'), ('answer', 'Question answered'), ('estimate', 'Estimate given'), ('plan_acceptance', 'Acceptance planned'), ('run_test', 'Test run'), ('report_defect', 'Defect reported'), ('correct_defect', 'Defect corrected'), ('close_defect', 'Defect closed or reopened'), ('close_campaign', 'Acceptance campaign closed'), ('plan_change', 'Change plan written'), ('freeze_plan', 'Change plan frozen'), ('give_feedback', 'Feedback noted'), ('answer_feedback', 'Feedback answered'), ('acknowledge', 'Decision read'), ('follow_indicators', 'Indicators followed'), ('publish_weather', 'Project weather published'), ('plan_schedule', 'Schedule kept'), ('plan_means', 'Means kept'), ('propose_criterion', 'Success criterion proposed'), ('propose_benefit', 'Benefit proposed'), ('freeze_criteria', 'Success criteria frozen'), ('measure_criterion', 'Success criterion measured'), ('note_lesson', 'Lesson noted'), ('raise_risk', 'Risk raised'), ('edit_risk', 'Risk described'), ('assess_risk', 'Risk assessed'), ('treat_risk', 'Action on a risk written'), ('review_risks', 'Risks reviewed'), ('materialise_risk', 'Risk happened'), ('raise_issue', 'Issue raised'), ('settle_issue', 'Issue followed'), ('set_risk_scale', 'Risk scale set'), ('check_conformity', 'Conformity checked'), ('revoke_waiver', 'Waiver revoked'), ('close_waiver', 'Waiver closed'), ('draft', 'Proposal drafted'), ('edit', 'Working text changed'), ('submit', 'Proposal submitted'), ('take_up', 'Taken up for review'), ('advise', 'Opinion given'), ('note_binding', 'Binding opinion noted'), ('withdraw', 'Proposal withdrawn'), ('decide', 'Decision recorded'), ('dispute', 'Signature disputed by its person'), ('store_record', 'Decision record stored'), ('supersede', 'Decision replaced'), ('prove', 'Proof of a condition given'), ('lift', 'Condition lifted'), ('waive', 'Condition waived'), ('lapse', 'Condition not met in time'), ('fulfil', 'Obligation fulfilled'), ('excuse', 'Role excused from an obligation'), ('add_document', 'Document added'), ('replace_document', 'Document replaced'), ('break_seal', 'Decision no longer current'), ('review_decision', 'Decision reviewed'), ('archive_review', 'Monthly review archived'), ('keep_standards', 'Standards library kept'), ('erase', 'Personal data erased'), ('edit_facts', 'Facts of the project changed'), ('write_earlier', 'Earlier decision written'), ('switch_workspaces', 'Workspaces switched'), ('require_workspaces', 'Workspaces switched on, as required'), ('ask_move', 'Move under another parent asked'), ('accept_move', 'Move under another parent accepted'), ('refuse_move', 'Move under another parent refused'), ('take_back_move', 'Move under another parent taken back'), ('archive', 'Project archived'), ('unarchive', 'Project taken out of the archive'), ('seal_rows', 'Rows sealed')], max_length=20, verbose_name='act'),
        ),
        AddConstraintNotValid(
            model_name='credential',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['password', 'code_app', 'passkey', 'recovery_codes', 'provider', 'address'])), name='a_credential_has_a_known_kind'),
        ),
        AddConstraintNotValid(
            model_name='credential',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('credential_id__isnull', False), ('kind', 'passkey'), ('public_key__isnull', False)), models.Q(('credential_id__isnull', False), ('kind', 'provider'), ('public_key', None)), models.Q(models.Q(('kind__in', ('passkey', 'provider')), _negated=True), ('credential_id', None), ('public_key', None)), _connector='OR'), name='a_passkey_has_its_public_key'),
        ),
        AddConstraintNotValid(
            model_name='organisationsettings',
            constraint=models.CheckConstraint(condition=models.Q(('provider_kind__in', ['openid_connect', 'proconnect'])), name='a_provider_is_of_a_known_kind'),
        ),
    ]
