"""Retrievers for other frameworks by the path they had first; see `search_api.client.adapters`."""
