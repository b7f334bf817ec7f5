"""Prose from a language model, kept honest: each sentence is borne out or dropped.

answer ─ sources ─ prompt ─> endpoint ─ sentences ─> check (tokens, bearing) ─> prose, dropped
"""
