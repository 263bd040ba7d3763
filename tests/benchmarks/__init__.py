"""Figures of the README: run by hand, each prints a table. `python -m tests.benchmarks.startup`, `….scale`."""
