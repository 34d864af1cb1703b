"""Requirement tables that cross the door: read from files made by strangers, written for other tools."""
