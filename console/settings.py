"""Settings: where each value comes from, and which source won.

A value is taken from the first of: command-line flag, `COURTSIDE_*` environment variable, TOML file, default. Everything but
`read_file` is pure: the environment and the home folders come in as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.deadline import DEADLINE_SECONDS
from console import setting_values as values
from console.setting_values import DEMO, SettingsError, Value

if TYPE_CHECKING:
    from checks.policy import Policy
    from console.notify.choice import Choice
    from console.watching.choice import Choice as WatchChoice

__all__ = ["DEMO", "Flags", "Homes", "Setting", "Settings", "SettingsError", "load", "read_file", "resolve"]

CONFIG_NAME = "courtside.toml"
DEMO_INSTEAD = "courtside demo"


@dataclass(frozen=True, slots=True)
class Homes:
    """The user's folders for this program: configuration, data (the demo warehouse) and state (the journal)."""

    config: Path
    data: Path
    state: Path


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says; None where it says nothing.

    `color` is False after `--no-color`, `read_only` True after `--read-only`: no flag arms what the settings do not.
    """

    warehouse: str | None = None
    config: str | None = None
    color: bool | None = None
    read_only: bool | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """One value as people read it, and the source that won."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run.

    `warehouse` is `demo`, a file's path or a URL such as `bigquery://project`. `color` is None where the terminal decides.
    `deadline_seconds` is how long each fact may take to load. `read_only` is None where it goes by the warehouse: production is
    read-only, nothing else is (`console.arming`). Of the console: `theme` is "" for the one last chosen there,
    `ascii` keeps to ASCII, `days` is how many game dates it shows (None for its own default), `keys` are other keys for actions.
    `daily_gb` is how much may be billed a day, in GB of 2^30 (None for no budget). `slack_channel` is the id of the channel that
    summaries go to, or "". `processors` are the addresses of the phases' services, by `phase_2` … `phase_5`. `notify_table` is
    who wants to be told, and how; see `notify`. `watch_table` is how the watcher works; see `watch`.
    `serve_tokens` is the file of the server's tokens, None for none; `audit_checkout` the folder that the console audits, None
    for the current one; `workers_firestore` the project in whose Firestore prediction workers beat, "" for this host's file.
    `chosen` remembers each value's source.
    """

    warehouse: str
    thresholds: Mapping[str, object]
    color: bool | None
    config_path: Path
    data_dir: Path
    state_dir: Path
    deadline_seconds: float = DEADLINE_SECONDS
    theme: str = ""
    ascii: bool = False
    read_only: bool | None = None
    days: int | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    daily_gb: float | None = None
    slack_channel: str = ""
    serve_tokens: Path | None = None
    audit_checkout: Path | None = None
    workers_firestore: str = ""
    processors: Mapping[str, str] = field(default_factory=dict)
    notify_table: Mapping[str, object] = field(default_factory=dict, repr=False)
    watch_table: Mapping[str, object] = field(default_factory=dict, repr=False)
    chosen: tuple[Setting, ...] = ()

    @property
    def policy(self) -> Policy:
        """The thresholds of the pipeline's own, with those that the settings change."""
        from checks.policy import Policy  # noqa: PLC0415  # the first frame needs no thresholds

        return Policy.from_table(self.thresholds)

    @property
    def notify(self) -> Choice:
        """Who is told of incidents, and how."""
        from console.notify.choice import choice_of  # noqa: PLC0415  # the first frame tells nobody

        return choice_of(self.notify_table, self.config_path)

    @property
    def watch(self) -> WatchChoice:
        """How the watcher works."""
        from console.watching.choice import choice_of  # noqa: PLC0415  # the first frame watches nothing

        return choice_of(self.watch_table, self.config_path)

    @property
    def is_demo(self) -> bool:
        """True for the built-in January 2026 warehouse."""
        return self.warehouse == DEMO

    @property
    def is_configured(self) -> bool:
        """True when somebody chose the warehouse."""
        return any(setting.name == "warehouse" and setting.source != "default" for setting in self.chosen)

    def source_of(self, name: str) -> str:
        """Return where the value of `name` came from. Raises KeyError for a name that is no setting."""
        return {setting.name: setting.source for setting in self.chosen}[name]

    def for_demo(self) -> Settings:
        """Return these settings as `courtside demo` has them."""
        if self.is_demo and self.is_configured:
            return self
        return self.with_choice(
            "warehouse", DEMO, DEMO_INSTEAD if self.is_configured else "courtside demo, the default"
        )

    def with_choice(self, name: str, value: Any, source: str) -> Settings:
        """Return these settings with another value for the setting `name`, which `source` has chosen."""
        word = str(value).lower() if isinstance(value, bool) else str(value)
        others = tuple(setting for setting in self.chosen if setting.name != name)
        return replace(self, **{name: value}, chosen=(*others, Setting(name, word, source)))


_Layer = tuple[str, Mapping[str, object]]
"""One source of values: where it is, and what it says by setting name."""


def load(flags: Flags, environment: Mapping[str, str], homes: Homes) -> Settings:
    """Return the settings, reading the TOML file that flag, environment or `homes` point to.

    A warehouse that is a file is known by its whole path, and shown as it was named. Raises SettingsError for a settings file
    that is asked for and cannot be read, and for anything `resolve` refuses.
    """
    asked = flags.config or environment.get("COURTSIDE_CONFIG") or ""
    path = Path(asked).expanduser() if asked else homes.config / CONFIG_NAME
    table = read_file(path) if asked or path.exists() else {}
    settings = resolve(flags, environment, homes, path, table)
    return replace(settings, warehouse=values.located(settings.warehouse))


