import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# The column is new and empty, so that its foreign key holds without reading the table.
COLUMNS = """
ALTER TABLE roles_historicaluser ADD COLUMN stand_in_id bigint NULL;
ALTER TABLE roles_user ADD COLUMN stand_in_id bigint NULL
  -- squawk-ignore adding-foreign-key-constraint
  CONSTRAINT roles_user_stand_in_id_f3446eb4_fk_roles_user_id REFERENCES roles_user (id) DEFERRABLE INITIALLY DEFERRED;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX roles_historicaluser_stand_in_id_a08246da ON roles_historicaluser (stand_in_id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX roles_user_stand_in_id_f3446eb4 ON roles_user (stand_in_id);
"""
WITHOUT_COLUMNS = """
ALTER TABLE roles_user DROP COLUMN stand_in_id;
ALTER TABLE roles_historicaluser DROP COLUMN stand_in_id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('roles', '0006_check_last_day'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicaluser',
            name='absent_from',
            field=models.DateField(blank=True, null=True, verbose_name='absent from'),
        ),
        migrations.AddField(
            model_name='historicaluser',
            name='absent_until',
            field=models.DateField(blank=True, null=True, verbose_name='absent until'),
        ),
        migrations.AddField(
            model_name='user',
            name='absent_from',
            field=models.DateField(blank=True, null=True, verbose_name='absent from'),
        ),
        migrations.AddField(
            model_name='user',
            name='absent_until',
            field=models.DateField(blank=True, null=True, verbose_name='absent until'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(COLUMNS, WITHOUT_COLUMNS)],
            state_operations=[
                migrations.AddField(
                    model_name='historicaluser',
                    name='stand_in',
                    field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who to ask meanwhile'),
                ),
                migrations.AddField(
                    model_name='user',
                    name='stand_in',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who to ask meanwhile'),
                ),
            ],
        ),
        AddConstraintNotValid(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('absent_from', None), ('absent_until', None), ('stand_in', None)), models.Q(('absent_from__isnull', False), ('absent_until__gte', models.F('absent_from')), ('absent_until__isnull', False)), _connector='OR'), name='an_absence_has_a_first_and_a_last_day'),
        ),
        AddConstraintNotValid(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stand_in', models.F('id')), _negated=True), ('stand_in', None), _connector='OR'), name='nobody_stands_in_for_themselves'),
        ),
    ]
