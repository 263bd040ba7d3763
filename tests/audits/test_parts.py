"""A text is cut where its functions and classes begin, and nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from console.audits.module import Module
from console.audits.options import Options
from console.audits.parts import only, split
from console.audits.streaming import streaming_inserts

HOME = Path(__file__).parents[2]
SQL = '"""\ndef not_one():\nclass Nor:\n@this(\n"""'


def begins(text: str) -> set[int]:
    """Return the lines on which the functions and classes at the margin begin, decorators with them, as Python says."""
    tops = (
        node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
    return {min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) for node in tops}


def cuts(text: str) -> set[int]:
    """Return the lines on which the parts but the first begin."""
    parts = split(text)
    return {"".join(parts[:at]).count("\n") + 1 for at in range(1, len(parts))}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import os\n",
        "def a(): pass\ndef b(): pass\n",
        "async  def a():\n    pass\nclass B: pass\n",
        "@one\n@two(\n    3,\n)\n# why\ndef a():\n    pass\n@three\nclass B: pass\n",
        f"TEXT = {SQL}\ndef a(): pass\n",
        f"def a():\n    return f{SQL}\ndef b(): pass\n",
        f'X = 1  # it\'s """ a comment\ndef a(): pass\nY = {SQL}\n',
        'X = "\\"" + \'"""\'\ndef a(): pass\n',
        "X = 'a \\\ndef b'\ndef a(): pass\n",
        'X = r"\\\\"\ndef a(): pass\nY = """\\""""\ndef b(): pass\n',
        "if X:\n    def a(): pass\nelse:\n    def b(): pass\ndefault = classes = 1\n",
        "def a():\r\n    pass\r\n@one\r\ndef b():\r\n    pass\r\n",
    ],
)
def test_a_text_is_cut_where_python_says_that_functions_and_classes_begin(text: str) -> None:
    assert cuts(text) == begins(text)
    assert "".join(split(text)) == text


def test_every_file_of_this_repository_is_cut_as_python_says() -> None:
    wrong = [
        path
        for folder in ("checks", "console", "screens", "tests")
        for path in (HOME / folder).rglob("*.py")
        if cuts(text := path.read_text(encoding="utf-8")) != begins(text)
    ]
    assert not wrong


def test_what_is_left_out_leaves_its_lines() -> None:
    text = "import os\ndef a():\n    pass\n\n\ndef b():\n    keep\n"
    assert only(text, lambda part: "keep" in part) == "\n\n\n\n\ndef b():\n    keep\n"


def test_a_cut_in_the_wrong_place_costs_time_and_no_finding() -> None:
    text = "def a(x):\n    return (x\n@b(\nx.keep))\n"
    module = Module("a.py", text, Options(), readers=(lambda _: lambda part: "keep" in part,))
    assert cuts(text) != begins(text)
    assert module.root.text() == text


def test_a_method_that_the_file_names_once_is_found_where_other_parts_call_it() -> None:
    text = "write = client.insert_rows_json\n\n\ndef save(rows):\n    write('t', rows)\n"
    found = streaming_inserts.inspect(Module("a.py", text, Options(), readers=(streaming_inserts.reads,)))
    assert [hit.line for hit in found] == [5]
