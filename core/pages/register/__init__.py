"""Registers: kinds of rows that a project keeps as a list, each declared once (ADR 60)."""
