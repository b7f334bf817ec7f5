"""The same questions asked of many reports: a table of evidence, its files, and its marks."""
