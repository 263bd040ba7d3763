"""One file that nothing can read, or that would kill what reads it, is said by its name; all others are audited as ever."""

from __future__ import annotations

import codecs
import os
import socket
from pathlib import Path

import pytest

from checks.model import Severity
from console.audits import linting
from console.audits.audit import audit
from console.audits.checkout import view_of
from console.audits.linting import lint
from console.audits.options import Options, read_options
from console.audits.values import AuditError
from tests.audits.conftest import Checkout, said
from tests.audits.modes import bound_by_modes, opened_above

SILENT = "try:\n    work()\nexcept Exception:\n    pass\n"
FOUND = "WARNING good.py:3 silent"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (SILENT.encode("utf-16"), "not utf-8"),
        (SILENT.encode("utf-16-le"), "does not parse"),
        (SILENT.encode("utf-32"), "not utf-8"),
        (b"# coding: utf-16\nodd = 1\n", "not utf-16"),
        (b"# coding: hex\nx = 1\n", "not hex"),
        (b"# coding: rot13\nx = 1\n", "not rot13"),
        (b"# coding: undefined\nx = 1\n", "not undefined"),
        (codecs.BOM_UTF8 + b"# coding: latin-1\nx = 1\n", "encoding is unknown"),
        (b"x = 1\0\n" + SILENT.encode(), "does not parse"),
        (b"x = " + b"not " * 100_000 + b"y\n", "ruff dies of it"),
        (b"# coding: latin-1\nn = '\xe9'\nx = " + b"not " * 100_000 + b"y\n", "ruff dies of it"),
        (b"client.insert_rows_json(a" + b".b" * 100_000 + b", rows)\n", "ruff dies of it"),
        (b"".join(b" " * n + b"def f():\n" for n in range(3_000)) + b" " * 3_000 + b"work()\n", "100 levels"),
        (b"try:\n    work()\nexcept Forbidden:\n    x = " + b"+".join([b"y"] * 3_000) + b"\n", "nested too deeply"),
    ],
)
def test_one_that_cannot_be_read_is_unknown_with_the_reason(checkout: Checkout, raw: bytes, reason: str) -> None:
    checkout.write("bad.py", raw)
    checkout.write("good.py", SILENT)
    outcome = checkout.audit()
    at = ":1" if reason == "does not parse" else ""
    assert said(outcome) == [f"UNKNOWN bad.py{at} unreadable", FOUND]
    assert reason in outcome.spots[0].hit.sentence
    assert outcome.files == 1, "what could not be looked at was not looked at"


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (codecs.BOM_UTF8 + SILENT.encode(), 3),
        (SILENT.replace("\n", "\r").encode(), 3),
        (SILENT.replace("\n", "\r\n").encode(), 3),
        (f"x = 1\ry = 2\n{SILENT}".encode(), 5),
        (f"\x0c{SILENT}".encode(), 3),
        ("# coding: latin-1\nn = '\xe9'\n".encode("latin-1") + SILENT.encode(), 5),
        (b'x = "' + b"a" * 2_000_000 + b'"\n' + SILENT.encode(), 4),
        (b"x = " + b"(" * 100_000 + b")" * 100_000 + b"\n" + SILENT.encode(), 4),
        (b"if a:\n    work()\n" + b"elif a:\n    work()\n" * 5_000 + SILENT.encode(), 10_005),
        (f"x = f(1,\n{' ' * 120}2)\n{SILENT}".encode(), 5),
        (
            f"try:\n    work()\nexcept OSError as error:\n    raise x({'+'.join(['y'] * 3_000)}) from error\n{SILENT}".encode(),
            7,
        ),
        (f"def f() -> None:\n    x = '''\n{' ' * 150}x'''\n\n\n{SILENT}".encode(), 8),
    ],
)
def test_one_that_is_only_odd_is_audited_to_its_end(checkout: Checkout, raw: bytes, line: int) -> None:
    checkout.write("odd.py", raw)
    assert said(checkout.audit("silent_exceptions")) == [f"WARNING odd.py:{line} silent"]


def test_what_is_no_regular_file_is_passed_by_with_a_count_and_opened_by_nobody(checkout: Checkout) -> None:
    checkout.write("good.py", SILENT)
    os.mkfifo(checkout.root / "pipe.py")
    os.mkfifo(checkout.root / "pipe.sql")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(checkout.root / "socket.py"))
        outcome = checkout.audit()
    assert said(outcome) == [FOUND]
    assert dict(outcome.passed_by) == {"no regular file": 3}


def test_a_link_that_leads_to_itself_is_passed_by(checkout: Checkout) -> None:
    checkout.write("good.py", SILENT)
    for name in ("self", "self.py", "shared"):
        (checkout.root / name).symlink_to(name)
    outcome = checkout.audit()
    assert said(outcome) == [FOUND]
    assert dict(outcome.passed_by) == {"symbolic link": 1}


