"""The same questions asked of many reports: a table of evidence, its files, and its marks."""

from search_api.table.cells import Plan, cell_of, fill, make_plan
from search_api.table.files import FORMATS, Format, write_table
from search_api.table.finished import Finished
from search_api.table.gold import gold_lines
from search_api.table.saved import load_table
from search_api.types.tables import (
    MOST_CELLS,
    MOST_QUESTIONS,
    MOST_REPORTS,
    By,
    Cell,
    Mark,
    SavedTable,
    Table,
    TableQuote,
    TableReport,
    table_of,
)

__all__ = [
    "FORMATS",
    "MOST_CELLS",
    "MOST_QUESTIONS",
    "MOST_REPORTS",
    "By",
    "Cell",
    "Finished",
    "Format",
    "Mark",
    "Plan",
    "SavedTable",
    "Table",
    "TableQuote",
    "TableReport",
    "cell_of",
    "fill",
    "gold_lines",
    "load_table",
    "make_plan",
    "table_of",
    "write_table",
]
