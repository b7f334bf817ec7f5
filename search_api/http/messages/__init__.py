"""Requests and replies: bodies, fields, pages of lists, links, caching, errors, the schema."""
