"""`--alert`: what a command finds moves the incidents on, and people are told through the outbox that the watcher uses."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from console.cli.app import app
from tests.builders import at
from tests.cli.conftest import Courtside, Result
from tests.cli.words import Operator
from tests.notify.conftest import receiver
from tests.notify.services import Receiver, Says

__all__ = ["receiver"]  # a fixture

SECRET = {"COURTSIDE_NOTIFY_SECRET": "s3cret"}
COMMANDS = ("--report", "check", "gaps", "transitions", "reconcile", "diagnose")
MINUTE = timedelta(minutes=1)


TELLS_BY_ITSELF = {"watch": "through the same incidents and outbox", "gate": "the operators, of a block, with --record"}
JUDGES_NOTHING = {
    *("ack", "silence", "trace", "doctor", "snapshot", "summary", "outbox", "serve", "service install", "incidents"),
    *("queue list", "queue drain", "queue requeue", "queue cancel", "queue resolve", "queue retry", "queue hold"),
    *("queue apply", "queue plans", "schema show", "schema plan", "schema apply", "journal list", "journal verify"),
    *("workers list", "workers retire"),
}
OF_ANOTHER_TIME_OR_PLACE = {
    "demo": "a story of January 2026",
    "replay": "the past",
    "verify": "whether an action has helped, said to who acted",
    "audit": "a checkout",
    "deploy checklist": "a deployment",
}


def commands(found: Any, *names: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Give each command below one by its name, with the options that it has."""
    below = getattr(found, "commands", {})
    if not names or not below:
        options = (option for parameter in found.params for option in parameter.opts)
        yield " ".join(names) or "--report", frozenset(options)
    for name, command in below.items():
        yield from commands(command, *names, name)


def test_every_command_that_judges_the_pipeline_now_can_alert_and_no_other() -> None:
    every = dict(commands(get_command(app)))
    alerting = {name for name, options in every.items() if "--alert" in options}
    assert alerting == {*COMMANDS, "infra"}  # the latter, which needs a project, in tests/infra/test_command.py
    assert every.keys() - alerting == {*TELLS_BY_ITSELF, *JUDGES_NOTHING, *OF_ANOTHER_TIME_OR_PLACE}


@pytest.fixture
def ann(courtside: Courtside, demo_file: Path, tmp_path: Path, receiver: Receiver) -> Operator:
    settle(courtside, receiver, "digest = false")
    return Operator(courtside, Path(shutil.copy(demo_file, tmp_path / "week.duckdb")))


def settle(courtside: Courtside, receiver: Receiver, more: str = "") -> None:
    text = f'[notify]\nsinks = ["webhook"]\nwebhook = "{receiver.address}/hook"\n{more}\n'
    (courtside.home / "courtside.toml").write_text(text)


def alerts(ann: Operator, *words: str, env: Mapping[str, str] = SECRET) -> Result:
    ann.now += 2 * MINUTE  # another run, and past the time in which what a thread is told becomes one message
    return ann(*words, "--alert", env=env)


def kinds(receiver: Receiver) -> list[str]:
    return [got.document["kind"] for got in receiver.got]


def test_an_alert_that_can_read_nothing_takes_nothing_out_of_anybodys_hands(ann: Operator) -> None:
    ann.drop("workflow_decisions")
    for words in ((), (), ("ack", "blind", "--apply"), ()):
        ann.now += 2 * MINUTE
        ann(*(words or ("watch", "--once")), env=SECRET)
    ann.file.rename(ann.file.with_suffix(".away"))
    alerts(ann, "check", "orchestration.gap")
    (blind,) = [item for item in ann.document("incidents")["incidents"] if item["key"].endswith("|blind")]
    assert blind["state"] == "acknowledged"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_ends_as_without_it_and_tells_once(ann: Operator, receiver: Receiver, command: str) -> None:
    for _ in range(2):
        shown = alerts(ann, command)
        assert shown.status == ann(command).status
        assert shown.lines[-1].startswith("alert  ")
    told = len(receiver.got)
    assert alerts(ann, command).lines[-1] == "alert  nothing new to tell"
    assert len(receiver.got) == told


@pytest.mark.parametrize("command", ["check", "gaps", "diagnose"])
def test_the_outage_is_told_by_the_first_run_that_sees_it(ann: Operator, receiver: Receiver, command: str) -> None:
    ann.now = at("2026-01-23T06:20")
    assert alerts(ann, command).status == 2
    (got,) = [got.document for got in receiver.got if got.document["severity"] == "critical"]
    assert (got["kind"], "controller_silent" in got["incident"]) == ("opened", True)


def test_what_deserves_no_message_of_its_own_is_said_to_be_left_to_the_digest(
    ann: Operator, receiver: Receiver
) -> None:
    ann.now = at("2026-01-24T16:00")
    for _ in range(2):  # neither before nor after a second run has shown it is it told apart
        assert alerts(ann, "reconcile").lines[-1] == "alert  2 troubles are left to the daily digest"
    assert receiver.got == []


