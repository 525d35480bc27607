"""Guided labs: a student's own kernel without a call, and why what is missing shows as it does."""
