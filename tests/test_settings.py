from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import screens.themes
from console.setting_values import THEMES
from console.settings import Flags, Homes, Settings, SettingsError, load, resolve

HOMES = Homes(config=Path("/home/ann/.config"), data=Path("/home/ann/data"), state=Path("/home/ann/state"))
FILE = Path("/etc/courtside.toml")


def settings(
    flags: Flags | None = None, env: Mapping[str, str] | None = None, table: Mapping[str, object] | None = None
) -> Settings:
    return resolve(flags or Flags(), env or {}, HOMES, FILE, table or {})


def test_without_any_source_the_warehouse_is_the_demo_and_says_that_nobody_chose_it() -> None:
    found = settings()
    assert found.is_demo
    assert not found.is_configured
    assert found.source_of("warehouse") == "default"


def test_a_flag_beats_the_environment_and_the_environment_beats_the_file() -> None:
    table = {"warehouse": "/from/file"}
    env = {"COURTSIDE_WAREHOUSE": "/from/env"}
    of_flag = settings(Flags(warehouse="/from/flag"), env, table)
    of_env = settings(None, env, table)
    of_file = settings(None, None, table)
    assert [s.warehouse for s in (of_flag, of_env, of_file)] == ["/from/flag", "/from/env", "/from/file"]
    assert [s.source_of("warehouse") for s in (of_flag, of_env, of_file)] == ["command line", "environment", str(FILE)]


def test_an_empty_variable_says_nothing() -> None:
    assert settings(env={"COURTSIDE_WAREHOUSE": ""}).is_demo


def test_a_relative_path_in_the_file_counts_from_the_files_folder_and_on_the_command_line_from_here() -> None:
    assert settings(table={"warehouse": "copies/w.duckdb"}).warehouse == "/etc/copies/w.duckdb"
    assert settings(Flags(warehouse="copies/w.duckdb")).warehouse == "copies/w.duckdb"


def test_a_file_is_one_warehouse_however_it_is_named_and_is_shown_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, tmp_path, tmp_path)
    (tmp_path / "copies").mkdir()
    (tmp_path / "link").symlink_to("copies")
    monkeypatch.chdir(tmp_path)
    names = ("copies/w.duckdb", "./copies/../copies/w.duckdb", "link/w.duckdb", str(tmp_path / "copies/w.duckdb"))
    found = [load(Flags(warehouse=name), {}, homes) for name in names]
    assert {item.warehouse for item in found} == {str((tmp_path / "copies/w.duckdb").resolve())}
    assert next(s.value for s in found[0].chosen if s.name == "warehouse") == "copies/w.duckdb"
    for name in ("demo", "bigquery://project"):
        assert load(Flags(warehouse=name), {}, homes).warehouse == name


def test_an_address_that_holds_a_secret_is_shown_without_it_wherever_it_stands() -> None:
    table = {
        "notify": {"webhook": "https://ops.example/hook/s3cret?token=t0ken", "sinks": ["webhook"]},
        "watch": {"ping_url": "https://hc.example/s3cret"},
    }
    found = settings(table=table)
    shown = {setting.name: setting.value for setting in found.chosen}
    assert (shown["notify.webhook"], shown["watch.ping_url"]) == ("https://ops.example/…", "https://hc.example/…")
    assert "s3cret" not in repr(found)
    assert "t0ken" not in repr(found)
    assert found.notify.webhook == "https://ops.example/hook/s3cret?token=t0ken"


def test_a_url_is_no_path() -> None:
    assert settings(table={"warehouse": "bigquery://project"}).warehouse == "bigquery://project"


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, None),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, None),
        ({"COURTSIDE_COLOR": "always"}, True),
        ({"COURTSIDE_COLOR": "always", "NO_COLOR": "1"}, True),
        ({"COURTSIDE_COLOR": "auto", "NO_COLOR": "1"}, None),
    ],
)
def test_colour_follows_its_own_variable_first_and_no_color_second(
    env: Mapping[str, str], expected: bool | None
) -> None:
    assert settings(env=env).color is expected