def test_a_folder_named_like_a_file_and_a_thousand_folders_in_one_another_are_walked(checkout: Checkout) -> None:
    checkout.write("dir.py/inner.py", SILENT)
    folders = [f"{checkout.root}{'/d' * number}" for number in range(1, 1_201)]
    for folder in folders:
        os.mkdir(folder)  # noqa: PTH102  # pathlib's own recursion ends before
    deepest = Path(folders[-1], "deep.py")
    deepest.write_text(SILENT)
    try:
        assert [spot.hit.line for spot in checkout.audit().spots] == [3, 3]
    finally:
        deepest.unlink()
        for folder in reversed(folders):
            os.rmdir(folder)  # noqa: PTH106  # as above


def test_files_and_folders_that_may_not_be_read_are_unknown_and_the_rest_is_audited(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.write("good.py", SILENT)
    for path, closed, mode in (
        ("file.py", "file.py", 0o000),
        ("folder/a.py", "folder", 0o000),
        ("list/b.py", "list", 0o444),
    ):
        checkout.write(path, SILENT)
        (checkout.root / closed).chmod(mode)
    # Another user may not run the tests' ruff, and it is not ruff that is in question.
    monkeypatch.setattr(linting, "_output", lambda *_: b"[]")
    with opened_above(checkout.root / "file.py"), bound_by_modes():
        outcome = checkout.audit()
    (checkout.root / "folder").chmod(0o755)
    unknown = [(spot.hit.path, spot.hit.sentence) for spot in outcome.spots if spot.hit.severity is Severity.UNKNOWN]
    reason = "could not be looked at: Permission denied"
    assert unknown == [("file.py", reason), ("folder", reason), ("list/b.py", reason)]
    assert outcome.seen == {"good.py"}


def test_names_that_are_no_utf8_are_told_apart_and_can_be_written(checkout: Checkout) -> None:
    for name in (b"a\xff.py", b"a\xfe.py", b"\xff/b.py"):
        path = Path(os.fsdecode(os.fsencode(checkout.root) + b"/" + name))
        path.parent.mkdir(exist_ok=True)
        path.write_text(SILENT)
    outcome = checkout.audit()
    assert [spot.hit.place for spot in outcome.spots] == ["a\\xfe.py:3", "a\\xff.py:3", "\\xff/b.py:3"]
    assert len({spot.finding.fingerprint for spot in outcome.spots}) == 3
    for spot in view_of(checkout.root).spots:
        assert spot.path.encode()
        assert spot.code


def test_a_name_that_means_something_to_a_shell_is_quoted_where_a_command_is_suggested(checkout: Checkout) -> None:
    for name in ("$(touch x).py", "-dash.py"):
        checkout.write(name, SILENT)
    commands = {spot.finding.suggestions[0].command for spot in checkout.audit().spots}
    assert commands == {"$EDITOR +3 '$(touch x).py'", "$EDITOR +3 ./-dash.py"}


def test_a_place_that_is_neither_folder_nor_file_is_refused(checkout: Checkout) -> None:
    os.mkfifo(checkout.root / "pipe")
    for name in ("pipe", "nothing"):
        with pytest.raises(AuditError, match="give the folder of a checkout"):
            audit(checkout.root / name, (), Options())


def test_a_configuration_that_is_no_regular_file_or_leads_out_of_the_folder_is_refused(
    checkout: Checkout, tmp_path: Path
) -> None:
    path = checkout.root / "pyproject.toml"
    os.mkfifo(path)
    with pytest.raises(AuditError, match=r"pyproject\.toml: it is no regular file"):
        read_options(checkout.root)
    path.unlink()
    (tmp_path / "other.toml").write_text("[tool.courtside.audit]\ninclude_tests = true\n")
    path.symlink_to(tmp_path / "other.toml")
    with pytest.raises(AuditError, match="nothing outside is looked at"):
        read_options(checkout.root)
    path.unlink()
    checkout.write("config/own.toml", "[tool.courtside.audit]\ninclude_tests = true\n")
    path.symlink_to("config/own.toml")
    assert read_options(checkout.root).include_tests
    path.unlink()
    path.write_text(f"x = {'[' * 50_000}")
    with pytest.raises(AuditError, match="not TOML"):
        read_options(checkout.root)


def test_where_ruff_itself_fails_it_is_not_the_files_that_are_blamed(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.write("good.py", SILENT)
    monkeypatch.setattr(linting, "_base", lambda _: ["/bin/false-that-is-not-there"])
    with pytest.raises(AuditError, match="ruff cannot be run"):
        lint(checkout.root, ["good.py"])
