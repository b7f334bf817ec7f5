"""Ranked passages to what is quoted of them, and how likely that answers."""
