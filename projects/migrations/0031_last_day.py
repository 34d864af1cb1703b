from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# Both are replaced by wider ones: few notices are without an event, and none has the new reason.
DROP = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE projects_notification DROP CONSTRAINT a_notice_tells_of_an_event;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX one_notice_per_person_of_what_time_tells;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX one_notice_per_person_of_what_time_tells ON projects_notification (link, reason, recipient_id)
  WHERE reason IN ('waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late',
    'role_ending', 'role_over', 'role_leaving', 'role_left', 'delegation_over');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0030_invitations_by_the_outbox'),
    ]

    operations = [
        migrations.AlterField(
            model_name='ledgerevent',
            name='act',
            field=models.CharField(choices=[('found', 'Project opened'), ('appoint', 'Role given'), ('name_owner', 'Owner named'), ('accept', 'Mandate accepted'), ('state_competence', 'Competence stated'), ('end_mandate', 'Mandate ended'), ('delegate', 'Signature delegated'), ('revoke', 'Delegation ended'), ('set_up', 'Ouvrage set up'), ('invite', 'Person invited'), ('edit_account', 'Account changed by its person'), ('change_password', 'Password changed by its person'), ('plan_departure', 'Departure planned or taken back'), ('close_account', 'Account closed'), ('edit_settings', 'Settings of the organisation changed'), ('publish_role', 'Role template published'), ('retire_role', 'Role template retired'), ('install_pack', 'Method pack installed'), ('apply_roles', 'Roles applied'), ('adapt_roles', 'Roles adapted'), ('link_organisations', 'Organisations linked'), ('end_link', 'Link between organisations ended'), ('note_bidder', 'Bidder noted'), ('declare_interest', 'Tie declared'), ('settle_interest', 'Tie settled'), ('describe_group', 'Recipient group described'), ('write_requirements', 'Requirements written'), ('import_list', 'List imported from a file'), ('import_requirements', 'Requirements imported'), ('freeze_baseline', 'Requirements frozen'), ('implement', 'Requirements implemented'), ('ask', 'Question asked'), ('answer', 'Question answered'), ('estimate', 'Estimate given'), ('plan_acceptance', 'Acceptance planned'), ('run_test', 'Test run'), ('report_defect', 'Defect reported'), ('correct_defect', 'Defect corrected'), ('close_defect', 'Defect closed or reopened'), ('close_campaign', 'Acceptance campaign closed'), ('plan_change', 'Change plan written'), ('freeze_plan', 'Change plan frozen'), ('give_feedback', 'Feedback noted'), ('answer_feedback', 'Feedback answered'), ('acknowledge', 'Decision read'), ('follow_indicators', 'Indicators followed'), ('publish_weather', 'Project weather published'), ('plan_schedule', 'Schedule kept'), ('plan_means', 'Means kept'), ('propose_criterion', 'Success criterion proposed'), ('propose_benefit', 'Benefit proposed'), ('freeze_criteria', 'Success criteria frozen'), ('measure_criterion', 'Success criterion measured'), ('note_lesson', 'Lesson noted'), ('raise_risk', 'Risk raised'), ('edit_risk', 'Risk described'), ('assess_risk', 'Risk assessed'), ('treat_risk', 'Action on a risk written'), ('review_risks', 'Risks reviewed'), ('materialise_risk', 'Risk happened'), ('raise_issue', 'Issue raised'), ('settle_issue', 'Issue followed'), ('set_risk_scale', 'Risk scale set'), ('check_conformity', 'Conformity checked'), ('revoke_waiver', 'Waiver revoked'), ('close_waiver', 'Waiver closed'), ('draft', 'Proposal drafted'), ('edit', 'Working text changed'), ('submit', 'Proposal submitted'), ('take_up', 'Taken up for review'), ('advise', 'Opinion given'), ('note_binding', 'Binding opinion noted'), ('withdraw', 'Proposal withdrawn'), ('decide', 'Decision recorded'), ('store_record', 'Decision record stored'), ('supersede', 'Decision replaced'), ('prove', 'Proof of a condition given'), ('lift', 'Condition lifted'), ('waive', 'Condition waived'), ('lapse', 'Condition not met in time'), ('fulfil', 'Obligation fulfilled'), ('excuse', 'Role excused from an obligation'), ('add_document', 'Document added'), ('replace_document', 'Document replaced'), ('break_seal', 'Decision no longer current'), ('review_decision', 'Decision reviewed'), ('archive_review', 'Monthly review archived'), ('keep_standards', 'Standards library kept'), ('erase', 'Personal data erased'), ('edit_facts', 'Facts of the project changed'), ('switch_workspaces', 'Workspaces switched'), ('seal_rows', 'Rows sealed')], max_length=20, verbose_name='act'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='reason',
            field=models.CharField(choices=[('opinion_asked', 'your opinion is asked'), ('decision_asked', 'waits for your decision'), ('decided', 'the owner has answered'), ('withdrawn', 'was withdrawn by its author'), ('ground_replaced', 'goes back to its authors: the owner has replaced a decision it rests on'), ('ground_dropped', 'was withdrawn: the owner has replaced the decision it names'), ('proof_given', 'the proof of a condition waits for you'), ('condition_lifted', 'a condition was lifted'), ('condition_waived', 'a condition was waived'), ('condition_lapsed', 'a condition was not met in time: the decision has lapsed'), ('lapse_prevented', 'a condition was not met in time, but what was decided cannot be undone'), ('reservation_proved', 'the proof that a reservation is lifted waits for you'), ('reservation_lifted', 'a reservation was lifted'), ('reservation_waived', 'a reservation was waived'), ('no_longer_current', 'was decided on something that has changed since'), ('still_holds', 'still holds: the owner has confirmed the decision'), ('propose_again', 'the owner asks your role to propose it again'), ('tie_waits', 'a declared tie waits for your ruling'), ('tie_blocks', 'a tie you declared blocks your role, because the organisation bids'), ('import_done', 'your import is done'), ('import_failed', 'your import was not written; nothing was changed'), ('tie_settled', 'the owner has settled a tie you declared'), ('question_asked', 'a question waits for the answer of your role'), ('question_answered', 'the question your role asked is answered'), ('risk_reopened', 'has risen above the level you accepted: it is to be answered again'), ('risk_happened', 'has happened: it is an issue now'), ('waiver_revoked', 'this waiver was revoked by the owner'), ('waiver_closed', 'this waiver was closed: what it covered is conform'), ('waiver_ending', 'this waiver ends within 30 days'), ('waiver_expired', 'this waiver has expired: what it covered is not conform again'), ('obligation_due', 'this obligation of your role is due within seven days'), ('obligation_late', 'this obligation of your role is late'), ('role_given', 'a role is given'), ('role_accepted', 'a role is accepted'), ('role_ended', 'a role is ended'), ('role_ending', 'this role ends within 30 days'), ('role_over', 'this role has come to its end'), ('role_leaving', 'the holder leaves on a day that is set. Give the role to somebody else'), ('role_left', 'is vacant: the account of its holder is closed. Give the role to somebody else'), ('invited', 'you are invited'), ('departure_set', 'a last day is set: the account closes after it'), ('departure_off', 'the last day that was set is taken back: the account stays open'), ('departure_over', 'an account is closed: its last day is over'), ('owner_named', 'a project owner is named'), ('signature_delegated', 'the project owner’s signature is delegated'), ('delegation_ended', 'a delegation of the project owner’s signature is ended'), ('delegation_over', 'this delegation of signature has come to its end')], max_length=20, verbose_name='reason'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, migrations.RunSQL.noop)],
            state_operations=[
                migrations.RemoveConstraint(model_name='notification', name='a_notice_tells_of_an_event'),
                migrations.RemoveConstraint(model_name='notification', name='one_notice_per_person_of_what_time_tells'),
                migrations.AddConstraint(
                    model_name='notification',
                    constraint=models.UniqueConstraint(condition=models.Q(('reason__in', ('waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late', 'role_ending', 'role_over', 'role_leaving', 'role_left', 'delegation_over'))), fields=('link', 'reason', 'recipient'), name='one_notice_per_person_of_what_time_tells'),
                ),
            ],
        ),
        AddConstraintNotValid(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('event__isnull', False), ('reason__in', ['import_failed', 'waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late', 'role_ending', 'role_over', 'role_leaving', 'role_left', 'delegation_over']), _connector='OR'), name='a_notice_tells_of_an_event'),
        ),
    ]
