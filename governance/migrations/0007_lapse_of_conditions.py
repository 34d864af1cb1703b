from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

STATES = [('draft', 'Draft'), ('submitted', 'Submitted'), ('under_review', 'Under review'), ('ready_for_decision', 'Waiting for the owner'), ('decided', 'Decided'), ('conditions_open', 'Conditions open'), ('closed', 'Closed'), ('returned', 'Rework asked'), ('deferred', 'Deferred'), ('merged', 'Merged'), ('superseded', 'Superseded'), ('lapsed', 'Lapsed'), ('withdrawn', 'Withdrawn')]
CONDITION_STATES = [('open', 'Open'), ('met', 'Met'), ('waived', 'Waived'), ('lapsed', 'Lapsed')]
ON_LAPSE = [('stays', 'It stays open and is overdue'), ('lapses', 'The decision lapses; what it has changed stays'), ('undone', 'The decision lapses, and what it has changed is undone')]

# Both are replaced by wider ones below.
DROP = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE governance_condition DROP CONSTRAINT a_lifted_condition_says_when_and_by_whom;
-- squawk-ignore ban-drop-constraint
ALTER TABLE governance_proposal DROP CONSTRAINT a_proposal_has_a_known_state;
"""


class Migration(migrations.Migration):
    """Conditions say what happens when they are not met in time; those from before stay open and are overdue."""

    dependencies = [
        ('governance', '0006_reviews_of_decisions'),
        ('projects', '0008_lapse_of_conditions'),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name='on_lapse',
                field=models.CharField(blank=True, choices=ON_LAPSE, db_default='stays', default='stays', max_length=10, verbose_name='if not met in time'),
            )
            for model in ('condition', 'historicalcondition')
        ),
        *(
            migrations.AlterField(
                model_name=model,
                name='state',
                field=models.CharField(choices=CONDITION_STATES, default='open', max_length=10, verbose_name='state'),
            )
            for model in ('condition', 'historicalcondition')
        ),
        *(
            migrations.AlterField(
                model_name=model,
                name='state',
                field=models.CharField(choices=STATES, default='draft', max_length=20, verbose_name='state'),
            )
            for model in ('proposal', 'historicalproposal')
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, migrations.RunSQL.noop)],
            state_operations=[
                migrations.RemoveConstraint(model_name='condition', name='a_lifted_condition_says_when_and_by_whom'),
                migrations.RemoveConstraint(model_name='proposal', name='a_proposal_has_a_known_state'),
            ],
        ),
        AddConstraintNotValid(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True), ('state', 'open')), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False), ('state__in', ['met', 'waived'])), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', True), ('state', 'lapsed')), _connector='OR'), name='a_lifted_condition_says_when_and_by_whom'),
        ),
        AddConstraintNotValid(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(('on_lapse__in', ['stays', 'lapses', 'undone'])), name='a_condition_lapses_in_a_known_way'),
        ),
        AddConstraintNotValid(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'under_review', 'ready_for_decision', 'decided', 'conditions_open', 'closed', 'returned', 'deferred', 'merged', 'superseded', 'lapsed', 'withdrawn'])), name='a_proposal_has_a_known_state'),
        ),
    ]
