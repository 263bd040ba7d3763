"""Nothing is called fixed but by a verification: the word is in no other sentence of the program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
WHO_MAY_SAY_IT = {"console/actions/judgement.py", "console/actions/judging.py", "console/actions/verifying.py"}


def sentences(path: Path) -> Iterator[str]:
    """Yield the texts of a module that somebody may be shown: all but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unseen = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in unseen:
            yield node.value


def test_only_what_judges_verifications_has_the_word() -> None:
    floors = (path for floor in ("checks", "console", "screens") for path in (ROOT / floor).rglob("*.py"))
    said = {
        str(path.relative_to(ROOT))
        for path in floors
        if any(re.search(r"(?<!not )\bfixed\b", text, re.IGNORECASE) for text in sentences(path))
    }
    assert said - WHO_MAY_SAY_IT == set()
    assert "console/actions/judging.py" in said  # the word is still the one that is looked for
