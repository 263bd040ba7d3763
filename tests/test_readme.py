"""The README tells the truth: its transcript, its commands, its example and its two commands."""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from checks import quality
from checks.catalogue import ALL_CHECKS
from checks.facts.fact import Facts
from checks.facts.feature_quality import FEATURE_QUALITY, FeatureQuality
from checks.model import Severity
from checks.policy import Policy
from console.settings import Flags, Homes, load
from tests.builders import scope_at

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "console", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 # ours


def test_the_transcript_is_what_the_command_prints() -> None:
    (transcript,) = re.findall(r"```console\n\$ courtside (.*?)\n(.*?)\$ echo \$\?\n(\d)\n```", README, re.DOTALL)
    arguments, shown, status = transcript
    done = run(*arguments.split())
    head, tail = shown.split("…\n")
    assert done.stdout.startswith(head)
    assert tail in done.stdout
    assert done.returncode == int(status)


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^\| `courtside (\w+)", README, re.MULTILINE))))
def test_every_command_of_the_readme_is_there(command: str) -> None:
    assert run(command, "--help").returncode == 0


def test_every_command_and_every_check_is_in_the_readme() -> None:
    commands = re.findall(r"^  (\w+) ", run("--help").stdout.partition("Commands:")[2], re.MULTILINE)
    assert commands
    assert [name for name in commands if f"`courtside {name}" not in README] == []
    named = re.findall(r"`(\w+)?\.(\w+)`", README)
    assert [check.id for check in ALL_CHECKS if check.id.split(".")[1] not in {name for _, name in named}] == []


def test_the_settings_are_a_file_that_is_taken_as_it_stands(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(warehouse = .*?)```", README, re.DOTALL)
    file = tmp_path / "courtside.toml"
    file.write_text(block, encoding="utf-8")
    settings = load(Flags(config=str(file)), {}, Homes(tmp_path, tmp_path, tmp_path))
    assert (settings.daily_gb, settings.policy.gap_critical_minutes) == (10, 120)


def test_the_example_of_a_check_works() -> None:
    (example,) = (example for example in EXAMPLES if "@check" in example)
    names: dict[str, Any] = dict(vars(quality))
    exec(example, names)  # noqa: S102  # the README's own code
    scope = scope_at("2026-01-24T18:00")
    row = FeatureQuality(date(2026, 1, 24), 20, 20, 80.0, 70.0, 0, 15, 0, 200, 200, 100.0, 0)
    (finding,) = names["fallback"](Facts.of(scope, (FEATURE_QUALITY, [row])), Policy(), scope.as_of)
    assert (finding.severity, finding.sentence) == (
        Severity.WARNING,
        "2026-01-24: none of 20 features is ready for production",
    )


def test_the_example_of_a_processor_imports_what_it_calls() -> None:
    """Running it would write to a project of Google's; that the functions do what it says is tested in tests/saving."""
    (example,) = (example for example in EXAMPLES if "save_games" in example)
    names: dict[str, Any] = {}
    imports: list[ast.stmt] = [
        node for node in ast.parse(example).body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    exec(compile(ast.Module(imports, []), "README.md", "exec"), names)  # noqa: S102  # the README's own code
    calls = [node for node in ast.walk(ast.parse(example)) if isinstance(node, ast.Call)]
    called = {node.func.id for node in calls if isinstance(node.func, ast.Name)}
    assert called - set(names) - set(dir(builtins)) == set()
    given = next(node for node in calls if ast.unparse(node.func) == "save_games")
    assert {word.arg for word in given.keywords} <= set(inspect.signature(names["save_games"]).parameters)


def test_the_first_command_installs_and_runs_and_the_second_runs_the_tests() -> None:
    first, second = re.findall(r"```sh\n(.*?)\n```", README)
    assert first.endswith(".venv/bin/courtside demo")
    assert "-m pytest" in second


def test_every_picture_and_file_that_is_pointed_to_is_there() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
