"""A draft to checks: whether its quotations are in the reports, and where it says.

draft text ─ drafts ─> blocks ─ claims ─> quotations with their references ─┐
                                                                           v
reports ─ lookup ─> candidate passages ─ alignment, sense ─> findings ─> Check
"""

from search_api.verify.drafts.read_file import read_draft
from search_api.verify.findings.verdicts import Finding
from search_api.verify.lookup.passage_index import PassageIndex
from search_api.verify.verify import check_draft, examine, verify

__all__ = ["Finding", "PassageIndex", "check_draft", "examine", "read_draft", "verify"]
