"""The audit in the console as people see it: a real process in a pseudo-terminal, started in a checkout."""

from __future__ import annotations

from pathlib import Path

from tests.audits.conftest import Checkout
from tests.console_process import assert_given_back, needs_terminal
from tests.terminal import Terminal
from tests.test_console_walk import COMMAND, PATIENCE, see, until

pytestmark = needs_terminal

SAVING = 'def save(client, rows):\n    client.insert_rows_json("nba_raw.games", rows)\n'


def console_in(checkout: Checkout, home: Path) -> Terminal:
    """Start the console in a checkout, on a warehouse file that is not there."""
    checkout.commit()
    environment = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "COURTSIDE_STATE_DIR": str(home / "state"),
        "COURTSIDE_WAREHOUSE": str(home / "none.duckdb"),
    }
    return Terminal([COMMAND], environment=environment, directory=checkout.root)


def processes_in(root: Path) -> list[str]:
    """Return what runs with a folder as its current one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == root:
                found.append((process / "cmdline").read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
    return found


def test_the_current_checkout_is_audited_and_a_finding_opens_its_code(checkout: Checkout, tmp_path: Path) -> None:
    checkout.write("orchestration/save.py", SAVING)
    with console_in(checkout, tmp_path) as terminal:
        see(terminal, "quit")
        terminal.press("A")
        see(terminal, "source.streaming_inserts orchestration/", "save.py:2", "looked at 1 file")
        terminal.press("j")
        terminal.press("\r")
        see(terminal, "fingerprint", "> 2      client.insert_rows_json")
        terminal.press("q")
        assert terminal.wait_exit(PATIENCE) == 0
        assert_given_back(terminal)


def test_quitting_waits_for_no_audit_and_leaves_no_process_behind(checkout: Checkout, tmp_path: Path) -> None:
    checkout.write("save.py", SAVING)
    with console_in(checkout, tmp_path) as terminal:
        see(terminal, "quit")
        checkout.hang()
        terminal.press("A")
        see(terminal, "auditing")
        until(
            lambda: any("console.audits.worker" in command for command in processes_in(checkout.root)),
            "no audit is started",
        )
        terminal.press("q")
        assert terminal.wait_exit(PATIENCE) == 0
    until(lambda: processes_in(checkout.root) == [], "a process is left")
