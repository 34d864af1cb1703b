import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0045_disputes_of_signatures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='asked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='vouch asked'),
        ),
        migrations.AddField(
            model_name='credential',
            name='vouched_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='vouched for'),
        ),
        migrations.AddField(
            model_name='historicalcredential',
            name='asked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='vouch asked'),
        ),
        migrations.AddField(
            model_name='historicalcredential',
            name='vouched_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='vouched for'),
        ),
        migrations.AlterField(
            model_name='ledgerevent',
            name='act',
            field=models.CharField(choices=[('found', 'Project opened'), ('appoint', 'Role given'), ('name_owner', 'Owner named'), ('accept', 'Mandate accepted'), ('state_competence', 'Competence stated'), ('end_mandate', 'Mandate ended'), ('delegate', 'Signature delegated'), ('revoke', 'Delegation ended'), ('set_up', 'Ouvrage set up'), ('invite', 'Person invited'), ('edit_account', 'Account changed by its person'), ('change_password', 'Password changed by its person'), ('send_reset', 'Link to choose a new password sent'), ('give_credential', 'Credential given'), ('confirm_credential', 'Credential confirmed by its person'), ('end_credential', 'Credential ended'), ('ask_vouch', 'Vouch asked for a credential'), ('vouch', 'Vouch given for a credential'), ('plan_departure', 'Departure planned or taken back'), ('state_absence', 'Absence stated or taken back'), ('close_account', 'Account closed'), ('edit_settings', 'Settings of the organisation changed'), ('publish_role', 'Role template published'), ('retire_role', 'Role template retired'), ('install_pack', 'Method pack installed'), ('apply_roles', 'Roles applied'), ('adapt_roles', 'Roles adapted'), ('name_administrator', 'Administrator named'), ('end_administrator', 'Rights of an administrator ended'), ('keep_organisation', 'Organisation added or renamed'), ('link_organisations', 'Organisations linked'), ('end_link', 'Link between organisations ended'), ('note_bidder', 'Bidder noted'), ('declare_interest', 'Tie declared'), ('settle_interest', 'Tie settled'), ('describe_group', 'Recipient group described'), ('write_requirements', 'Requirements written'), ('import_list', 'List imported from a file'), ('import_requirements', 'Requirements imported'), ('freeze_baseline', 'Requirements frozen'), ('implement', 'Requirements implemented'), ('ask', 'Question asked'), ('answer', 'Question answered'), ('estimate', 'Estimate given'), ('plan_acceptance', 'Acceptance planned'), ('run_test', 'Test run'), ('report_defect', 'Defect reported'), ('correct_defect', 'Defect corrected'), ('close_defect', 'Defect closed or reopened'), ('close_campaign', 'Acceptance campaign closed'), ('plan_change', 'Change plan written'), ('freeze_plan', 'Change plan frozen'), ('give_feedback', 'Feedback noted'), ('answer_feedback', 'Feedback answered'), ('acknowledge', 'Decision read'), ('follow_indicators', 'Indicators followed'), ('publish_weather', 'Project weather published'), ('plan_schedule', 'Schedule kept'), ('plan_means', 'Means kept'), ('propose_criterion', 'Success criterion proposed'), ('propose_benefit', 'Benefit proposed'), ('freeze_criteria', 'Success criteria frozen'), ('measure_criterion', 'Success criterion measured'), ('note_lesson', 'Lesson noted'), ('raise_risk', 'Risk raised'), ('edit_risk', 'Risk described'), ('assess_risk', 'Risk assessed'), ('treat_risk', 'Action on a risk written'), ('review_risks', 'Risks reviewed'), ('materialise_risk', 'Risk happened'), ('raise_issue', 'Issue raised'), ('settle_issue', 'Issue followed'), ('set_risk_scale', 'Risk scale set'), ('check_conformity', 'Conformity checked'), ('revoke_waiver', 'Waiver revoked'), ('close_waiver', 'Waiver closed'), ('draft', 'Proposal drafted'), ('edit', 'Working text changed'), ('submit', 'Proposal submitted'), ('take_up', 'Taken up for review'), ('advise', 'Opinion given'), ('note_binding', 'Binding opinion noted'), ('withdraw', 'Proposal withdrawn'), ('decide', 'Decision recorded'), ('dispute', 'Signature disputed by its person'), ('store_record', 'Decision record stored'), ('supersede', 'Decision replaced'), ('prove', 'Proof of a condition given'), ('lift', 'Condition lifted'), ('waive', 'Condition waived'), ('lapse', 'Condition not met in time'), ('fulfil', 'Obligation fulfilled'), ('excuse', 'Role excused from an obligation'), ('add_document', 'Document added'), ('replace_document', 'Document replaced'), ('break_seal', 'Decision no longer current'), ('review_decision', 'Decision reviewed'), ('archive_review', 'Monthly review archived'), ('keep_standards', 'Standards library kept'), ('erase', 'Personal data erased'), ('edit_facts', 'Facts of the project changed'), ('write_earlier', 'Earlier decision written'), ('switch_workspaces', 'Workspaces switched'), ('require_workspaces', 'Workspaces switched on, as required'), ('ask_move', 'Move under another parent asked'), ('accept_move', 'Move under another parent accepted'), ('refuse_move', 'Move under another parent refused'), ('take_back_move', 'Move under another parent taken back'), ('archive', 'Project archived'), ('unarchive', 'Project taken out of the archive'), ('seal_rows', 'Rows sealed')], max_length=20, verbose_name='act'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='reason',
            field=models.CharField(choices=[('opinion_asked', 'your opinion is asked'), ('decision_asked', 'waits for your decision'), ('decided', 'the owner has answered'), ('signature_disputed', 'the signatory says: this was not me'), ('withdrawn', 'was withdrawn by its author'), ('ground_replaced', 'goes back to its authors: the owner has replaced a decision it rests on'), ('ground_dropped', 'was withdrawn: the owner has replaced the decision it names'), ('proof_given', 'the proof of a condition waits for you'), ('condition_lifted', 'a condition was lifted'), ('condition_waived', 'a condition was waived'), ('condition_lapsed', 'a condition was not met in time: the decision has lapsed'), ('lapse_prevented', 'a condition was not met in time, but what was decided cannot be undone'), ('reservation_proved', 'the proof that a reservation is lifted waits for you'), ('reservation_lifted', 'a reservation was lifted'), ('reservation_waived', 'a reservation was waived'), ('no_longer_current', 'was decided on something that has changed since'), ('still_holds', 'still holds: the owner has confirmed the decision'), ('propose_again', 'the owner asks your role to propose it again'), ('tie_waits', 'a declared tie waits for your ruling'), ('tie_blocks', 'a tie you declared blocks your role, because the organisation bids'), ('import_done', 'your import is done'), ('import_failed', 'your import was not written; nothing was changed'), ('tie_settled', 'the owner has settled a tie you declared'), ('question_asked', 'a question waits for the answer of your role'), ('question_answered', 'the question your role asked is answered'), ('risk_reopened', 'has risen above the level you accepted: it is to be answered again'), ('risk_happened', 'has happened: it is an issue now'), ('waiver_revoked', 'this waiver was revoked by the owner'), ('waiver_closed', 'this waiver was closed: what it covered is conform'), ('waiver_ending', 'this waiver ends within 30 days'), ('waiver_expired', 'this waiver has expired: what it covered is not conform again'), ('obligation_due', 'this obligation of your role is due within seven days'), ('obligation_late', 'this obligation of your role is late'), ('role_given', 'a role is given'), ('role_accepted', 'a role is accepted'), ('role_ended', 'a role is ended'), ('role_ending', 'this role ends within 30 days'), ('role_over', 'this role has come to its end'), ('role_leaving', 'the holder leaves on a day that is set. Give the role to somebody else'), ('role_left', 'is vacant: the account of its holder is closed. Give the role to somebody else'), ('account_closed', 'is closed: you can no longer sign in'), ('reset_sent', 'an administrator sent you a link to choose a new password'), ('credential_changed', 'a sign-in credential of your account has changed'), ('vouch_asked', 'a person asks you to vouch for their new credential'), ('vouched', 'somebody vouched for your new credential'), ('invited', 'you are invited'), ('departure_set', 'a last day is set: the account closes after it'), ('departure_off', 'the last day that was set is taken back: the account stays open'), ('departure_over', 'an account is closed: its last day is over'), ('absence_stated', 'your absence is stated by an administrator'), ('absence_over', 'the absence is taken back'), ('asked_meanwhile', 'somebody names you as who to ask while they are absent'), ('owner_named', 'a project owner is named'), ('signature_delegated', 'the project owner’s signature is delegated'), ('delegation_ended', 'a delegation of the project owner’s signature is ended'), ('move_asked', 'this project asks to come under another parent'), ('move_settled', 'the move of this project is settled'), ('workspaces_required', 'a standard above switched a workspace of this project on'), ('delegation_over', 'this delegation of signature has come to its end')], max_length=20, verbose_name='reason'),
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
                'constraints': [models.UniqueConstraint(fields=('credential', 'voucher'), name='one_vouch_per_credential_and_person'), models.CheckConstraint(condition=models.Q(('capacity__in', ['above', 'administrator'])), name='a_vouch_has_a_known_capacity')],
            },
        ),
    ]
