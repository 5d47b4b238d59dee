"""Registers to start from, each with the date and the source of what it says."""
