"""What must stay and be proved: seals, the erasure of personal data, triggers, and what counts as a word."""
