"""`make bench`: measure pages and acts on a real instance, beside a minimal hand-written version of each."""
