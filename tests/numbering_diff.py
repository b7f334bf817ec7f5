"""What a change to the split gains and loses: `python -m tests.numbering_diff BASE`.

Splits every document at hand (../shared/documents, ../shared/cases/numbering, the seeds, and files
or folders named after BASE) at the revision BASE and in the working tree, and prints, paragraph by
paragraph, what only one of the two has, and where a section, a text or the audit differs. Where a
numbering is known, the paragraphs found of it, missing and too many are counted for both.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
PLACES = (SHARED / "documents", SHARED / "cases" / "numbering", ROOT / "seeds")
MOST_LINES = 40
Split = dict[str, Any]


def documents(extra: list[str]) -> list[Path]:
    """The report files at hand, in a fixed order."""
    from indexer.formats import READERS

    places = [*PLACES, *(Path(name).resolve() for name in extra)]
    files = [
        path for place in places for path in ([place] if place.is_file() else place.rglob("*.*"))
    ]
    known = (path for path in files if path.suffix in READERS and path.stem != "README")
    return sorted(dict.fromkeys(known))


def split(path: Path) -> Split:
    """A document as it is split here: its paragraphs and its audit, or why it is refused."""
    from indexer.errors import ReportError
    from indexer.load import load_report

    try:
        report = load_report(path)
    except ReportError as error:
        return {"refused": str(error)}
    audit = report.audit
    return {
        "paragraphs": [
            {"key": p.key, "number": p.number, "section": list(p.section), "text": p.text}
            for p in report.paragraphs
        ],
        "audit": [list(audit.gaps), list(audit.repeats), list(audit.disorder)],
    }


def split_at(revision: str, paths: list[Path]) -> list[Split]:
    """The documents as a revision splits them, in a work tree of its own."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "-q", "--detach", str(tree), revision], check=True)
        try:
            done = subprocess.run(
                [sys.executable, __file__, "--dump", *map(str, paths)],
                cwd=tree, env={"PYTHONPATH": str(tree)}, capture_output=True, text=True, check=False,
            )  # fmt: skip
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)
    if done.returncode:
        raise SystemExit(f"{revision} could not split them:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def letters(text: str) -> str:
    """Letters alone, in one case."""
    return "".join(char for char in text if char.isalpha()).casefold()


def score(path: Path, found: Split) -> str:
    """Found, missing and too many against the known numbering; empty where none is known."""
    listed = SHARED / "documents" / "numbering" / f"{path.name.split('.')[0]}.jsonl"
    if not listed.exists() or path.parent.name != "documents":
        return ""
    free = listed.with_suffix(".opinions.jsonl")
    wanted = Counter(json.loads(line)["num"] for line in listed.read_text().splitlines())
    given = Counter(
        p["number"].removeprefix("§ ").removeprefix("Article ") for p in found.get("paragraphs", ())
    )
    lines = free.read_text().splitlines() if free.exists() else []
    allowed = Counter(json.loads(line)["num"] for line in lines)
    hit, missing, extra = wanted & given, wanted - given, given - wanted - allowed
    return f"{hit.total()} found, {missing.total()} missing, {extra.total()} too many"


def differences(before: Split, after: Split) -> list[str]:
    """The lines that tell two splits of a document apart."""
    if "refused" in before or "refused" in after:
        was, now = before.get("refused", "split"), after.get("refused", "split")
        return [] if was == now else [f"- {was}", f"+ {now}"]
    lines = []
    old, new = (
        {(p["number"], letters(p["text"])[:40]): p for p in one["paragraphs"]}
        for one in (before, after)
    )
    for name, p in old.items():
        if name not in new:
            lines.append(f"- {p['key']} {p['text'][:70]!r}")
    for name, p in new.items():
        if name not in old:
            lines.append(f"+ {p['key']} {p['text'][:70]!r}")
            continue
        was = old[name]
        lines += [
            f"~ {p['key']} {field}: {was[field]} -> {p[field]}"
            for field in ("key", "section")
            if was[field] != p[field]
        ]
        if was["text"] != p["text"]:
            lines.append(f"~ {p['key']} ends: {was['text'][-60:]!r} -> {p['text'][-60:]!r}")
    if before["audit"] != after["audit"]:
        lines.append(f"~ audit: {before['audit']} -> {after['audit']}")
    return lines


def main(arguments: list[str]) -> None:
    """Print the gains and losses against the revision named first."""
    if arguments[:1] == ["--dump"]:
        for name in arguments[1:]:
            print(json.dumps(split(Path(name))), flush=True)
        return
    if not arguments or arguments[0].startswith("-"):
        raise SystemExit(__doc__)
    paths = documents(arguments[1:])
    changed = 0
    for path, before in zip(paths, split_at(arguments[0], paths), strict=True):
        after = split(path)
        lines = differences(before, after)
        was, now = score(path, before), score(path, after)
        if not lines:
            continue
        changed += 1
        print(f"{path.name}: {was} -> {now}" if was else path.name)
        print("\n".join(f"    {line}" for line in lines[:MOST_LINES]))
        if len(lines) > MOST_LINES:
            print(f"    ... and {len(lines) - MOST_LINES} more")
    print(f"{changed} of {len(paths)} documents differ")


if __name__ == "__main__":
    main(sys.argv[1:])
