"""Results for a notebook: as HTML, and as pandas data frames."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from search_api.client.display.frames import answer_frame, hits_frame
from search_api.client.display.html import answer_html, hits_html
from search_api.client.display.listed import table_html
from search_api.types.answers import Answer, SearchResult
from search_api.types.base import Displayed

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["as_frame", "as_html"]


def as_frame(result: Answer | SearchResult) -> DataFrame:
    """A row a quote of an answer, or a row a hit.

    Raises:
        PilcrowError: pandas is not installed.
    """
    return answer_frame(result) if isinstance(result, Answer) else hits_frame(result)


def as_html(result: Displayed) -> str:
    """A result as Jupyter shows it."""
    if isinstance(result, Answer):
        return answer_html(result)
    return hits_html(result) if isinstance(result, SearchResult) else table_html([result])


Displayed.display = sys.modules[__name__]
