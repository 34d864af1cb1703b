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
  WHERE reason IN ('waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late', 'condition_late',
    'tasks_due', 'role_ending', 'role_over', 'role_leaving', 'role_left', 'delegation_over');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0058_check_tasks_due'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notification',
            name='reason',
            field=models.CharField(choices=[('opinion_asked', 'your opinion is asked'), ('decision_asked', 'waits for your decision'), ('decided', 'the owner has answered'), ('signature_disputed', 'the signatory says: this was not me'), ('withdrawn', 'was withdrawn by its author'), ('ground_replaced', 'goes back to its authors: the owner has replaced a decision it rests on'), ('ground_dropped', 'was withdrawn: the owner has replaced the decision it names'), ('proof_given', 'the proof of a condition waits for you'), ('condition_lifted', 'a condition was met'), ('condition_waived', 'a condition was waived'), ('condition_lapsed', 'a condition was not met in time: the decision has lapsed'), ('lapse_prevented', 'a condition was not met in time, but what was decided cannot be undone'), ('reservation_proved', 'read the evidence that a reservation is cleared'), ('reservation_lifted', 'a reservation was cleared'), ('reservation_waived', 'a reservation was waived'), ('no_longer_current', 'was decided on something that has changed since'), ('still_holds', 'still holds: the owner has confirmed the decision'), ('propose_again', 'the owner asks your role to propose it again'), ('tie_waits', 'a declared interest needs your ruling'), ('tie_blocks', 'an interest you declared blocks your role, because the organisation bids'), ('import_done', 'your import is done'), ('import_failed', 'your import was not written; nothing was changed'), ('tie_settled', 'the owner has ruled on an interest you declared'), ('question_asked', 'a question waits for the answer of your role'), ('question_answered', 'the question your role asked is answered'), ('risk_reopened', 'has risen above the level you accepted: it is to be answered again'), ('risk_happened', 'has happened: it is an issue now'), ('risk_red', 'has turned red'), ('waiver_revoked', 'this waiver was revoked by the owner'), ('waiver_closed', 'this waiver was closed: what it covered is conform'), ('waiver_ending', 'this waiver ends within 30 days'), ('waiver_expired', 'this waiver has expired: what it covered is not conform again'), ('obligation_due', 'this obligation of your role is due within seven days'), ('obligation_late', 'this obligation of your role is late'), ('condition_late', 'is overdue'), ('tasks_due', 'due soon or late'), ('role_given', 'a role is given'), ('role_accepted', 'a role is accepted'), ('role_ended', 'a role is ended'), ('role_ending', 'this role ends within 30 days'), ('role_over', 'this role has come to its end'), ('role_leaving', 'the holder leaves on a set day. Appoint another person'), ('role_left', "is vacant: its holder's account is closed. Appoint another person"), ('account_closed', 'is closed: you can no longer sign in'), ('reset_sent', 'an administrator sent you a link to choose a new password'), ('credential_changed', 'a sign-in credential of your account has changed'), ('vouch_asked', 'a person asks you to vouch for their new credential'), ('vouched', 'somebody vouched for your new credential'), ('address_changed', 'the address of your account changes, or was to change'), ('address_proposed', 'an administrator proposed another address for an account'), ('address_objected', 'a person objects to another address of their account'), ('account_changed', 'your name, title, organisation or language was changed'), ('invited', 'you are invited'), ('departure_set', 'a last day is set: the account closes after it'), ('departure_off', 'the last day that was set is taken back: the account stays open'), ('departure_over', 'an account is closed: its last day is over'), ('absence_stated', 'your absence is stated by an administrator'), ('absence_over', 'the absence is taken back'), ('asked_meanwhile', 'somebody names you as who to ask while they are absent'), ('owner_named', 'a project owner is named'), ('signature_delegated', 'the project owner’s signature is delegated'), ('delegation_ended', 'a delegation of the project owner’s signature is ended'), ('move_asked', 'this project asks to come under another parent'), ('move_settled', 'the move of this project is decided'), ('workspaces_required', 'a standard above switched a workspace of this project on'), ('delegation_over', 'this delegation of signature has come to its end')], max_length=20, verbose_name='reason'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, migrations.RunSQL.noop)],
            state_operations=[
                migrations.RemoveConstraint(model_name='notification', name='a_notice_tells_of_an_event'),
                migrations.RemoveConstraint(model_name='notification', name='one_notice_per_person_of_what_time_tells'),
                migrations.AddConstraint(
                    model_name='notification',
                    constraint=models.UniqueConstraint(condition=models.Q(('reason__in', ('waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late', 'condition_late', 'tasks_due', 'role_ending', 'role_over', 'role_leaving', 'role_left', 'delegation_over'))), fields=('link', 'reason', 'recipient'), name='one_notice_per_person_of_what_time_tells'),
                ),
            ],
        ),
        AddConstraintNotValid(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('event__isnull', False), ('reason__in', ['import_failed', 'waiver_ending', 'waiver_expired', 'lapse_prevented', 'obligation_due', 'obligation_late', 'condition_late', 'tasks_due', 'role_ending', 'role_over', 'role_leaving', 'role_left', 'delegation_over']), _connector='OR'), name='a_notice_tells_of_an_event'),
        ),
    ]
