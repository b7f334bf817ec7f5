"""Hundreds of faults, and a table of what became of the stores: `python -m tests.faults [SEED]`."""

from __future__ import annotations

import random
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults import faults, power
from tests.faults.recording import can_record
from tests.faults.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS, KILLS_OF_SERVERS, FULL_DISKS, WRITERS, LOSSES = 200, 30, 50, 10, 1_000
FLIPS = 500
# A disk in memory, where there is one: hundreds of runs wait for their files to be written out.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
# Bytes that are changed in each file.
OFFSETS = 2


def main() -> None:
    """Inject all faults; exits with 1 if a store did not come through one."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    rng = random.Random(seed)
    well = True
    print(f"| fault (seed {seed}) | injected | survived | data lost |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="pilcrow-faults-", dir=MEMORY) as folder:
        world = World(Path(folder) / "world")
        for outcomes in (
            faults.kills(world, rng, KILLS),
            faults.full_disks(world, rng, FULL_DISKS),
            faults.read_only(world),
            faults.damage(world, rng, OFFSETS, sys.maxsize),
            faults.flips_under(world, rng, FLIPS),
            faults.other_times(world, rng),
            faults.clock_jumps(world),
            faults.two_writers(world, WRITERS),
            faults.kills_of_servers(world, rng, KILLS_OF_SERVERS),
        ):
            well &= told(outcomes)
        if can_record():
            well &= told(power.power_losses(world, power.played(world), rng, LOSSES))
        else:
            print("power lost: not tried, for want of an strace that may trace", file=sys.stderr)
    sys.exit(not well)


def told(outcomes: Iterator[faults.Outcome]) -> bool:
    """Print a line of the table for each kind of fault; True when all was survived."""
    rows: defaultdict[str, list[faults.Outcome]] = defaultdict(list)
    for outcome in outcomes:
        rows[outcome.fault].append(outcome)
        if not outcome.survived:
            print(f"not survived: {outcome}", file=sys.stderr, flush=True)
    for fault, found in rows.items():
        survived = sum(each.survived for each in found)
        lost = sum(each.lost for each in found)
        print(f"| {fault} | {len(found)} | {survived} | {lost or 'none'} |", flush=True)
    return all(each.survived for found in rows.values() for each in found)


if __name__ == "__main__":
    main()
