"""SQL that looks for the effects of decisions noted in the transaction of a change."""


def noted_effect(field: str) -> str:
    """The query of the effects of this `field` that decisions on the project of NEW had in this transaction."""
    return f"""SELECT FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
    WHERE d.project_id = NEW.project_id AND e.recorded_at >= transaction_timestamp() AND e.field = '{field}'"""
