"""A claim to its finding: the reports it is about, and whether they say it there."""
