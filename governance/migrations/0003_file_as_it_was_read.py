from django.db import migrations, models

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


class Migration(migrations.Migration):

    dependencies = [
        ("governance", "0002_answers_to_obligations"),
        ("projects", "0002_events_of_proposals"),
    ]

    operations = [
        migrations.AddField(
            model_name='decision',
            name='seen',
            field=models.JSONField(db_default={}, default=dict, blank=True, verbose_name='file as it was read'),
        ),
        migrations.AddField(
            model_name='historicaldecision',
            name='seen',
            field=models.JSONField(db_default={}, default=dict, blank=True, verbose_name='file as it was read'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
