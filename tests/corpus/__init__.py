"""Ten files as French project offices keep them: made by us from usual conventions, nobody's file."""