def test_no_color_on_the_command_line_beats_everything() -> None:
    assert settings(Flags(color=False), {"COURTSIDE_COLOR": "always"}).color is False


def test_the_policy_of_the_file_is_used_and_each_changed_threshold_is_named_with_its_source() -> None:
    found = settings(table={"policy": {"gap_critical_minutes": 90}})
    assert found.policy.gap_critical_minutes == 90
    assert found.source_of("policy.gap_critical_minutes") == str(FILE)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"warehose": "x"}, "warehose in /etc/courtside.toml is not a setting"),
        ({"warehouse": 3}, "warehouse (/etc/courtside.toml) must be a text"),
        ({"warehouse": " "}, "warehouse (/etc/courtside.toml) must be a text"),
        ({"warehouse": "a\0b"}, "warehouse (/etc/courtside.toml) must be a text"),
        ({"color": "purple"}, "color (/etc/courtside.toml) must be always, never or auto"),
        ({"deadline_seconds": 0}, "deadline_seconds (/etc/courtside.toml) must be above 0"),
        ({"deadline_seconds": True}, "deadline_seconds (/etc/courtside.toml) must be above 0"),
        ({"deadline_seconds": "nan"}, "deadline_seconds (/etc/courtside.toml) must be above 0"),
        ({"theme": "purple"}, "theme (/etc/courtside.toml) must be one of dark, light, contrast, colour-blind"),
        ({"theme": 3}, "theme (/etc/courtside.toml) must be one of"),
        ({"ascii": "perhaps"}, "ascii (/etc/courtside.toml) must be true or false"),
        ({"read_only": "perhaps"}, "read_only (/etc/courtside.toml) must be true or false"),
        ({"read_only": 3}, "read_only (/etc/courtside.toml) must be true or false"),
        ({"days": 0}, "days (/etc/courtside.toml) must be a whole number of game dates from 1 to 400"),
        ({"days": 1.5}, "days (/etc/courtside.toml) must be a whole number"),
        ({"days": True}, "days (/etc/courtside.toml) must be a whole number"),
        ({"keys": "r"}, "keys in /etc/courtside.toml must be a table"),
        ({"keys": {"requeue": 3}}, "keys.requeue (/etc/courtside.toml) must be a text"),
        ({"keys": {"reqeue": "r"}}, "keys.reqeue: there is no such action"),
        ({"keys": {"requeue": "q"}}, "keys.requeue: q is the key of quit already"),
        ({"cost": 3}, "cost in /etc/courtside.toml must be a table"),
        ({"cost": {"dayly_gb": 3}}, "cost.dayly_gb in /etc/courtside.toml is not a setting; there is daily_gb"),
        (
            {"cost": {"daily_gb": -1}},
            "cost.daily_gb (/etc/courtside.toml) must be from 0, for no budget, to 1,000,000 GB",
        ),
        ({"cost": {"daily_gb": float("nan")}}, "cost.daily_gb (/etc/courtside.toml) must be from 0"),
        ({"cost": {"daily_gb": float("inf")}}, "cost.daily_gb (/etc/courtside.toml) must be from 0"),
        ({"cost": {"daily_gb": True}}, "cost.daily_gb (/etc/courtside.toml) must be from 0"),
        ({"cost": {"daily_gb": "10"}}, "cost.daily_gb (/etc/courtside.toml) must be from 0"),
        ({"processors": 3}, "processors in /etc/courtside.toml must be a table"),
        (
            {"processors": {"phase_6": "https://a.example"}},
            "processors.phase_6 in /etc/courtside.toml is not a setting; there are phase_2, phase_3, phase_4, phase_5",
        ),
        *(
            (
                {"processors": {"phase_2": address}},
                "processors.phase_2 (/etc/courtside.toml) must be the service's https",
            )
            for address in (
                *(3, "", "a.example", "http://a.example", "ftp://a.example", "https://", "https://a.example:port"),
                *(
                    "https://a.example/?q=1",
                    "https://a.example/#top",
                    "https://a.example/\n",
                    "http://127.0.0.1.a.example",
                ),
            )
        ),
        ({"notify": 3}, "notify in /etc/courtside.toml must be a table"),
        ({"notify": {"sinks": ["pigeon"]}}, "notify.sinks (/etc/courtside.toml) must be a list of slack, webhook"),
        ({"policy": 3}, "policy in /etc/courtside.toml must be a table"),
        ({"policy": {"gap": 3}}, "policy.gap is not a threshold"),
        ({"policy": {"gap_critical_minutes": -1}}, "policy.gap_critical_minutes must be 1 to"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name_and_place(table: Mapping[str, object], message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(table=table)
    assert str(refused.value).startswith(message)
    assert "/etc/courtside.toml" in str(refused.value)


@pytest.mark.parametrize(
    ("table", "budget"),
    [({}, None), ({"cost": {}}, None), ({"cost": {"daily_gb": 0}}, None), ({"cost": {"daily_gb": 2.5}}, 2.5)],
)
def test_a_days_budget_is_in_gb_and_none_without_one_or_with_0(
    table: Mapping[str, object], budget: float | None
) -> None:
    assert settings(table=table).daily_gb == budget


def test_a_days_budget_is_named_with_its_source() -> None:
    assert settings(table={"cost": {"daily_gb": 10}}).source_of("cost.daily_gb") == str(FILE)


def test_without_any_source_the_console_has_its_own_ways() -> None:
    found = settings()
    assert (found.theme, found.ascii, found.days, dict(found.keys)) == ("", False, None, {})
    shown = {setting.name: setting.value for setting in found.chosen}
    assert (shown["theme"], shown["ascii"], shown["days"]) == ("auto", "false", "auto")


def test_how_the_console_looks_can_be_set_in_the_file_and_in_the_environment() -> None:
    found = settings(
        env={"COURTSIDE_ASCII": "1", "COURTSIDE_DAYS": "3"},
        table={"theme": "light", "days": 5, "keys": {"requeue": "ctrl+r"}},
    )
    assert (found.theme, found.ascii, found.days, found.keys) == ("light", True, 3, {"requeue": "ctrl+r"})
    sources = [found.source_of(name) for name in ("theme", "ascii", "days", "keys.requeue")]
    assert sources == [str(FILE), "environment", "environment", str(FILE)]


@pytest.mark.parametrize(
    ("table", "env", "expected"),
    [
        ({}, {}, None),
        ({"read_only": False}, {}, False),
        ({"read_only": False}, {"COURTSIDE_READ_ONLY": "true"}, True),
        ({"read_only": True}, {"COURTSIDE_READ_ONLY": "false"}, False),
        ({"read_only": True}, {"COURTSIDE_READ_ONLY": ""}, True),
    ],
)
def test_whether_anything_may_be_changed_is_set_in_the_file_or_the_environment_or_goes_by_the_warehouse(
    table: Mapping[str, object], env: Mapping[str, str], expected: bool | None
) -> None:
    assert settings(env=env, table=table).read_only is expected


def test_the_themes_that_can_be_set_are_those_that_the_console_has() -> None:
    assert set(THEMES) == set(screens.themes.THEMES) - {"none"}


def test_a_later_choice_takes_the_place_of_the_earlier_one() -> None:
    found = settings(table={"warehouse": "w.duckdb"}).for_demo().with_choice("ascii", value=True, source="command line")
    assert found.is_demo
    assert found.ascii
    chosen = [(s.name, s.value, s.source) for s in found.chosen if s.name in ("warehouse", "ascii")]
    assert chosen == [("warehouse", "demo", "courtside demo"), ("ascii", "true", "command line")]


def test_a_broken_file_is_refused_with_its_name_and_the_line(tmp_path: Path) -> None:
    path = tmp_path / "courtside.toml"
    path.write_text('warehouse = "demo"\ncolor =\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"courtside\.toml is not valid TOML: .*line 2"):
        load(Flags(config=str(path)), {}, HOMES)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "courtside.toml"
    path.write_bytes(b"warehouse = '\xff'")
    with pytest.raises(SettingsError, match="not UTF-8 text"):
        load(Flags(config=str(path)), {}, HOMES)


@pytest.mark.parametrize("how", ["flag", "environment"])
def test_a_file_that_was_asked_for_and_is_not_there_is_refused(tmp_path: Path, how: str) -> None:
    path = str(tmp_path / "none.toml")
    flags, env = (Flags(config=path), {}) if how == "flag" else (Flags(), {"COURTSIDE_CONFIG": path})
    with pytest.raises(SettingsError, match=r"none\.toml cannot be read: No such file"):
        load(flags, env, HOMES)


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        load(Flags(config=str(tmp_path)), {}, HOMES)


def test_the_file_in_the_users_folder_is_read_when_it_is_there(tmp_path: Path) -> None:
    homes = Homes(tmp_path, tmp_path, tmp_path)
    assert load(Flags(), {}, homes).is_demo
    (tmp_path / "courtside.toml").write_text("deadline_seconds = 5\n", encoding="utf-8")
    found = load(Flags(), {}, homes)
    assert found.deadline_seconds == 5.0
    assert found.source_of("config") == "default"


@pytest.mark.parametrize(
    "address", ["https://phase2-abc-uc.a.run.app", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080"]
)
def test_a_processor_has_an_https_address_or_one_on_this_machine(address: str) -> None:
    found = settings(table={"processors": {"phase_2": f"{address}/"}})
    assert found.processors == {"phase_2": address}
    assert found.source_of("processors.phase_2") == str(FILE)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        settings(table={"processors": {"phase_2": "https://ann:hunter2@a.example"}})
    assert "processors.phase_2 (/etc/courtside.toml) must name no user" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_the_tokens_of_the_server_stand_in_a_file_of_their_own_beside_the_settings() -> None:
    assert settings().serve_tokens is None
    found = settings(table={"serve": {"tokens": "serve.tokens"}})
    assert found.serve_tokens == Path("/etc/serve.tokens")
    assert found.source_of("serve.tokens") == str(FILE)
    assert settings(table={"serve": {"tokens": "/run/secrets/tokens"}}).serve_tokens == Path("/run/secrets/tokens")


@pytest.mark.parametrize("value", ["grafana:read:hunter2-hunter2-hunter2", ["grafana:read:hunter2"], "", 3])
def test_tokens_in_the_settings_file_itself_are_refused_and_not_repeated(value: object) -> None:
    with pytest.raises(
        SettingsError, match=r"serve.tokens \(/etc/courtside.toml\) must be the path of a file"
    ) as refused:
        settings(table={"serve": {"tokens": value}})
    assert "hunter2" not in str(refused.value)


def test_the_checkout_that_the_console_audits_counts_from_the_folder_of_the_settings() -> None:
    assert settings().audit_checkout is None
    found = settings(table={"audit": {"checkout": "../pipeline"}})
    assert found.audit_checkout == Path("/etc/../pipeline")
    assert found.source_of("audit.checkout") == str(FILE)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"checkout": 3}, r"audit.checkout \(/etc/courtside.toml\) must be a text that is not empty, not 3"),
        ({"path": "."}, "audit.path in /etc/courtside.toml is not a setting; there is checkout"),
    ],
)
def test_a_checkout_that_is_no_path_and_other_settings_of_the_audit_are_refused(
    table: dict[str, object], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        settings(table={"audit": table})


def test_the_server_has_no_other_setting_in_the_file() -> None:
    with pytest.raises(SettingsError, match=r"serve.port in /etc/courtside.toml is not a setting"):
        settings(table={"serve": {"port": 80}})


def test_the_workers_beat_on_this_host_unless_a_project_is_named() -> None:
    assert settings().workers_firestore == ""
    assert settings(table={"workers": {"firestore": "nba-props-prod"}}).workers_firestore == "nba-props-prod"


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"firestore": "Not A Project"}, r"workers.firestore \(/etc/courtside.toml\) must be a Google Cloud project"),
        ({"firestore": 3}, r"workers.firestore \(/etc/courtside.toml\) must be a Google Cloud project"),
        ({"file": "x"}, r"workers.file in /etc/courtside.toml is not a setting; there is firestore"),
    ],
)
def test_a_store_of_workers_that_there_is_none_of_is_refused(table: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        settings(table={"workers": table})
