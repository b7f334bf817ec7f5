"""A draft to what it claims: its quotations and references, and which belong together."""
