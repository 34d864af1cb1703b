"""A session proves its person anew before an act by their own hand: the page that asks, and what it keeps."""
