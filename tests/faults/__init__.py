"""Faults on purpose: what a store goes through without losing a word.

A process is killed at its n-th file operation or at any moment, the power fails, the disk is full
or read-only, a byte changes, the clock jumps, two write at once. After each fault a store answers as
it did before or as it would have after, to the last byte, or `pilcrow doctor` brings it back. A few
of each run with the tests (`tests/test_faults.py`); `make faults`, which is `python -m tests.faults`,
runs hundreds and prints a table. Losses of power are replayed from calls that strace recorded.
"""
