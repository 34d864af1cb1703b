"""Many records, as a large organisation has them, for measuring: `manage.py populate` (docs/performance.md)."""
