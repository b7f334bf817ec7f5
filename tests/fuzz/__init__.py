"""Fuzzing: what bad input may do at most, as targets that take bytes.

The same targets are run by hypothesis in `tests/test_fuzz.py`, a few seconds each, and, for as long
as one likes, by coverage-guided fuzzing (atheris, which is not among the tests' dependencies):

    pip install atheris
    python -m tests.fuzz html -max_total_time=300
"""
