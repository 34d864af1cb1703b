"""Bulk data of a large organisation, for benchmarks: `manage.py populate` (docs/performance.md)."""
