"""Numbers nested, paused, repeated, out of order: every kind that was once read wrongly."""

from __future__ import annotations

from pathlib import Path

from indexer.load import load_report
from search_api.library.places import place_of

SENTENCE = "The harbour board met in the town hall on the first Monday of the month."


def load(folder: Path, *lines: str, name: str = "r.txt"):  # type: ignore[no-untyped-def]
    path = folder / name
    path.write_text("\n\n".join(lines))
    return load_report(path)


def test_a_number_printed_again_has_a_key_that_is_no_range_and_old_links_find_it(
    tmp_path: Path,
) -> None:
    report = load(tmp_path, *(f"{n}. {SENTENCE}" for n in (1, 2, 2, 3)))

    assert [p.key for p in report.paragraphs] == ["1", "2", "2~2", "3"]
    assert place_of(report, "2-2") == place_of(report, "2~2") == (2, "")
