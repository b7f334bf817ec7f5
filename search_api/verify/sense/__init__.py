"""The sense of a quotation with ellipses or brackets: kept, or turned by what is out or in.

alignment ─ gaps ─> left out (dropped) ─┐
                    put in (put_in) ────┴─> what turns the sense
"""

from search_api.verify.sense.judge import Sense, judge

__all__ = ["Sense", "judge"]
