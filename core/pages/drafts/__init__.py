"""Texts that people typed into a form and did not send yet: saved while they type, offered back to them alone."""
