"""`make bench`: how long pages and acts take on a real instance, beside the least their job could take."""
