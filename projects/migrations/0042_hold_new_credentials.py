import django.core.validators
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0041_required_workspaces'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalorganisationsettings',
            name='credential_hours',
            field=models.PositiveSmallIntegerField(db_default=24, default=24, validators=[django.core.validators.MaxValueValidator(168)], verbose_name='Hours before a new credential counts'),
        ),
        migrations.AddField(
            model_name='organisationsettings',
            name='credential_hours',
            field=models.PositiveSmallIntegerField(db_default=24, default=24, validators=[django.core.validators.MaxValueValidator(168)], verbose_name='Hours before a new credential counts'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='reason',
            field=models.CharField(choices=[('opinion_asked', 'your opinion is asked'), ('decision_asked', 'waits for your decision'), ('decided', 'the owner has answered'), ('withdrawn', 'was withdrawn by its author'), ('ground_replaced', 'goes back to its authors: the owner has replaced a decision it rests on'), ('ground_dropped', 'was withdrawn: the owner has replaced the decision it names'), ('proof_given', 'the proof of a condition waits for you'), ('condition_lifted', 'a condition was lifted'), ('condition_waived', 'a condition was waived'), ('condition_lapsed', 'a condition was not met in time: the decision has lapsed'), ('lapse_prevented', 'a condition was not met in time, but what was decided cannot be undone'), ('reservation_proved', 'the proof that a reservation is lifted waits for you'), ('reservation_lifted', 'a reservation was lifted'), ('reservation_waived', 'a reservation was waived'), ('no_longer_current', 'was decided on something that has changed since'), ('still_holds', 'still holds: the owner has confirmed the decision'), ('propose_again', 'the owner asks your role to propose it again'), ('tie_waits', 'a declared tie waits for your ruling'), ('tie_blocks', 'a tie you declared blocks your role, because the organisation bids'), ('import_done', 'your import is done'), ('import_failed', 'your import was not written; nothing was changed'), ('tie_settled', 'the owner has settled a tie you declared'), ('question_asked', 'a question waits for the answer of your role'), ('question_answered', 'the question your role asked is answered'), ('risk_reopened', 'has risen above the level you accepted: it is to be answered again'), ('risk_happened', 'has happened: it is an issue now'), ('waiver_revoked', 'this waiver was revoked by the owner'), ('waiver_closed', 'this waiver was closed: what it covered is conform'), ('waiver_ending', 'this waiver ends within 30 days'), ('waiver_expired', 'this waiver has expired: what it covered is not conform again'), ('obligation_due', 'this obligation of your role is due within seven days'), ('obligation_late', 'this obligation of your role is late'), ('role_given', 'a role is given'), ('role_accepted', 'a role is accepted'), ('role_ended', 'a role is ended'), ('role_ending', 'this role ends within 30 days'), ('role_over', 'this role has come to its end'), ('role_leaving', 'the holder leaves on a day that is set. Give the role to somebody else'), ('role_left', 'is vacant: the account of its holder is closed. Give the role to somebody else'), ('credential_changed', 'a sign-in credential of your account has changed'), ('invited', 'you are invited'), ('departure_set', 'a last day is set: the account closes after it'), ('departure_off', 'the last day that was set is taken back: the account stays open'), ('departure_over', 'an account is closed: its last day is over'), ('absence_stated', 'your absence is stated by an administrator'), ('absence_over', 'the absence is taken back'), ('asked_meanwhile', 'somebody names you as who to ask while they are absent'), ('owner_named', 'a project owner is named'), ('signature_delegated', 'the project owner’s signature is delegated'), ('delegation_ended', 'a delegation of the project owner’s signature is ended'), ('move_asked', 'this project asks to come under another parent'), ('move_settled', 'the move of this project is settled'), ('delegation_over', 'this delegation of signature has come to its end')], max_length=20, verbose_name='reason'),
        ),
        AddConstraintNotValid(
            model_name='organisationsettings',
            constraint=models.CheckConstraint(condition=models.Q(('credential_hours__lte', 168)), name='a_credential_waits_a_week_at_most'),
        ),
    ]
