"""Gold questions to measures: search, quotes and abstention."""
