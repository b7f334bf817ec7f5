"""How fast reports are read and split, by format.

    python tests/benchmarks/split_speed.py [FOLDER]

Splits every report in FOLDER (default: ../shared/documents, else seeds) and prints megabytes of
extracted text a second, pages a second where the format has pages. One process, best of three.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from indexer.formats import READERS, read_blocks
from indexer.numbering.split import split_blocks

ROOT = Path(__file__).parents[2]


def main() -> None:
    shared = ROOT.parent / "shared" / "documents"
    folder = (
        Path(sys.argv[1]) if len(sys.argv) > 1 else shared if shared.is_dir() else ROOT / "seeds"
    )
    print(f"{'file':36} {'kB of text':>10} {'read s':>8} {'split s':>8} {'MB/s':>7} {'pages/s':>8}")
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in READERS and path.name != "README.md":
            print(line(path))


def line(path: Path) -> str:
    reads, splits = [], []
    for _ in range(3):
        start = time.perf_counter()
        blocks = read_blocks(path)
        read = time.perf_counter()
        text = split_blocks(blocks).text
        reads.append(read - start)
        splits.append(time.perf_counter() - read)
    seconds = min(reads) + min(splits)
    pages = max((block.page or 0 for block in blocks), default=0)
    rate = len(text.encode()) / 1e6 / seconds
    paged = f"{pages / seconds:8.0f}" if pages else " " * 8
    size = len(text.encode()) / 1e3
    return f"{path.name:36} {size:10.0f} {min(reads):8.3f} {min(splits):8.3f} {rate:7.1f} {paged}"


if __name__ == "__main__":
    main()
