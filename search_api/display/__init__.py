"""Answers and hits for a notebook: as HTML, and as pandas data frames."""

from search_api.display.frames import answer_frame, hits_frame
from search_api.display.html import answer_html, hits_html

__all__ = ["answer_frame", "answer_html", "hits_frame", "hits_html"]
