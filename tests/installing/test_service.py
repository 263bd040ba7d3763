"""`courtside service install`: what is written is what systemd, cron and YAML read back, for any path and without a secret."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.installing import cron, systemd
from console.installing.wanted import UnfitError, Wanted, calendar, cron_schedule
from tests.cli.conftest import Courtside, Result, data

__all__ = ["data"]  # fixture

HARD = "a b \"c\" 'd' $HOME 100% \\ ü; x"
"""A folder's name with all that shells, systemd and cron read in a way of their own."""
HALF_AN_HOUR = timedelta(minutes=30)
SOME_LACKING = ["COURTSIDE_PAGERDUTY_KEY", "COURTSIDE_PING_URL"]
"""An empty value is none, and systemd gives no variable for a line that begins with `export`."""
CLOUD = ("--cloud", "image=i", "--cloud", "service_account=a", "--cloud", "share=10.0.0.2:/c")


@pytest.fixture
def courtside(tmp_path: Path, data: Path) -> Courtside:
    return Courtside(tmp_path / "home", data)


def install(courtside: Courtside, *options: str, place: str = "bigquery://nba-props", **how: Any) -> Result:
    courtside.home.mkdir(exist_ok=True)
    return courtside("service", "install", *options, "--warehouse", place, env={"HOME": str(courtside.home)}, **how)


