"""What every page uses: forms in views, lists, grids, drafts, conflicts, sessions, refusals and charts."""
