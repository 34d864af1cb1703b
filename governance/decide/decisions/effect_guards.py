"""SQL that finds the effects recorded in the same transaction as a change."""


def noted_effect(field: str) -> str:
    """Return the query of the effects on this `field` that the transaction recorded on the project of NEW."""
    return f"""SELECT FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
    WHERE d.project_id = NEW.project_id AND e.recorded_at >= transaction_timestamp() AND e.field = '{field}'"""
