"""Word documents (.docx) to blocks.

package.py   file -> its XML parts, within limits
styles.py    styles.xml -> what each paragraph style says, through basedOn
lists.py     numbering.xml -> the number of each list paragraph;  numerals.py writes it
fields.py    which text belongs to a field's code and which to its result
notes.py     the marks of footnotes and endnotes, in print order
runs.py      paragraph -> its visible text
tables.py    table cells -> rows, or paragraphs where the table only lays them out
reader.py    all of these -> list[Block]
"""

from indexer.formats.docx.reader import read_docx

__all__ = ["read_docx"]
