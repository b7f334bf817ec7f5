"""Reports and paragraphs by id, key or number, their links and short citations."""
