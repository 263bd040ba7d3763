"""What is left of a console that broke."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.crash import KEPT, crash_report, keep_crash_report
from console.settings import Setting
from tests.builders import at

NOW = at("2026-01-26T15:20")


def test_a_crash_report_says_what_ran_where_and_hides_what_is_secret() -> None:
    chosen = [
        Setting("warehouse", "bigquery://user:pass@project", "environment"),
        Setting("slack_token", "xoxb-1-abc", "/etc/courtside.toml"),
        Setting("slack_webhook", "https://hooks.slack.com/services/T0/B0/abc", "environment"),
    ]
    trace = "ValueError: Bearer abc.def and xoxb-99-zz and https://hooks.slack.com/services/T1/B1/x\u202e"
    text = crash_report(trace, NOW, chosen, {"TERM": "xterm", "AWS_SECRET": "s3cret"})
    assert text.startswith("courtside ")
    assert "broke at 2026-01-26T15:20Z" in text
    assert "TERM=xterm" in text
    assert "warehouse = bigquery://(hidden)@project (environment)" in text
    assert "slack_token = (hidden) (/etc/courtside.toml)" in text
    assert "ValueError: Bearer (hidden) and (hidden) and https://hooks.slack.com/(hidden)" in text
    for secret in ("pass", "xoxb", "abc", "T1/B1", "s3cret", "\u202e"):
        assert secret not in text


def test_only_the_newest_crash_reports_are_kept(tmp_path: Path) -> None:
    for n in range(KEPT + 3):
        (tmp_path / f"crash-20260101T0000{n:02d}Z-1.txt").touch()
    path = keep_crash_report("broke", NOW, tmp_path)
    assert path is not None
    kept = sorted(tmp_path.glob("crash-*"))
    assert len(kept) == KEPT
    assert kept[-1] == path


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="/proc is a folder in which nobody can make a file")
def test_a_crash_report_goes_to_the_temporary_folder_when_the_state_folder_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = keep_crash_report("broke", NOW, Path("/proc/courtside"))
    assert path is not None
    assert path.parent == tmp_path
    monkeypatch.setattr("tempfile.tempdir", "/proc/courtside")
    assert keep_crash_report("broke", NOW, Path("/proc/courtside")) is None
