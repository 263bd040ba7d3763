"""Settings: where each value comes from, and which source won.

A value is taken from the first of: command-line flag, `COURTSIDE_*` environment variable, TOML file, default. Everything but
`read_file` is pure: the environment and the home folders come in as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from checks.loading import DEADLINE_SECONDS
from checks.policy import Policy, PolicyError

DEMO = "demo"
CONFIG_NAME = "courtside.toml"
LONGEST_DEADLINE_SECONDS = 3600.0

_YES = frozenset({"1", "true", "yes", "on", "always"})
_NO = frozenset({"0", "false", "no", "off", "never"})


class SettingsError(ValueError):
    """A setting that does not exist or cannot be; the message names it and where it stands."""


@dataclass(frozen=True, slots=True)
class Homes:
    """The user's folders for this program: configuration, data (the demo warehouse) and state (the journal)."""

    config: Path
    data: Path
    state: Path


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says; None where it says nothing. `color` is False after `--no-color`."""

    warehouse: str | None = None
    config: str | None = None
    color: bool | None = None


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
    `deadline_seconds` is how long each fact may take to load. `chosen` remembers each value's source.
    """

    warehouse: str
    policy: Policy
    color: bool | None
    config_path: Path
    data_dir: Path
    state_dir: Path
    deadline_seconds: float = DEADLINE_SECONDS
    chosen: tuple[Setting, ...] = ()

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


@dataclass(frozen=True, slots=True)
class _Layer:
    """One source of values: where it is, and what it says by setting name."""

    source: str
    values: Mapping[str, object]


def load(flags: Flags, environment: Mapping[str, str], homes: Homes) -> Settings:
    """Return the settings, reading the TOML file that flag, environment or `homes` point to.

    Raises SettingsError for a file that is asked for and cannot be read, and for anything `resolve` refuses.
    """
    asked = flags.config or environment.get("COURTSIDE_CONFIG") or ""
    path = Path(asked).expanduser() if asked else homes.config / CONFIG_NAME
    table = read_file(path) if asked or path.exists() else {}
    return resolve(flags, environment, homes, path, table)


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
    layers = (_flag_layer(flags), _environment_layer(environment), _Layer(str(config_path), table))
    warehouse = _pick(layers, "warehouse", DEMO)
    place = _place(_text(warehouse), config_path if warehouse.source == str(config_path) else None)
    data = _pick(layers, "data_dir", str(homes.data))
    state = _pick(layers, "state_dir", str(homes.state))
    color = _pick(layers, "color", None)
    deadline = _pick(layers, "deadline_seconds", DEADLINE_SECONDS)
    thresholds = _thresholds(table, config_path)
    settings = Settings(
        warehouse=place,
        policy=_policy(thresholds, config_path),
        color=_switch(color),
        config_path=config_path,
        data_dir=Path(_text(data)).expanduser(),
        state_dir=Path(_text(state)).expanduser(),
        deadline_seconds=_seconds(deadline),
    )
    chosen = (
        _config_setting(flags, environment, config_path, found=bool(table)),
        Setting("warehouse", place, warehouse.source),
        Setting("data_dir", str(settings.data_dir), data.source),
        Setting("state_dir", str(settings.state_dir), state.source),
        Setting("color", {None: "auto", True: "always", False: "never"}[settings.color], color.source),
        Setting("deadline_seconds", f"{settings.deadline_seconds:g}", deadline.source),
        *(Setting(f"policy.{key}", str(value), str(config_path)) for key, value in thresholds.items()),
    )
    return replace(settings, chosen=chosen)


@dataclass(frozen=True, slots=True)
class _Value:
    """A value as it was found, before it is judged."""

    name: str
    raw: object
    source: str


def _pick(layers: Iterable[_Layer], name: str, default: object) -> _Value:
    for layer in layers:
        if name in layer.values:
            return _Value(name, layer.values[name], layer.source)
    return _Value(name, default, "default")


def _flag_layer(flags: Flags) -> _Layer:
    values = {"warehouse": flags.warehouse, "color": flags.color}
    return _Layer("command line", {name: value for name, value in values.items() if value is not None})


def _environment_layer(environment: Mapping[str, str]) -> _Layer:
    """Return the values of `COURTSIDE_*`; an empty variable says nothing. `NO_COLOR` stands behind `COURTSIDE_COLOR`."""
    values: dict[str, object] = {"color": False} if environment.get("NO_COLOR") else {}
    for name in ("warehouse", "data_dir", "state_dir", "color", "deadline_seconds"):
        if value := environment.get(f"COURTSIDE_{name.upper()}"):
            values[name] = value
    return _Layer("environment", values)


def _config_setting(flags: Flags, environment: Mapping[str, str], path: Path, *, found: bool) -> Setting:
    if flags.config:
        source = "command line"
    elif environment.get("COURTSIDE_CONFIG"):
        source = "environment"
    else:
        source = "default" if found else "default, no file there"
    return Setting("config", str(path), source)


_KNOWN = ("warehouse", "data_dir", "state_dir", "color", "deadline_seconds", "policy")


def _refuse_unknown(table: Mapping[str, object], path: Path) -> None:
    for key in table:
        if key not in _KNOWN:
            raise SettingsError(f"{key} in {path} is not a setting; there are {', '.join(_KNOWN)}")


def _text(value: _Value) -> str:
    if not isinstance(value.raw, str) or not value.raw.strip() or "\0" in value.raw:
        raise SettingsError(f"{value.name} ({value.source}) must be a text that is not empty, not {value.raw!r}")
    return value.raw


def _place(value: str, config_path: Path | None) -> str:
    """Return a warehouse's name; a relative path in the settings file counts from that file's folder."""
    if value == DEMO or "://" in value:
        return value
    path = Path(value).expanduser()
    return str(config_path.parent / path if config_path is not None else path)


def _switch(value: _Value) -> bool | None:
    if value.raw is None or isinstance(value.raw, bool):
        return value.raw
    word = str(value.raw).lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    if word == "auto":
        return None
    raise SettingsError(f"color ({value.source}) must be always, never or auto, not {value.raw!r}")


def _seconds(value: _Value) -> float:
    raw = value.raw
    try:
        seconds = float(raw) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else 0.0
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_DEADLINE_SECONDS:
        raise SettingsError(f"deadline_seconds ({value.source}) must be above 0 and at most 3600 seconds, not {raw!r}")
    return seconds


def _thresholds(table: Mapping[str, object], path: Path) -> Mapping[str, object]:
    thresholds = table.get("policy", {})
    if not isinstance(thresholds, Mapping):
        raise SettingsError(f"policy in {path} must be a table: start it with [policy]")
    return thresholds


def _policy(thresholds: Mapping[str, object], path: Path) -> Policy:
    try:
        return Policy.from_table(thresholds)
    except PolicyError as error:
        raise SettingsError(f"{error} (in {path})") from error
