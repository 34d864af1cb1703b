"""Files as people send and receive them: checks, limits, PDF and DOCX."""
