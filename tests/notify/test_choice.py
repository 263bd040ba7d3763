"""The `[notify]` table and the sinks that it makes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from console.journal import FILE_NAME, Journal
from console.notify.choice import PAGERDUTY_API, ROUTING_KEY, SECRET, Choice, choice_of, sinks_of
from console.notify.notice import Kind, Manner
from console.notify.sinks.sink import Sink
from console.setting_values import SettingsError
from console.settings import Flags, Homes, resolve
from console.slack.destination import TOKEN, WEBHOOK
from tests.incidents.reports import NOON
from tests.notify.notices import notice

FILE = Path("/etc/courtside.toml")
SECRETS = {SECRET: "between us", ROUTING_KEY: "R0UT1NG", TOKEN: "xoxb-1"}


def sinks(path: Path, table: Mapping[str, object], environment: Mapping[str, str] = SECRETS) -> tuple[Sink, ...]:
    journal = Journal(path / FILE_NAME, now=lambda: NOON)
    return sinks_of(choice_of(table, FILE), "C0123456789", environment, journal, lambda: NOON, io.StringIO())


def test_without_a_table_nobody_is_told(tmp_path: Path) -> None:
    assert choice_of({}, FILE) == Choice()
    assert sinks(tmp_path, {}) == ()


def test_the_settings_hold_the_choice_and_name_its_source() -> None:
    homes = Homes(Path("/c"), Path("/d"), Path("/s"))
    table = {"notify": {"sinks": ["stdout"], "digest": False, "per_hour": 6}}
    settings = resolve(Flags(), {}, homes, FILE, table)
    assert settings.notify.manner == Manner(most_an_hour=6, has_digest=False)
    assert settings.source_of("notify.per_hour") == str(FILE)


def test_every_kind_of_sink_can_be_had(tmp_path: Path) -> None:
    table = {"sinks": ["slack", "webhook", "pagerduty", "stdout"], "webhook": "https://hooks.example/courtside"}
    assert [sink.name for sink in sinks(tmp_path, table)] == ["slack:C0123456789", "webhook", "pagerduty", "stdout"]


def test_a_second_channel_gets_the_escalations_and_the_first_one_all_else(tmp_path: Path) -> None:
    first, second = sinks(tmp_path, {"sinks": ["slack"], "escalate_to": "C0ESCALATE"})
    assert (first.name, second.name) == ("slack:C0123456789", "slack:C0ESCALATE")
    assert [kind for kind in Kind if second.wants(notice(kind))] == [Kind.ESCALATION]
    assert [kind for kind in Kind if not first.wants(notice(kind))] == [Kind.ESCALATION]


def test_a_mention_is_for_the_one_channel(tmp_path: Path) -> None:
    (only,) = sinks(tmp_path, {"sinks": ["slack"], "escalate_to": "<!subteam^S0123>"})
    assert all(only.wants(notice(kind)) for kind in Kind)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"pager": 1}, "notify.pager in /etc/courtside.toml is not a setting"),
        ({"secret": "s3cret"}, "notify.secret in /etc/courtside.toml is a secret"),
        ({"sinks": "slack"}, "notify.sinks (/etc/courtside.toml) must be a list"),
        ({"webhook": "http://a.example"}, "notify.webhook (/etc/courtside.toml) must be an https:// address"),
        ({"webhook": "https://u:s3cret@a.example"}, "notify.webhook (/etc/courtside.toml) must be an https:// address"),
        (
            {"webhook": "https://hc..ping.example/s3cret"},
            "notify.webhook (/etc/courtside.toml) must be an https:// address",
        ),
        ({"escalate_to": "#alerts"}, "notify.escalate_to (/etc/courtside.toml) must be a channel's id"),
        (
            {"webhook": "https://a.example/s3cret"},
            (
                "notify.webhook in /etc/courtside.toml tells nobody, because notify.sinks does not name webhook: write "
                'sinks = ["webhook"] under [notify]'
            ),
        ),
        (
            {"sinks": ["stdout"], "escalate_to": "C0ESCALATE"},
            (
                "notify.escalate_to in /etc/courtside.toml tells nobody, because notify.sinks does not name slack: write "
                'sinks = ["stdout", "slack"] under [notify]'
            ),
        ),
        ({"digest": "yes"}, "notify.digest (/etc/courtside.toml) must be true or false"),
        ({"per_hour": 0}, "notify.per_hour (/etc/courtside.toml) must be a whole number"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_repeats_no_secret(table: Mapping[str, object], message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        choice_of(table, FILE)
    assert str(refused.value).startswith(message)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("table", "environment", "says"),
    [
        ({"sinks": ["slack"]}, {}, "there is no way to Slack"),
        ({"sinks": ["webhook"]}, SECRETS, "there is no address"),
        ({"sinks": ["webhook"], "webhook": "https://a.example"}, {}, SECRET),
        ({"sinks": ["pagerduty"]}, {}, ROUTING_KEY),
        ({"sinks": ["pagerduty"]}, {**SECRETS, PAGERDUTY_API: "https://events..example/v2"}, PAGERDUTY_API),
        (
            {"sinks": ["slack"], "escalate_to": "C0ESCALATE"},
            {WEBHOOK: "https://hooks.slack.com/services/x"},
            "needs a bot's token",
        ),
    ],
)
def test_what_a_sink_lacks_is_said_before_anything_is_sent(
    tmp_path: Path, table: Mapping[str, object], environment: Mapping[str, str], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        sinks(tmp_path, table, environment)
