"""A draft to checks: whether its quotations are in the reports, and where it says.

draft text ─ drafts ─> blocks ─ claims ─> quotations with their references ─┐
                                                                           v
reports ─ lookup ─> candidate passages ─ alignment, sense ─> findings ─> Check
"""
