"""The auditor of the console: a checkout is audited in a process of its own; real processes, real files, real ruff."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.severity import Severity
from console.auditing import Auditing, Run, checkout_of
from console.audits.checkout import AROUND, around, view_of
from console.audits.values import AuditError
from screens.ports import Audit
from tests.audits.conftest import Checkout
from tests.builders import at

NOW = at("2026-01-25T16:00")
TO_SET = "set it"
STREAMING = """from google.cloud import bigquery

client = bigquery.Client()


def save(rows):
    client.insert_rows_json("nba_raw.games", rows)
"""


def auditing(checkout: Path | None) -> Auditing:
    return Auditing(checkout, TO_SET, lambda: NOW)


def ended(auditor: Auditing) -> Audit:
    """Return what is known when the audit that is on its way has ended."""
    auditor.known()
    auditor.wait(60)
    known = auditor.known()
    assert not known.is_running
    return known


def reached(holds: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < give_up, what
        time.sleep(0.005)


def test_who_asks_first_starts_the_audit_and_is_answered_at_once(checkout: Checkout) -> None:
    checkout.write("orchestration/save.py", STREAMING)
    auditor = auditing(checkout.root)
    first = auditor.known()
    assert (first.is_running, first.at, first.spots, first.severity) == (True, None, (), Severity.UNKNOWN)
    known = ended(auditor)
    assert (known.at, known.reason, known.severity) == (NOW, "", max(spot.severity for spot in known.spots))
    (streamed,) = (spot for spot in known.spots if spot.check == "source.streaming_inserts")
    assert (streamed.path, streamed.line) == ("orchestration/save.py", 7)
    assert dict(streamed.code)[7] == '    client.insert_rows_json("nba_raw.games", rows)'
    assert "looked at 1 file, " in known.sentence


def test_an_audit_is_not_repeated_before_somebody_asks_again(checkout: Checkout) -> None:
    place = checkout.write("save.py", STREAMING)
    auditor = auditing(checkout.root)
    assert ended(auditor).spots
    place.write_text("VALUE = 1\n", encoding="utf-8")
    assert ended(auditor).spots
    auditor.again()
    again = auditor.known()
    assert again.is_running
    assert again.spots, "what was known stays until the new audit has ended"
    assert (ended(auditor).spots, auditor.known().severity) == ((), Severity.OK)


def test_a_checkout_that_is_gone_leaves_what_was_known_and_says_why(checkout: Checkout) -> None:
    place = checkout.write("save.py", STREAMING)
    auditor = auditing(checkout.root)
    before = ended(auditor)
    place.unlink()
    auditor.again()
    known = ended(auditor)
    assert (known.spots, known.at) == (before.spots, before.at)
    assert known.reason.startswith(f"{checkout.root}: there is no Python file to audit")
    assert known.reason.endswith(f"; {TO_SET}")


def test_a_folder_that_is_not_there_is_said_once_and_not_tried_again(tmp_path: Path) -> None:
    auditor = auditing(tmp_path / "nowhere")
    assert "there is no such folder" in ended(auditor).reason
    assert not auditor.known().is_running


def test_without_a_checkout_the_answer_says_what_to_set() -> None:
    auditor = auditing(None)
    auditor.again()
    assert auditor.known() == Audit("", Severity.UNKNOWN, reason=f"there is no checkout to audit: {TO_SET}")


def test_the_checkout_is_the_one_chosen_else_the_git_repository_that_the_current_folder_is_in(
    checkout: Checkout, tmp_path: Path
) -> None:
    assert checkout_of(None, checkout.root) is None
    checkout.commit()
    assert checkout_of(None, checkout.root) == checkout.root
    assert checkout_of(tmp_path, checkout.root) == tmp_path
    below = checkout.write("predictions/worker/a.py", "").parent
    assert checkout_of(None, below) == checkout.root
    assert checkout_of(tmp_path, below) == tmp_path
    (below.parent / ".git").write_text("gitdir: elsewhere\n")
    assert checkout_of(None, below) == below.parent, "a work tree and a submodule have a file of that name"


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks at processes in /proc")
def test_an_audit_that_hangs_is_ended_at_once_with_its_process(checkout: Checkout) -> None:
    checkout.write("save.py", STREAMING)
    checkout.hang()
    run = Run(checkout.root, lambda: NOW)
    try:
        reached(lambda: leads_a_group(run.process), "no process was started")
        process = run.process
        reached(lambda: waits_in_git(process), "the audit did not come to git")
        assert run.answer is None, "nobody writes into the pipe, so it cannot have ended"
    finally:
        run.stop()
    run.wait(60)
    assert run.answer is not None
    assert not leads_a_group(process)
    assert run.process is None
    reached(lambda: not waits_in_git(process), "git is left behind")


def waits_in_git(group: int | None) -> bool:
    return any(b"git" in command.split(b"\0")[0] for command in commands_of(group))


def commands_of(group: int | None) -> list[bytes]:
    """Return the command lines of the processes of a group."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) == group:
                found.append((process / "cmdline").read_bytes())
        except OSError:
            continue
    return found


