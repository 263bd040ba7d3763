from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HEAVY = {
    "duckdb",
    "pandas",
    "textual",
    "rich",
    "google",
    "slack_sdk",
    "sqlglot",
    "pyarrow",
    "numpy",
    "starlette",
    "uvicorn",
}
ROOT = Path(__file__).parent.parent.parent

LOADED = """
import sys
from console.cli.app import run
from console.cli.shell import process_shell
status = run({arguments!r}, process_shell())
print("status", status, file=sys.stderr)
print("loaded", *sorted({{name.split(".")[0] for name in sys.modules}}), file=sys.stderr)
"""


def loaded_by(*arguments: str, data: Path | None = None) -> tuple[int, set[str]]:
    """Return the exit status and the top-level packages that a command line loads."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if data is not None:
        environment["COURTSIDE_DATA_DIR"] = str(data)
    code = LOADED.format(arguments=list(arguments))
    done = subprocess.run(  # noqa: S603 # our own interpreter and code
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    status, loaded = done.stderr.splitlines()[-2:]
    return int(status.split()[1]), set(loaded.split()[1:])


def test_help_loads_nothing_heavy() -> None:
    status, loaded = loaded_by("--help")
    assert status == 0
    assert loaded & HEAVY == set()


def test_the_help_of_a_command_loads_nothing_heavy() -> None:
    status, loaded = loaded_by("reconcile", "--help")
    assert status == 0
    assert loaded & HEAVY == set()


def test_a_check_loads_the_warehouse_and_neither_pandas_nor_a_screen(data: Path) -> None:
    status, loaded = loaded_by("check", data=data)
    assert status == 2
    assert loaded & HEAVY == {"duckdb"}


def courtside(*arguments: str, stdout: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "console", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, text=True)  # noqa: S603 # ours


def test_a_reader_that_goes_early_is_no_error_to_complain_of() -> None:
    run = courtside("demo", stdout=subprocess.PIPE)
    assert run.stdout is not None
    run.stdout.close()
    _, complaint = run.communicate(timeout=60)
    assert complaint == ""


def test_the_exit_status_is_the_verdict_and_nothing_is_said_on_standard_error() -> None:
    run = courtside("demo", stdout=subprocess.PIPE)
    shown, complaint = run.communicate(timeout=60)
    assert shown.startswith("CRITICAL data is arriving but nobody is deciding")
    assert (run.returncode, complaint) == (2, "")


def test_python_m_console_is_the_same_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "console", "--help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith("Usage: courtside [OPTIONS] COMMAND")


def test_a_defect_of_the_program_never_reads_as_a_warning() -> None:
    code = """
import console.__main__, console.cli.app
def broken(*_):
    raise RuntimeError("defect")
console.cli.app.run = broken
console.__main__.main()
"""
    done = subprocess.run(  # noqa: S603 # our own interpreter and code
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 3
    assert "RuntimeError: defect" in done.stderr
