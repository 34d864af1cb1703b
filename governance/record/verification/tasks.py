"""Nightly task: verify all chains."""

import logging

from celery import shared_task

from governance.record.verification.verifier import verify_and_keep
from tools.verify_ledger import VERDICTS

logger = logging.getLogger(__name__)


@shared_task(name="governance.verify_ledger")
def verify_ledger() -> int:
    """Verify every chain and store the result; return the exit code of `ledger_verify`."""
    report, _kept = verify_and_keep()
    for fault in report.faults[:20]:
        logger.error("LEDGER: %s", fault)
    logger.log(
        logging.ERROR if report.result else logging.INFO,
        "Ledger: %s, %s events",
        VERDICTS[report.result],
        report.events,
    )
    return report.result