def leads_a_group(pid: int | None) -> bool:
    try:
        return pid is not None and os.getpgid(pid) == pid
    except ProcessLookupError:
        return False


def test_nothing_of_the_audited_folder_is_imported(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("console", "json", "ruff"):
        checkout.write(f"{name}/__init__.py", "raise SystemExit(7)\n")
    monkeypatch.chdir(checkout.root)
    known = ended(auditing(checkout.root))
    assert (known.reason, known.severity) == ("", Severity.OK)


def test_an_audit_that_is_stopped_tells_nothing(checkout: Checkout) -> None:
    checkout.write("save.py", STREAMING)
    run = Run(checkout.root, lambda: NOW)
    run.stop()
    run.wait(60)
    assert run.answer is not None
    assert (run.answer.spots, run.answer.at) == ((), None)
    assert run.answer.reason


# What a page shows of a checkout


def test_a_file_that_does_not_parse_opens_at_the_line_that_is_named(checkout: Checkout) -> None:
    checkout.write("old.py", "x = 1\n" * 40 + 'print "hello"\n')
    (broken,) = view_of(checkout.root).spots
    assert (broken.severity, broken.line) == (Severity.UNKNOWN, 41)
    assert dict(broken.code)[41] == 'print "hello"'
    assert "line 41: " in broken.sentence


def test_rows_that_are_streamed_name_their_table_apart(checkout: Checkout) -> None:
    checkout.write("save.py", STREAMING)
    found = {spot.check: spot.about for spot in view_of(checkout.root).spots}
    assert found == {"source.streaming_inserts": "nba_raw.games", "source.client_pooling": ""}


def test_what_the_checkouts_own_baseline_knows_is_only_counted(checkout: Checkout) -> None:
    from console.audits.baseline import line_of, write_baseline

    checkout.write("save.py", STREAMING)
    write_baseline(checkout.root / "known.txt", [line_of(spot) for spot in checkout.audit().spots])
    found = len(checkout.audit().spots)
    checkout.write("pyproject.toml", '[tool.courtside.audit]\nbaseline = "known.txt"\n')
    shown = view_of(checkout.root)
    assert (shown.spots, shown.severity) == ((), Severity.OK)
    assert shown.asides[0] == f"{found} finding{'s' * (found > 1)} of the baseline not shown"


def test_the_code_around_a_line_ends_where_the_file_does() -> None:
    lines = [f"line {number}" for number in range(1, 31)]
    assert [number for number, _ in around(lines, 15)] == list(range(15 - AROUND, 15 + AROUND + 1))
    assert around(lines, 15)[AROUND] == (15, "line 15")
    assert [number for number, _ in around(lines, 2)] == list(range(1, 2 + AROUND + 1))
    assert [number for number, _ in around(lines, 30)] == list(range(30 - AROUND, 31))
    assert around(lines, 0)[0] == (1, "line 1")
    assert around((), 7) == ()


def test_form_feeds_do_not_shift_the_numbers_and_long_lines_are_cut(checkout: Checkout) -> None:
    checkout.write("save.py", f'"""A\x0cB\x1cC"""\r\n{STREAMING}# {"x" * 9_000}\n')
    (streamed,) = (spot for spot in view_of(checkout.root).spots if spot.check == "source.streaming_inserts")
    assert "insert_rows_json" in dict(streamed.code)[streamed.line]
    assert max(len(text) for _, text in streamed.code) == 1_000


def test_a_file_that_cannot_be_read_has_a_finding_without_its_code(checkout: Checkout) -> None:
    checkout.write("other.py", b"# -*- coding: klingon -*-\nVALUE = 1\n")
    (unreadable,) = view_of(checkout.root).spots
    assert (unreadable.severity, unreadable.line, unreadable.code) == (Severity.UNKNOWN, 0, ())


def test_a_link_that_leads_out_of_the_checkout_shows_no_code(checkout: Checkout, tmp_path: Path) -> None:
    from console.audits.checkout import _lines

    (tmp_path / "secret.py").write_text("TOKEN = 1\n", encoding="utf-8")
    (checkout.root / "link.py").symlink_to(tmp_path / "secret.py")
    assert _lines(checkout.root, "link.py") == ()


def test_a_folder_below_a_root_whose_configuration_would_not_be_read_is_refused_and_never_green(
    checkout: Checkout,
) -> None:
    below = checkout.write("jobs/a.py", "x = 1\n").parent
    checkout.commit()
    assert view_of(below).severity is Severity.OK
    checkout.write("pyproject.toml", "")
    with pytest.raises(AuditError, match="is not the root of its checkout"):
        view_of(below)


def test_a_folder_without_python_files_is_refused_and_never_green(checkout: Checkout) -> None:
    with pytest.raises(AuditError, match="there is no Python file to audit"):
        view_of(checkout.root)
