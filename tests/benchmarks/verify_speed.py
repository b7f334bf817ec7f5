"""How fast drafts are checked: 10,000 quotations against 1,000,000 paragraphs.

    python tests/benchmarks/verify_speed.py [--paragraphs N] [--quotations N]

The paragraphs are the seed's sentences in new orders, three to five each, so that every sentence
stands in thousands of them: harder than real reports. Of the quotations a quarter each is cited
rightly, cited to another paragraph, altered by a word, and invented (the words of
tests/golden/invented-quotations.txt in new pairs). Prints seconds, rates, the share of right
verdicts and the highest memory use. One process, one thread.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from indexer.load import load_report  # noqa: E402
from indexer.report import NumberingAudit, Passage, Report  # noqa: E402
from indexer.sentences import split_sentences  # noqa: E402
from search_api.verify.lookup.passage_index import PassageIndex  # noqa: E402
from search_api.verify.verify import check_draft  # noqa: E402

KINDS = {
    "found": "exact",
    "wrong_paragraph": "misattributed",
    "altered": "altered",
    "not_found": "invented",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--paragraphs", type=int, default=1_000_000)
    options.add_argument("--quotations", type=int, default=10_000)
    chosen = options.parse_args()
    pick = random.Random(5)
    seed = load_report(ROOT / "seeds" / "northumberland-2012.txt")
    sentences = [
        passage.text[s.start : s.end]
        for passage in seed.paragraphs
        for s in split_sentences(passage.text)
        if len(passage.text[s.start : s.end].split()) >= 8
    ]
    report = made_report(sentences, chosen.paragraphs, pick)
    characters = sum(len(passage.text) for passage in report.passages)
    print(
        f"{chosen.paragraphs:,} paragraphs, {characters / 1e6:.0f} MB, {gigabytes():.1f} GB in memory"
    )

    began = time.perf_counter()
    index = PassageIndex([report])
    seconds = time.perf_counter() - began
    print(
        f"index       {seconds:7.1f} s  {chosen.paragraphs / seconds:10,.0f} paragraphs/s  {gigabytes():5.1f} GB at most"
    )

    total = 0.0
    for verdict, name in KINDS.items():
        draft = made_draft(name, report, chosen.quotations // 4, pick)
        began = time.perf_counter()
        checks = check_draft(index, draft)
        seconds = time.perf_counter() - began
        total += seconds
        right = Counter(check.verdict for check in checks)[verdict] / len(checks)
        print(
            f"{name:13} {seconds:5.1f} s  {len(checks) / seconds:10,.0f} quotations/s  {right:6.1%} right"
        )
    print(
        f"all         {total:7.1f} s  {chosen.quotations / total:10,.0f} quotations/s  {gigabytes():5.1f} GB at most"
    )


def made_report(sentences: list[str], count: int, pick: random.Random) -> Report:
    passages = []
    at = 0
    for number in range(1, count + 1):
        text = " ".join(pick.sample(sentences, pick.randint(3, 5)))
        key = str(number)
        passages.append(Passage(key, key, (), None, text, at, at + len(text)))
        at += len(text) + 1
    audit = NumberingAudit(count, "1", str(count))
    return Report("made", "made.txt", "", "", tuple(passages), audit)


def made_draft(name: str, report: Report, count: int, pick: random.Random) -> str:
    invented = (ROOT / "tests" / "golden" / "invented-quotations.txt").read_text().splitlines()
    lines = []
    while len(lines) < count:
        passage = pick.choice(report.passages)
        words = passage.text.replace("\n", " ").split()
        size = pick.randint(8, min(40, len(words)))
        start = pick.randint(0, len(words) - size)
        quoted = words[start : start + size]
        number = passage.key
        if name == "misattributed":
            other = pick.choice(report.passages)
            if " ".join(quoted[:6]) in other.text:
                continue
            number = other.key
        elif name == "altered":
            quoted[size // 2] = "lighthouse"
        elif name == "invented":
            quoted = f"{pick.choice(invented)} {pick.choice(invented)}".split()
        lines.append(f"They say: “{' '.join(quoted).strip(' .,')}” (para {number}).")
    return "\n\n".join(lines)


def gigabytes() -> float:
    """The highest memory use of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
