"""Start-up beside the floors: `courtside --help` beside a bare typer program, `courtside check` beside typer and DuckDB.

Run by hand: `python -m tests.benchmarks.startup`. Whole processes, taking turns, so that a machine that drifts drifts for all.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.table import print_table, spread

BARE = """
import typer
app = typer.Typer(rich_markup_mode=None, add_completion=False)
@app.command()
def main(count: int = 1) -> None: ...
app()
"""
TRIVIAL = """
import typer, duckdb
app = typer.Typer(rich_markup_mode=None, add_completion=False)
@app.command()
def main(count: int = 1) -> None:
    with duckdb.connect() as connection:
        connection.execute("SELECT 1").fetchall()
app()
"""
ROUNDS = 15


def seconds(command: list[str]) -> float:
    """Return the wall time of one run."""
    started = time.perf_counter()
    # Byte code may be kept, as it is on every machine where a package is installed.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)  # noqa: S603  # our own commands
    return time.perf_counter() - started


def main() -> None:
    """Measure in turns and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        bare, trivial = Path(folder) / "bare.py", Path(folder) / "trivial.py"
        bare.write_text(BARE)
        trivial.write_text(TRIVIAL)
        courtside = str(Path(sys.executable).with_name("courtside"))
        commands = {
            "bare typer --help": [sys.executable, str(bare), "--help"],
            "courtside --help": [courtside, "--help"],
            "typer + duckdb, one query": [sys.executable, str(trivial)],
            "courtside check (demo)": [courtside, "check", "--warehouse", "demo"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(ROUNDS + 1):
            for name, command in commands.items():
                took = seconds(command)
                if turn:
                    times[name].append(took)
    middle = {name: statistics.median(values) for name, values in times.items()}
    pairs = (
        ("courtside --help", "bare typer --help", 2.0),
        ("courtside check (demo)", "typer + duckdb, one query", 1.8),
    )
    ratio = {name: f"{middle[name] / middle[floor]:.2f} (at most {most})" for name, floor, most in pairs}
    print_table(
        f"Start-up, median of {ROUNDS} (least-most)",
        ("command", "ms", "ratio to the line above"),
        [(name, spread(values), ratio.get(name, "")) for name, values in times.items()],
    )


if __name__ == "__main__":
    main()
