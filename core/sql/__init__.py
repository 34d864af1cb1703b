"""Expressions and statements that several capabilities share."""
