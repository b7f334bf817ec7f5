"""Hundreds of faults, and a table of what became of the stores: `python -m tests.faults [SEED]`."""

from __future__ import annotations

import random
import sys
import tempfile
from collections import defaultdict
from itertools import chain
from pathlib import Path

from tests.faults import faults
from tests.faults.world import World

KILLS, KILLS_OF_SERVERS = 200, 40
EVERY = sys.maxsize


def main() -> None:
    """Inject all faults; exits with 1 if a store did not come through one."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    rng = random.Random(seed)
    rows: defaultdict[str, list[faults.Outcome]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="pilcrow-faults-") as folder:
        world = World(Path(folder) / "world")
        for outcome in chain(
            faults.kills(world, rng, KILLS),
            faults.kills_of_servers(world, rng, KILLS_OF_SERVERS),
            faults.full_disks(world, rng, 60),
            faults.read_only(world),
            faults.damage(world, rng, 2, EVERY),
            faults.other_times(world, rng),
            faults.clock_jumps(world),
            faults.two_writers(world, 10),
        ):
            rows[outcome.fault].append(outcome)
            if not outcome.survived:
                print(f"not survived: {outcome}", file=sys.stderr)
    print(f"| fault (seed {seed}) | injected | survived | data lost |")
    print("|---|---|---|---|")
    for fault, found in rows.items():
        survived = sum(each.survived for each in found)
        lost = sum(each.lost for each in found)
        print(f"| {fault} | {len(found)} | {survived} | {lost or 'none'} |")
    sys.exit(not all(each.survived for found in rows.values() for each in found))


if __name__ == "__main__":
    main()
