"""Collected quotes as a document or for a reference manager, in the store's words."""