def test_nobody_is_told_again_by_the_watcher_nor_by_the_alert_of_what_the_watcher_told(
    ann: Operator, receiver: Receiver
) -> None:
    alerts(ann, "check")
    alerts(ann, "check")
    told = len(receiver.got)
    assert told > 0
    ann.now += 2 * MINUTE
    assert "0 told, 0 waiting" in ann("watch", "--once", env=SECRET).out
    for command in COMMANDS:
        ann.now -= MINUTE  # so that all come before somebody who has not answered is called again
        alerts(ann, command)
    assert len(receiver.got) == told


def test_a_run_of_some_checks_ends_no_incident_of_others(ann: Operator, receiver: Receiver) -> None:
    for _ in range(2):
        alerts(ann, "check")
    before = [(item["key"], item["state"]) for item in ann.document("incidents")["incidents"]]
    for _ in range(3):
        alerts(ann, "check", "quality.rolling_window")
    assert [(item["key"], item["state"]) for item in ann.document("incidents")["incidents"]] == before
    assert "resolved" not in kinds(receiver)


def test_what_was_not_delivered_ends_with_4_and_arrives_with_the_next_alert(ann: Operator, receiver: Receiver) -> None:
    receiver.always = Says(503)
    failed = alerts(ann, "check")
    assert failed.status == 4
    assert "not delivered, the watcher or the next --alert tries again: webhook" in failed.out
    assert ann.document("check", "--alert", env=SECRET)["exit_status"] == 4
    receiver.always = Says(200)
    refused = len(receiver.got)
    ann.now += timedelta(minutes=20)
    arrived = alerts(ann, "gaps", "--json").document
    assert arrived["exit_status"] != 4
    assert arrived["alert"]["notices"]["arrived"] > 0
    keys = [got.document["key"] for got in receiver.got[refused:]]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("command", COMMANDS)
def test_that_nothing_can_be_seen_is_told_once_and_the_command_fails_as_without_it(
    ann: Operator, receiver: Receiver, command: str
) -> None:
    ann.file.unlink()
    assert [alerts(ann, command).status for _ in range(3)] == [3, 3, 3]
    assert kinds(receiver) == ["opened"]
    assert "we cannot see" in receiver.got[0].document["title"]


def test_where_people_could_not_be_told_that_nothing_can_be_seen_the_error_says_so(
    ann: Operator, receiver: Receiver
) -> None:
    receiver.always = Says(503)
    ann.file.unlink()
    alerts(ann, "check")
    failed = alerts(ann, "check")
    assert (failed.status, "of this people were not told" in failed.err) == (3, True)


def test_only_a_run_of_all_checks_brings_the_daily_digest(ann: Operator, receiver: Receiver) -> None:
    settle(ann.courtside, receiver)
    alerts(ann, "gaps")
    for _ in range(2):  # before the second run there is nothing that a first digest could name
        assert "digest" not in kinds(receiver)
        ann.now += 2 * MINUTE
        alerts(ann, "check")
    assert kinds(receiver).count("digest") == 1


def test_without_alert_nobody_is_told(ann: Operator, receiver: Receiver) -> None:
    assert "alert" not in ann.document("check")
    assert receiver.got == []


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("moment", ["2026-01-23T06:20Z", "2026-01-25T17:00Z"])
def test_an_alert_about_the_past_is_refused(ann: Operator, receiver: Receiver, command: str, moment: str) -> None:
    refused = alerts(ann, command, "--at", moment)
    assert refused.status == 3
    assert "an alert about the past wakes somebody for nothing" in refused.err
    assert receiver.got == []


@pytest.mark.parametrize(
    "words",
    [
        ("check", "--date", "2026-01-24"),
        ("reconcile", "--days", "7"),
        ("gaps", "--hours", "4"),
        ("gaps", "--threshold-minutes", "30"),
    ],
)
def test_an_alert_about_other_dates_or_by_other_thresholds_is_refused(ann: Operator, words: tuple[str, ...]) -> None:
    refused = alerts(ann, *words)
    assert (refused.status, f"leave {words[1]} away" in refused.err) == (3, True)


def test_a_list_of_checks_alerts_nobody_and_says_so(ann: Operator) -> None:
    refused = alerts(ann, "check", "--list")
    assert (refused.status, "--list runs no check" in refused.err) == (3, True)


def test_on_the_demo_it_is_refused(ann: Operator) -> None:
    refused = ann.courtside("check", "--alert", "--warehouse", "demo", env=SECRET)
    assert (refused.status, "would wake somebody for nothing" in refused.err) == (3, True)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("", "--alert has nobody to tell: name sinks under [notify]"),
        ('[notify]\nsinks = ["stdout"]\n[watch]\nseveral_hosts = true\n', "use that in place of --alert"),
    ],
)
def test_where_nobody_can_be_told_it_is_refused_before_anything_is_asked(
    ann: Operator, settings: str, says: str
) -> None:
    (ann.courtside.home / "courtside.toml").write_text(settings)
    ann.file.unlink()
    refused = alerts(ann, "check")
    assert (refused.status, says in refused.err) == (3, True)
