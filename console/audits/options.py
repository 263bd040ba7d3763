"""What an audit may be told: by its command, and by `[tool.courtside.audit]` in the audited repository's pyproject.toml."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path

from console.audits.choosing import OWN, place_inside
from console.audits.files import read_text, within
from console.audits.values import AuditError

_ABOVE = ("tool", "courtside")
_NAME = "audit"
TABLE = ".".join((*_ABOVE, _NAME))
_PATHS = ("exclude", "pool_modules", "important", "shared", "copies", "baseline")

_POOLS = tuple(
    f"{folder}{name}{end}" for folder in ("", "*/", "*_") for name in ("pool", "pools") for end in (".py", "/*.py")
)
"""Modules and folders of which `pool` is the last word: `bigquery_pool.py`, not `spooler.py`, `carpool/` or `pool_legacy/`."""


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of one audit; paths are relative to the audited folder, patterns are those of `fnmatch`.

    `inside` is no choice: it is where in its checkout the audited folder lies, "" for the root.
    """

    include_tests: bool = False
    checks: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    pool_modules: tuple[str, ...] = _POOLS
    important: tuple[str, ...] = ("orchestration", "predictions")
    hot_functions: tuple[str, ...] = ("process", "process_*", "handle", "handle_*", "handler", "predict", "predict_*")
    loader: str = "shared.utils.bigquery_utils:insert_bigquery_rows"
    shared: str = "shared"
    copies: tuple[str, ...] = ("orchestration/cloud_functions/*/shared",)
    baseline: str = ""
    inside: str = ""

    def is_important(self, path: str) -> bool:
        """Return whether what stands in `path` decides what the pipeline does: a folder of it is named so."""
        folders = f"/{self._from_root(path).rpartition('/')[0]}/"
        return any(f"/{name}/" in folders for name in self.important)

    def is_pool(self, path: str) -> bool:
        """Return whether `path` is a module that may make clients."""
        return matches(path, self.pool_modules) or matches(self._from_root(path), self.pool_modules)

    def is_excluded(self, path: str) -> bool:
        """Return whether the repository does not want `path` to be looked at."""
        return matches(path, self.exclude)

    def _from_root(self, path: str) -> str:
        return f"{self.inside}/{path}" if self.inside else path


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a path, or a folder that it stands in, fits one of the patterns; `**/` stands for any folder or none."""
    parts = path.split("/")
    folders = ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]
    plain = {one for pattern in patterns for one in (pattern.rstrip("/"), pattern.rstrip("/").removeprefix("**/"))}
    return any(fnmatchcase(folder, pattern) for pattern in plain for folder in folders)


def read_options(root: Path) -> Options:
    """Return the options that the repository itself states; the defaults where it states none.

    Raises AuditError for a file that cannot be read or is no TOML, for an unknown key and a value of the wrong type.
    """
    inside = place_inside(root.resolve())
    path = within(root, OWN)
    if not os.path.lexists(path):
        return Options(inside=inside)
    try:
        document: object = tomllib.loads(read_text(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise AuditError(f"pyproject.toml of the audited folder is not TOML: {error}") from error
    for part in _ABOVE:
        document = document.get(part, {}) if isinstance(document, dict) else None
    if not isinstance(document, dict):
        raise AuditError(f"[{'.'.join(_ABOVE)}] in pyproject.toml must be a table")
    if strange := sorted(document.keys() - {_NAME}):
        raise AuditError(f"[{'.'.join(_ABOVE)}.{strange[0]}] in pyproject.toml is read by nothing; write [{TABLE}]")
    table = document.get(_NAME, {})
    if not isinstance(table, dict):
        raise AuditError(f"[{TABLE}] in pyproject.toml must be a table")
    return replace(_options(table), inside=inside)


def _options(table: dict[str, object]) -> Options:
    defaults = Options()
    known = {item.name: getattr(defaults, item.name) for item in fields(Options) if item.name != "inside"}
    chosen: dict[str, object] = {}
    for name, value in table.items():
        key = name.replace("-", "_")
        if key not in known:
            raise AuditError(f"[{TABLE}] has no {name!r}; it knows {', '.join(sorted(known))}")
        chosen[key] = _value(key, value, known[key])
    options = replace(defaults, **chosen)  # type: ignore[arg-type] # _value has seen to the types
    if ":" not in options.loader:
        raise AuditError(f"[{TABLE}] loader must be written as module:function, not {options.loader!r}")
    for path in (options.shared, *options.copies, options.baseline):
        if path.startswith("/") or ".." in path.split("/"):
            raise AuditError(f"[{TABLE}] names {path!r}: nothing outside the audited folder is looked at")
    return options


def _value(name: str, value: object, default: object) -> object:
    if isinstance(default, tuple):
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(_plain(item) if name in _PATHS else item for item in value)
        raise AuditError(f"[{TABLE}] {name} must be a list of strings")
    if type(value) is not type(default):
        wanted = "true or false" if isinstance(default, bool) else "a string"
        raise AuditError(f"[{TABLE}] {name} must be {wanted}")
    return _plain(value) if name in _PATHS and isinstance(value, str) else value


def _plain(path: str) -> str:
    """Return a path without what means nothing: `./predictions/` is `predictions`."""
    return path.removeprefix("./").rstrip("/") or path
