"""SQL of the steering rows that are open at the closing of a project (governance.life.closure)."""

from pmo.registers.risks.enums import OPEN, RiskStatus
from pmo.registers.success_criteria.enums import CriterionState
from pmo.standards.conformity.enums import FAILED
from pmo.standards.conformity.guards import TODAY

ACTIONS = f"""
    SELECT a.id FROM public.pmo_riskaction a JOIN public.pmo_risk r ON r.id = a.risk_id
    WHERE a.project_id = {{project}} AND a.done_on IS NULL
      AND r.status IN ({", ".join(f"'{status}'" for status in OPEN)})
"""
#: The last check of each checkpoint rules.
CHECKS = f"""
    SELECT ruling.id FROM (
      SELECT DISTINCT ON (checkpoint_id) id, result, action FROM public.pmo_conformitycheck
      WHERE project_id = {{project}} ORDER BY checkpoint_id, id DESC) AS ruling
    WHERE ruling.action <> '' AND ruling.result IN ({", ".join(f"'{status}'" for status in sorted(FAILED))})
"""
WAIVERS = f"""
    SELECT w.id FROM public.pmo_waiver w
    WHERE w.project_id = {{project}} AND w.ends_on >= {TODAY}
      AND NOT EXISTS (SELECT FROM public.pmo_waiverend e WHERE e.waiver_id = w.id AND e.ended_on <= {TODAY})
"""
ACCEPTED_RISKS = f"""
    SELECT r.id FROM public.pmo_risk r WHERE r.project_id = {{project}} AND r.status = '{RiskStatus.ACCEPTED}'
"""
UNMEASURED = f"""
    SELECT c.id FROM public.pmo_successcriterion c
    WHERE c.project_id = {{project}} AND c.state = '{CriterionState.APPROVED}'
      AND NOT EXISTS (SELECT FROM public.pmo_criterionmeasure m WHERE m.criterion_id = c.id)
"""