def verify(folder: Path, name: str) -> None:
    """Let systemd itself read a unit. Skips the test where it is not installed."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed here")
    done = subprocess.run(  # noqa: S603 - systemd's own
        [program, "verify", "--user", "--man=no", str(folder / name)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(folder)},
    )
    ours = [line for line in done.stderr.splitlines() if "courtside" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def wanted(folder: Path, every: timedelta = HALF_AN_HOUR) -> Wanted:
    program = folder / "courtside"
    folder.mkdir(parents=True, exist_ok=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    options = ("--warehouse", str(folder / "week.duckdb"), "--config", str(folder / "courtside.toml"))
    return Wanted((str(program),), every, options, folder / "secrets.env", {"COURTSIDE_STATE_DIR": str(folder)})


@pytest.mark.parametrize("kind", ["systemd", "timer"])
def test_systemd_takes_the_units_as_they_are_written(courtside: Courtside, kind: str) -> None:
    done = install(courtside, "--kind", kind)
    assert done.status == 0, done.err
    folder = courtside.home / ".config" / "systemd" / "user"
    assert min(path.name for path in folder.iterdir()) == "courtside-watch.service"
    assert f"written: {folder / 'courtside-watch.service'}" in done.lines
    assert "loginctl enable-linger && systemctl --user daemon-reload" in done.lines[-1]
    assert done.lines[-1].endswith(f"enable --now courtside-watch.{'service' if kind == 'systemd' else 'timer'}")
    verify(folder, "courtside-watch.service" if kind == "systemd" else "courtside-watch.timer")


@pytest.mark.parametrize("make", [systemd.service, systemd.timer])
def test_systemd_takes_units_of_a_folder_with_any_name(make: Any, tmp_path: Path) -> None:
    for text in make(wanted(tmp_path / HARD)):
        (tmp_path / text.name).write_text(text.content)
    verify(tmp_path, "courtside-watch.service")


def test_a_word_is_quoted_as_systemd_reads_it_back() -> None:
    assert systemd.quoted('a "b" \\ 100%') == '"a \\"b\\" \\\\ 100%%"'
    with pytest.raises(UnfitError, match="cannot stand in a systemd unit"):
        systemd.quoted("a\nExecStartPost=/bin/rm")


def test_a_service_that_goes_on_gives_the_longest_step_time_to_end(tmp_path: Path) -> None:
    (text,) = systemd.service(wanted(tmp_path))
    assert "Restart=on-failure" in text.content
    assert "TimeoutStopSec=300" in text.content
    assert '"watch" "--every" "30m"' in text.content
    unit, when = systemd.timer(wanted(tmp_path))
    assert "SuccessExitStatus=1 2" in unit.content
    assert '"watch" "--once" "--every" "30m"' in unit.content
    assert "OnCalendar=*-*-* *:00/30:00 UTC" in when.content


def test_the_shell_that_cron_starts_runs_exactly_the_command(tmp_path: Path) -> None:
    folder = tmp_path / HARD
    given = wanted(folder)
    (folder / "courtside").write_text(
        '#!/bin/sh\nprintf "%s\\n" "$COURTSIDE_STATE_DIR" "$COURTSIDE_SLACK_TOKEN" "$@"\n'
    )
    (folder / "secrets.env").write_text("COURTSIDE_SLACK_TOKEN=xoxb-1\n")
    (text,) = cron.crontab(given)
    line = text.content.splitlines()[1]
    schedule, command = line[: len("*/30 * * * *")], line[len("*/30 * * * * ") :]
    assert schedule == "*/30 * * * *"
    assert "%" not in command.replace("\\%", "")
    done = subprocess.run(["/bin/sh", "-c", command.replace("\\%", "%")], capture_output=True, text=True, check=True)  # noqa: S603 - what cron does
    assert done.stdout.splitlines() == [str(folder), "xoxb-1", *given.command(once=True)[1:]]
    assert shlex.split(command)


@pytest.mark.parametrize(
    ("every", "schedule", "written"),
    [
        (timedelta(minutes=1), "* * * * *", "*-*-* *:*:00 UTC"),
        (timedelta(minutes=15), "*/15 * * * *", "*-*-* *:00/15:00 UTC"),
        (timedelta(hours=1), "0 * * * *", "*-*-* *:00:00 UTC"),
        (timedelta(hours=6), "0 */6 * * *", "*-*-* 00/6:00:00 UTC"),
        (timedelta(hours=24), "0 0 * * *", "*-*-* 00:00:00 UTC"),
    ],
)
def test_an_interval_is_the_same_on_each_calendar(every: timedelta, schedule: str, written: str) -> None:
    assert (cron_schedule(every), calendar(every)) == (schedule, written)
    if program := shutil.which("systemd-analyze"):
        subprocess.run([program, "calendar", written], check=True, capture_output=True)  # noqa: S603 - systemd's own


@pytest.mark.parametrize("minutes", [7, 45, 90, 5 * 60])
def test_an_interval_that_no_calendar_has_is_refused(minutes: int) -> None:
    with pytest.raises(UnfitError, match="divide an hour"):
        cron_schedule(timedelta(minutes=minutes))


def test_cloud_run_is_refused_without_what_it_needs_and_for_a_file_of_this_machine(courtside: Courtside) -> None:
    kind = ("--kind", "cloud-run")
    whole = (*kind, *CLOUD)
    assert "needs --cloud image=… and --cloud service_account=… and --cloud share=…" in install(courtside, *kind).err
    assert "as SERVER:/PATH" in install(courtside, *whole[:-1], "share=10.0.0.2").err
    assert "--cloud knows no 'imag'" in install(courtside, *kind, "--cloud", "imag=i").err
    assert "cannot read a file of this machine" in install(courtside, *whole, place="week.duckdb").err
    assert install(courtside, *whole, "--print").status == 0


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, {"COURTSIDE_SLACK_TOKEN"}),
        ({"COURTSIDE_SLACK_WEBHOOK": "https://hooks.example/s3cret"}, {"COURTSIDE_SLACK_WEBHOOK"}),
        (
            {"COURTSIDE_SLACK_WEBHOOK": "https://hooks.example/s3cret", "COURTSIDE_SLACK_TOKEN": "xoxb-s3cret"},
            {"COURTSIDE_SLACK_TOKEN"},
        ),
        ({"COURTSIDE_PING_URL": "https://hc.example/s3cret"}, {"COURTSIDE_SLACK_TOKEN", "COURTSIDE_PING_URL"}),
    ],
)
def test_cloud_run_asks_secret_manager_for_what_is_in_use_here_and_holds_none_of_it(
    courtside: Courtside, given: dict[str, str], asked: set[str]
) -> None:
    courtside.home.mkdir()
    (courtside.home / "courtside.toml").write_text('[notify]\nsinks = ["slack"]\n[slack]\nchannel = "C0123456789"\n')
    command = ("service", "install", "--print", "--kind", "cloud-run", *CLOUD, "--warehouse", "bigquery://nba-props")
    shown = courtside(*command, env={"HOME": str(courtside.home), **given}).out
    names = {f"COURTSIDE_{name}" for name in ("SLACK_TOKEN", "SLACK_WEBHOOK", "PING_URL")}
    assert {name for name in names if name in shown} == asked
    assert all(f'"name": "{name.lower().replace("_", "-")}"' in shown.replace("name: ", '"name": ') for name in asked)
    assert "s3cret" not in shown


def test_cloud_run_is_two_files_and_how_to_apply_them(courtside: Courtside) -> None:
    done = install(courtside, "--kind", "cloud-run", *CLOUD, "--cloud", "network=ops", "--cloud", "subnet=ops-east")
    job, schedule = (courtside.home / f"courtside-watch.{name}.yaml" for name in ("job", "schedule"))
    assert done.lines[:2] == [f"written: {job}", f"written: {schedule}"]
    assert done.lines[2].startswith(f"next: gcloud run jobs replace {job}, then the schedule")
    assert '"subnetwork\\": \\"ops-east' in job.read_text()


@pytest.mark.parametrize("kind", ["systemd", "timer", "cron"])
def test_print_shows_what_would_be_written_and_writes_nothing(courtside: Courtside, kind: str) -> None:
    shown = install(courtside, "--kind", kind, "--print")
    assert (shown.status, "bigquery://nba-props" in shown.out) == (0, True)
    assert list(courtside.home.iterdir()) == []


def test_a_file_that_says_something_else_is_left_alone_without_force(courtside: Courtside) -> None:
    install(courtside)
    path = courtside.home / ".config" / "systemd" / "user" / "courtside-watch.service"
    written = path.read_text()
    assert f"as it was: {path}" in install(courtside).lines
    path.write_text("mine\n")
    refused = install(courtside)
    assert (refused.status, "says something else" in refused.err, path.read_text()) == (3, True, "mine\n")
    assert install(courtside, "--force").status == 0
    assert path.read_text() == written


def test_it_runs_as_it_is_run_here(courtside: Courtside) -> None:
    """A watcher that writes where whoever installed it said not to would be another one."""
    courtside.home.mkdir()
    env = {"HOME": str(courtside.home), "COURTSIDE_DEADLINE_SECONDS": "7", "COURTSIDE_READ_ONLY": "true"}
    for kind in ("systemd", "timer", "cron", "cloud-run"):
        cloud = CLOUD if kind == "cloud-run" else ()
        options = ("--kind", kind, "--print", "--warehouse", "bigquery://nba-props", *cloud)
        by_variable = courtside("service", "install", *options, env=env).out
        assert "COURTSIDE_DEADLINE_SECONDS" in by_variable
        assert "--read-only" in by_variable
        by_flag = courtside("service", "install", "--read-only", *options, env={"HOME": str(courtside.home)}).out
        assert "--read-only" in by_flag


def test_what_the_watcher_would_lack_is_said_by_name(courtside: Courtside) -> None:
    courtside.home.mkdir()
    (courtside.home / "courtside.toml").write_text('[notify]\nsinks = ["slack", "pagerduty"]\n')
    secrets = courtside.home / "secrets.env"
    env = {"HOME": str(courtside.home), "COURTSIDE_PING_URL": "https://example.com/ping"}
    options = ("service", "install", "--warehouse", "bigquery://nba-props")
    done = courtside(*options, "--json", env=env)
    assert (done.status, done.document["lacking"]) == (
        0,
        ["COURTSIDE_SLACK_TOKEN", "COURTSIDE_PAGERDUTY_KEY", "COURTSIDE_PING_URL"],
    )
    said = courtside(*options, env=env).out
    assert f"needs: COURTSIDE_SLACK_TOKEN=… in {secrets}, chmod 600; the watcher ends at once without" in said
    for text, lacking in (
        ("# COURTSIDE_PING_URL=no\nCOURTSIDE_SLACK_WEBHOOK=x\nCOURTSIDE_PAGERDUTY_KEY=y\n", ["COURTSIDE_PING_URL"]),
        ('COURTSIDE_SLACK_TOKEN=x\nCOURTSIDE_PAGERDUTY_KEY=""\nexport COURTSIDE_PING_URL=z\n', SOME_LACKING),
    ):
        secrets.write_text(text)
        secrets.chmod(0o600)
        assert courtside(*options, "--json", env=env).document["lacking"] == lacking


def test_a_file_of_secrets_that_others_can_read_is_refused(courtside: Courtside) -> None:
    courtside.home.mkdir()
    secrets = courtside.home / "secrets.env"
    secrets.write_text("COURTSIDE_SLACK_TOKEN=x\n")
    secrets.chmod(0o644)
    refused = install(courtside)
    assert refused.status == 3
    assert f"{secrets} holds secrets and can be read by others: chmod 600" in refused.err


def test_a_warehouse_that_is_none_is_refused_before_a_watcher_would_be_for_ever(courtside: Courtside) -> None:
    refused = install(courtside, place="bigquery://no")
    assert refused.status == 3
    assert "names no BigQuery project" in refused.err


def test_no_secret_is_in_what_is_written(courtside: Courtside) -> None:
    courtside.home.mkdir()
    (courtside.home / "courtside.toml").write_text(
        '[watch]\nping_url = "https://hc-ping.com/0b6c-secret"\n[notify]\nsinks = ["slack"]\n'
    )
    environment = {
        "HOME": str(courtside.home),
        "COURTSIDE_SLACK_TOKEN": "xoxb-secret",
        "COURTSIDE_PING_URL": "https://x.example/s3cret",
    }
    for kind in ("systemd", "timer", "cron", "cloud-run"):
        shown = courtside(
            "service",
            "install",
            "--print",
            "--kind",
            kind,
            "--warehouse",
            "bigquery://nba-props",
            *CLOUD,
            env=environment,
        )
        assert shown.status == 0, shown.err
        assert not any(secret in shown.out for secret in ("0b6c", "xoxb", "s3cret"))
