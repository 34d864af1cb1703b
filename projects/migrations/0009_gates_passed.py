"""The gate each project stands at, from the decisions that passed it: noted so far as effects alone.

The column is new, so the newest version of each project in its history gets it too: both say the same (ledger_verify).
"""

from django.db import migrations

GATES = """
ALTER TABLE projects_project DISABLE TRIGGER USER;
UPDATE projects_project p SET gate = passed.gate FROM (
  SELECT d.project_id, max(CASE WHEN e.field = 'gate' THEN e.after WHEN e.before = 'draft' THEN 'G0'
                                WHEN e.after = 'closed' THEN 'G5' END) AS gate
  FROM governance_effect e JOIN governance_decision d ON d.id = e.decision_id
  WHERE e.field IN ('gate', 'state') GROUP BY d.project_id) passed
WHERE passed.project_id = p.id AND passed.gate <> '' AND p.gate = '';
ALTER TABLE projects_project ENABLE TRIGGER USER;
ALTER TABLE projects_historicalproject DISABLE TRIGGER USER;
UPDATE projects_historicalproject h SET gate = p.gate FROM projects_project p
WHERE h.id = p.id AND p.gate <> '' AND h.history_id = (
  SELECT max(last.history_id) FROM projects_historicalproject last WHERE last.id = p.id);
ALTER TABLE projects_historicalproject ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_pmo_workspace"), ("governance", "0009_pmo_workspace")]

    operations = [migrations.RunSQL(GATES, migrations.RunSQL.noop)]
