"""The rules that are shipped as data: one TOML file for each tool's part of a check, in `rules/`.

A rule of ast-grep is its YAML form written as TOML. `needs` are words of which at least one stands in every text that the rules
of the file can match: looking for a word is a hundred times quicker than parsing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

from ast_grep_py import Config, SgNode


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of ast-grep, with the name that findings cite."""

    id: str
    config: Config


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The rules of one file, the words that they need, and the lists of names that its check judges by."""

    needs: tuple[str, ...]
    rules: Mapping[str, Rule]
    names: Mapping[str, frozenset[str]]

    def find(self, root: SgNode, rule: str, names: Iterable[str] = ()) -> list[SgNode]:
        """Return the nodes under `root` that a rule matches, in the order of the text; `names` stand for its NAMES."""
        config = self.rules[rule].config
        if names:
            config = cast("Config", _with_names(config, "|".join(sorted(map(re.escape, names)))))
        return root.find_all(config)


def _with_names(value: object, names: str) -> object:
    if isinstance(value, dict):
        return {key: _with_names(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_names(part, names) for part in value]
    return value.replace("NAMES", names) if isinstance(value, str) else value


@cache
def rule_file(name: str) -> RuleFile:
    """Return the rules of `rules/NAME.toml`."""
    document = load(name)
    rules = {
        rule["id"]: Rule(rule["id"], cast("Config", {key: value for key, value in rule.items() if key != "id"}))
        for rule in document.get("rule", ())
    }
    names = {key: frozenset(values) for key, values in document.get("names", {}).items()}
    return RuleFile(tuple(document["needs"]), rules, names)


@cache
def load(name: str) -> dict[str, Any]:
    """Return a data file of `rules/` as it stands."""
    return tomllib.loads(files(__package__).joinpath("rules", f"{name}.toml").read_text(encoding="utf-8"))
