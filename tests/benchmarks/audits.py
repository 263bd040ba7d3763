"""All source audits over 2,000 files of 600,000 lines, beside ruff and ast-grep run directly over the same tree.

Run by hand: `python -m tests.benchmarks.audits`. The tree is made of the functions of this repository, put together anew for each
file, with the sins of the pipeline among them. Rounds take turns, so that a machine that drifts drifts for all.
"""

from __future__ import annotations

import ast
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from ast_grep_py import SgRoot

from console.audits.linting import lint
from console.audits.rules import rule_file
from tests.benchmarks.table import print_table, say, spread

FILES = 2_000
LINES = 600_000
ROUNDS = 5
RULES = ("streaming_inserts", "silent_exceptions", "pooling", "check_hygiene")

SINS = """
def save_{n}(client, rows):
    try:
        client.insert_rows_json("nba_raw.table_{n}", rows)
    except Exception as error:
        logger.error(f"could not be written: {{error}}")
        return []


def check_coverage_{n}(rows):
    client = bigquery.Client()
    coverage = len(list(client.query("SELECT 1").result()))
    if coverage > 80:
        return "CRITICAL"
    return requests.get("https://example.com", timeout=5).text
"""


def build(root: Path) -> int:
    """Write the tree and return its lines."""
    chosen = random.Random(7)  # noqa: S311 # the same tree each time
    pieces = _pieces()
    total = 0
    for number in range(FILES):
        parts = ["import requests\n", "from google.cloud import bigquery\n"] if number % 4 == 0 else ["import json\n"]
        lines = len(parts)
        while lines < LINES // FILES - 2:
            part = SINS.format(n=lines) if number % 4 == 0 and chosen.random() < 0.03 else chosen.choice(pieces)
            parts.append(part)
            lines += part.count("\n")
        path = root / f"package{number % 40}" / f"module{number:04}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(parts), encoding="utf-8")
        total += lines
    return total


def _pieces() -> list[str]:
    """Return the top-level functions and classes of this repository, each with the blank lines after it."""
    home = Path(__file__).parents[2]
    text = "\n\n".join(
        path.read_text(encoding="utf-8")
        for part in ("checks", "console")
        for path in sorted((home / part).rglob("*.py"))
    )
    found = re.findall(r"(?m)^(?:def|class) (?:.*\n)(?:(?:[ \t)].*)?\n)+", text)
    pieces = [piece.rstrip() + "\n\n\n" for piece in found if 4 <= piece.count("\n") <= 60 and "courtside" not in piece]
    return [piece for piece in pieces if _is_whole(piece)]


def _is_whole(piece: str) -> bool:
    """Return whether a piece was cut in the right places: of a file that does not parse nothing is audited."""
    try:
        ast.parse(piece)
    except SyntaxError:
        return False
    return True


def with_ast_grep(paths: list[Path]) -> int:
    """Return how many nodes the rules of ast-grep match in files, without any judgement of ours."""
    found = 0
    for path in paths:
        text = path.read_text(encoding="utf-8")
        root = None
        for name in RULES:
            rules = rule_file(name)
            if any(word in text for word in rules.needs):
                root = root or SgRoot(text, "python").root()
                found += sum(
                    len(root.find_all(rule.config)) for rule in rules.rules.values() if "NAMES" not in str(rule.config)
                )
    return found


def directly(root: Path) -> None:
    """Run ruff, then ast-grep on two cores."""
    paths = sorted(root.rglob("*.py"))
    lint(root, [str(path.relative_to(root)) for path in paths])
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(with_ast_grep, [paths[at : at + 40] for at in range(0, len(paths), 40)]))


def command(root: Path) -> None:
    """Run the whole command."""
    arguments = [sys.executable, "-m", "console", "audit", str(root)]
    subprocess.run(arguments, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 # ours


def seconds(work: Callable[[Path], None], root: Path) -> float:
    """Return the wall time of one run."""
    started = time.perf_counter()
    work(root)
    return time.perf_counter() - started


def main() -> None:
    """Measure in turns and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "tree"
        root.mkdir()
        lines = build(root)
        size = sum(path.stat().st_size for path in root.rglob("*.py"))
        say(f"{FILES:,} files, {lines:,} lines, {size / 1e6:.0f} MB")
        works = {"ruff and ast-grep directly": directly, "courtside audit, the whole command": command}
        times: dict[str, list[float]] = {name: [] for name in works}
        for turn in range(ROUNDS + 1):
            for name, work in works.items():
                took = seconds(work, root)
                if turn:  # the first round warms the file cache
                    times[name].append(took)
    base = statistics.median(times["ruff and ast-grep directly"])
    rows = [[name, spread(values), f"{statistics.median(values) / base:.2f}"] for name, values in times.items()]
    print_table("All source audits", ["what", "ms: median (least-most)", "ratio"], rows)


if __name__ == "__main__":
    main()
