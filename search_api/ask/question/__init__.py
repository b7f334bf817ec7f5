"""A question, before anything is looked up: its words, what it points at, its parts."""
