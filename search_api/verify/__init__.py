"""A draft to checks: whether its quotations are in the reports, and where it says.

draft text ─ draft ─> blocks ─ quotations, references ─> claims ─┐
                                                                 v
reports ─ index ─> candidate passages ─ align, compare ─> judge ─> Check
"""

from search_api.verify.drafts import read_draft
from search_api.verify.index import PassageIndex
from search_api.verify.verify import Finding, check_draft, examine, verify

__all__ = ["Finding", "PassageIndex", "check_draft", "examine", "read_draft", "verify"]
