"""A draft to checks: whether its quotations are in the reports, and where it says.

draft text ─ document ─> blocks ─ quotations, references ─> claims ───────┐
                                                                          v
reports ─ passage_index ─> candidate passages ─ align, compare, sense ─> judging ─> Check
"""

from search_api.verify.passage_index import PassageIndex
from search_api.verify.read_file import read_draft
from search_api.verify.verdicts import Finding
from search_api.verify.verify import check_draft, examine, verify

__all__ = ["Finding", "PassageIndex", "check_draft", "examine", "read_draft", "verify"]
