"""The engine over a Milvus server, for more passages or more readers than one machine serves.

    connection.py   a database of a server; its failures as ours
    schema.py       three collections: issues of reports, their passages, their sentences
    issues.py       which issue of each report is in use: what makes a change whole
    rows.py         passages and sentences as rows, and back
    earlier.py      vectors of what a report had before
    write.py        reports to rows, so that a run that was cut short goes on where it was
    places.py       rows of an opened store, and their numbers on the server
    read.py         what is read, kept in memory
    engine.py       the searches

Nothing is kept on the machine that asks but the server's address (`indexer.backends`).
"""

from indexer.milvus.engine import MilvusStore, find_milvus, open_milvus
from indexer.milvus.write import update_milvus

__all__ = ["MilvusStore", "find_milvus", "open_milvus", "update_milvus"]