def read_file(path: Path) -> Mapping[str, object]:
    """Return the TOML table in `path`. Raises SettingsError that names the file and the line."""
    import tomllib  # noqa: PLC0415 # not needed when there is no settings file, and 5 ms

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"the settings file {path} is not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"the settings file {path} is not UTF-8 text (byte {error.start})") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"the settings file {path} cannot be read: {reason}") from error


def resolve(
    flags: Flags, environment: Mapping[str, str], homes: Homes, config_path: Path, table: Mapping[str, object]
) -> Settings:
    """Return the settings from all sources; pure.

    `table` is the content of the settings file at `config_path`, or empty. Raises SettingsError that names the key or variable
    and its source.
    """
    _refuse_unknown(table, config_path)
    layers = (_flag_layer(flags), _environment_layer(environment), (str(config_path), table))
    found = {name: _pick(layers, name, default) for name, default in _defaults(homes).items()}
    warehouse = found["warehouse"]
    tables = {name: values.table(table, name, config_path) for name in _TABLES}
    processors = values.processors(tables["processors"], config_path)
    with_secrets = {"notify": values.notify, "watch": values.watch}
    withheld = {name: judged(tables[name], config_path) for name, judged in with_secrets.items()}
    shown = {**tables, "processors": processors, **withheld}
    settings = Settings(
        warehouse=values.place(values.text(warehouse), config_path if warehouse.source == str(config_path) else None),
        thresholds=values.thresholds(tables["policy"], config_path),
        color=values.color(found["color"]),
        config_path=config_path,
        data_dir=Path(values.text(found["data_dir"])).expanduser(),
        state_dir=Path(values.text(found["state_dir"])).expanduser(),
        deadline_seconds=values.seconds(found["deadline_seconds"]),
        theme=values.theme(found["theme"]),
        ascii=values.ascii_only(found["ascii"]),
        read_only=values.read_only(found["read_only"]),
        days=values.days(found["days"]),
        keys=values.keys(tables["keys"], config_path),
        daily_gb=values.daily_gb(tables["cost"], config_path),
        slack_channel=values.slack_channel(tables["slack"], config_path),
        serve_tokens=values.serve_tokens(tables["serve"], config_path),
        audit_checkout=values.audit_checkout(tables["audit"], config_path),
        workers_firestore=values.workers_firestore(tables["workers"], config_path),
        processors=processors,
        notify_table=tables["notify"],
        watch_table=tables["watch"],
    )
    chosen = (
        _config_setting(flags, environment, config_path, found=bool(table)),
        *(Setting(name, _word(getattr(settings, name), name), found[name].source) for name in found),
        *(
            Setting(f"{name}.{key}", str(value), str(config_path))
            for name, part in shown.items()
            for key, value in part.items()
        ),
    )
    return replace(settings, chosen=chosen)


def _defaults(homes: Homes) -> Mapping[str, object]:
    """Return the settings that every source can give, in the order in which doctor shows them."""
    return {
        "warehouse": DEMO,
        "data_dir": str(homes.data),
        "state_dir": str(homes.state),
        "color": None,
        "deadline_seconds": DEADLINE_SECONDS,
        "theme": "",
        "ascii": False,
        "days": None,
        "read_only": None,
    }


def _word(value: object, name: str) -> str:
    """Return a setting's value as people read it."""
    if name == "color":
        return {None: "auto", True: "always", False: "never"}[value]  # type: ignore[index]  # a color is one of the three
    if isinstance(value, float):
        return f"{value:g}"
    if value is None or value == "":
        return "auto"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pick(layers: Iterable[_Layer], name: str, default: object) -> Value:
    for source, said in layers:
        if name in said:
            return Value(name, said[name], source)
    return Value(name, default, "default")


def _flag_layer(flags: Flags) -> _Layer:
    given = {"warehouse": flags.warehouse, "color": flags.color, "read_only": flags.read_only}
    return "command line", {name: value for name, value in given.items() if value is not None}


def _environment_layer(environment: Mapping[str, str]) -> _Layer:
    """Return the values of `COURTSIDE_*`; an empty variable says nothing. `NO_COLOR` stands behind `COURTSIDE_COLOR`."""
    given: dict[str, object] = {"color": False} if environment.get("NO_COLOR") else {}
    for name in _KNOWN:
        if value := environment.get(f"COURTSIDE_{name.upper()}"):
            given[name] = value
    return "environment", given


def _config_setting(flags: Flags, environment: Mapping[str, str], path: Path, *, found: bool) -> Setting:
    if flags.config:
        source = "command line"
    elif environment.get("COURTSIDE_CONFIG"):
        source = "environment"
    else:
        source = "default" if found else "default, no file there"
    return Setting("config", str(path), source)


_KNOWN = ("warehouse", "data_dir", "state_dir", "color", "deadline_seconds", "theme", "ascii", "days", "read_only")
_TABLES = ("policy", "keys", "cost", "slack", "serve", "audit", "workers", "processors", "notify", "watch")


def _refuse_unknown(table: Mapping[str, object], path: Path) -> None:
    for key in table:
        if key not in (*_KNOWN, *_TABLES):
            raise SettingsError(f"{key} in {path} is not a setting; there are {', '.join((*_KNOWN, *_TABLES))}")
