"""The collections of a database, and the numbers by which their rows are known.

    pilcrow_issues       a row an issue of a report: its state, what a catalogue shows, its text;
                         row HEAD says which schema and which model the rest was made with
    pilcrow_passages     a row a passage: key, number, section, stems for BM25, vector, the passage
    pilcrow_sentences    a row a sentence: its passage, key, section, vector

A row never changes once its issue is published. An issue's number is drawn at random; the number of
a passage is that of its issue and its place there, a sentence's that of its passage and its place.
So a row that is written twice is written in the same place, and no two issues share one.
"""

from __future__ import annotations

from typing import Any

from indexer.errors import StoreError
from indexer.milvus.connection import LEVEL, Database

SCHEMA = 1
ISSUES, PASSAGES, SENTENCES = "pilcrow_issues", "pilcrow_passages", "pilcrow_sentences"
HEAD = 0

# 63 bits: 31 for an issue, 18 for a passage of it, 14 for a sentence of that.
ISSUE_BITS, PASSAGE_BITS, SENTENCE_BITS = 31, 18, 14
# Bytes that a VARCHAR may have, and elements an ARRAY. A longer text is an array of pieces.
LONGEST = 65_535
MOST_PIECES = 4_096
# Logs that writes to a collection are spread over. One takes some 200 million rows; BM25 counts
# words in each on its own.
SHARDS = 1


def passage_id(issue: int, place: int) -> int:
    """The number of a passage row."""
    return issue << PASSAGE_BITS | place


def sentence_id(passage: int, place: int) -> int:
    """The number of a sentence row."""
    return passage << SENTENCE_BITS | place


def issue_and_place(passage: int) -> tuple[int, int]:
    """The issue of a passage row, and its place there."""
    return passage >> PASSAGE_BITS, passage & ((1 << PASSAGE_BITS) - 1)


def pieces(data: bytes) -> list[str]:
    """A UTF-8 text as pieces that each fit a VARCHAR.

    Raises:
        StoreError: it would take more pieces than an ARRAY holds.
    """
    found, start = [], 0
    while start < len(data):
        end = min(start + LONGEST, len(data))
        # Never inside a character: its further bytes are 10xxxxxx.
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        found.append(data[start:end].decode())
        start = end
    if len(found) > MOST_PIECES:
        raise StoreError(
            f"a text has {len(data):,} bytes and a Milvus row {LONGEST * MOST_PIECES:,}; split the "
            "report into several files"
        )
    return found


def cut(text: str) -> str:
    """As much of a text as a VARCHAR holds."""
    return pieces(text.encode())[0] if text else ""


def create(database: Database, dim: int) -> None:
    """Make the collections, for vectors of this dimension, in the place of half-made ones."""
    from pymilvus import DataType, Function, FunctionType

    text: dict[str, Any] = {"datatype": DataType.VARCHAR, "max_length": LONGEST}
    parts: dict[str, Any] = {
        "datatype": DataType.ARRAY,
        "element_type": DataType.VARCHAR,
        "max_length": LONGEST,
        "max_capacity": MOST_PIECES,
    }
    number: dict[str, Any] = {"datatype": DataType.INT64}
    vector: dict[str, Any] = {"datatype": DataType.FLOAT_VECTOR, "dim": dim}
    looked_up: dict[str, Any] = {"index_type": "INVERTED"}
    # The vectors are of unit length, so that their product is the cosine.
    near: dict[str, Any] = {
        "index_type": "HNSW",
        "metric_type": "IP",
        "params": {"M": 16, "efConstruction": 200},
    }
    _create(
        database,
        SENTENCES,
        {"issue": number, "passage": number, "key": text, "section": text, "vector": vector},
        {"issue": looked_up, "passage": looked_up, "vector": near},
    )
    _create(
        database,
        PASSAGES,
        {
            "issue": number,
            "key": text,
            "number": text,
            "section": text,
            # Stems, not words: what a word is, one analyzer decides for every engine.
            "stems": {
                **text,
                "enable_analyzer": True,
                "analyzer_params": {"tokenizer": "standard"},
            },
            "terms": {"datatype": DataType.SPARSE_FLOAT_VECTOR},
            "vector": vector,
            "body": parts,
        },
        {
            "issue": looked_up,
            "key": looked_up,
            "number": looked_up,
            "vector": near,
            "terms": {
                "index_type": "SPARSE_INVERTED_INDEX",
                "metric_type": "BM25",
                "params": {"bm25_k1": 1.2, "bm25_b": 0.75},
            },
        },
        Function("bm25", FunctionType.BM25, ["stems"], ["terms"]),
    )
    _create(
        database,
        ISSUES,
        {
            "report": text,
            "state": text,
            "revision": number,
            "entry": text,
            "outline": text,
            "abbreviations": parts,
            "body": parts,
            # A collection must have a vector.
            "unused": {**vector, "dim": 2},
        },
        {"unused": {"index_type": "FLAT", "metric_type": "IP"}},
    )


def _create(
    database: Database,
    name: str,
    fields: dict[str, dict[str, Any]],
    indexes: dict[str, dict[str, Any]],
    function: Any = None,
) -> None:
    if database.call("has_collection", name):
        database.call("drop_collection", name)
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    for field, options in fields.items():
        schema.add_field(field, **options)
    if function is not None:
        schema.add_function(function)
    prepared = MilvusClient.prepare_index_params()
    for field, options in indexes.items():
        prepared.add_index(field, **options)
    database.call(
        "create_collection",
        name,
        schema=schema,
        index_params=prepared,
        consistency_level=LEVEL,
        num_shards=SHARDS,
    )
