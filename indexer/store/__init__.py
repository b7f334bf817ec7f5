"""The store folder: what is indexed, on disk, and back.

    STORE/CURRENT              name of the generation in use, and its manifest's seal
    STORE/lock                 held by the process that writes
    STORE/settings.json        what `pilcrow tune` fitted, if it did
    STORE/embedded             vectors of an indexing run that has not ended
    STORE/gen-000001/
        manifest.json          format, model, reports, indexes, size and hash of every other file;
                               manifest.json.spare is the same
        reports.jsonl          a line a report, without its passages
        passages.jsonl         a line a passage: reports by id, passages in document order
        sections.txt           a line a run of passages under one heading path
        outlines.txt           a line a report: the words it is suggested for
        abbreviations.jsonl    a line a report: its abbreviations
        rows.npy  reports.npy  sections.npy  names.npy   where lines begin, what belongs to what,
                               and a checksum a line
        passages.npy           a vector a passage, same rows
        sentences.npy          a vector a sentence, in the same order
        passages.sums.npy  sentences.sums.npy            a checksum a vector
        passages.faiss  sentences.faiss                  for many rows: where to look among them
        terms/                 BM25 over the passages, same rows
        texts.gz               the lines of reports and passages once more, for `pilcrow doctor`

All is read where it lies, nothing is loaded whole but the manifest and the tables, and what is
read is checked (`indexer.store.sums`). A build writes a new generation
beside the old one and then names it in CURRENT, so a reader sees the old store or the new one,
whole. The generation before is kept.
"""

from indexer.store.atomic import read_sealed, replace_text, spare_of, write_sealed
from indexer.store.embedding_cache import Progress
from indexer.store.generation import LAYOUT, exists, verify_store, writing
from indexer.store.origin import embedded_text, sentence_texts
from indexer.store.records import OnDemand
from indexer.store.store import Store, open_store
from indexer.store.update import build_store, convert_store, is_older, update_store

__all__ = [
    "LAYOUT",
    "OnDemand",
    "Progress",
    "Store",
    "build_store",
    "convert_store",
    "embedded_text",
    "exists",
    "is_older",
    "open_store",
    "read_sealed",
    "replace_text",
    "sentence_texts",
    "spare_of",
    "update_store",
    "verify_store",
    "write_sealed",
    "writing",
]
