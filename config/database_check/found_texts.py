"""Check that the search index says what the rows say. It reads every row: `manage.py check_database` alone asks."""

from config.database_check.verdict import Verdict
from core.search_index.sources import SOURCES, list_differences


def check_search() -> Verdict:
    """Compare the index with the rows of every register that is searched."""
    faults = [f"{found} texts of the search are not as their rows: run search_rebuild" for found in list_differences()]
    return Verdict("search", f"the search index is as the rows of {len(SOURCES)} registers", faults)
