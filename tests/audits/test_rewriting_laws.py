"""What holds of `--fix` for whatever file: it parses afterwards, ruff finds nothing new, and a second run finds nothing to do."""

from __future__ import annotations

import ast
import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from ruff import find_ruff_bin  # type: ignore[import-untyped] # has no types

from console.audits.fixing import rewriting
from console.audits.fixing.rewriting import Left, Rewrite
from console.audits.options import Options
from tests.audits.conftest import Checkout
from tests.audits.instants import seen_at_each_instant

HEADS = st.sampled_from(
    [
        "",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n",
        '"""Doc.\x0c\n\nMore.\n"""\n',
        "'''Doc.'''\nfrom __future__ import annotations\n\n",
        '"""Doc."""  # why\n\n# A comment.\n\n',
    ]
)
IMPORTS = st.sampled_from(
    [
        "",
        "import os\n\n",
        "import os\nimport abc\n\n",
        "from shared.utils.bigquery_utils import insert_bigquery_rows\n\n",
        "from google.cloud import bigquery\n\n",
        "try:\n    import fast\nexcept ImportError:\n    fast = None\n\n",
        "import os, abc; import re\n",
        "import os, sys\n\nsys.path.insert(0, os.getcwd())\nfrom shared.utils import clock\n\n",
        "import sys; sys.path.append('x')\n\nimport abc\n",
    ]
)
CALLS = st.sampled_from(
    [
        'c.insert_rows_json("nba_raw.games", rows)',
        "c.insert_rows_json(table='nba_raw.games', json_rows=rows)",
        'c.insert_rows("nba_raw.games", [{"a": 1}, {"ü": "…"}])',
        'c.insert_rows_json(TABLE, [\n{pad}    {"a": 1},\n{pad}])',
        'c.insert_rows_json(f"{P}.nba_raw.games", (row for row in rows))',
        'self.c.insert_rows_json("nba_raw.games", rows); done = True',
        'errors = c.insert_rows_json("nba_raw.games", rows)',
        'c.insert_rows_json("nba_raw.games", rows, row_ids=ids)',
        'c.insert_rows_json("nba_raw.games",  # why\n{pad}    rows)',
        'c.insert_rows_json("a" "b", rows)',
        'x = 1; c.insert_rows_json("nba_raw.games", """a\nb""")',
        "c.insert_rows_json(*both)",
        "return c.insert_rows_json(TABLE, rows)",
        'c.insert_rows_json ("nba_raw.games", \\\n{pad}    rows)',
        'c.insert_rows_from_dataframe("nba_raw.games", rows)',
    ]
)
AROUND = st.sampled_from(
    [
        "def f(c, rows, ids, both):\n    {}\n",
        "class A:\n    async def f(self, c, rows, ids, both):\n        {}\n",
        "def f(c, rows, ids, both):\n    for row in rows:\n        if row: {}\n",
        "def f(c, rows, ids, both):\n    with c:\n        try:\n            {}\n        except ValueError:\n            raise\n",
        "def f(rows, ids, both):\n    c = make()\n    {}\n",
        "def f(c, rows, ids, both):\n\t{}\n",
        "@decorated\ndef f(c, rows, ids, both):\n    {}\n    {}\n",
        "def insert_bigquery_rows(c, rows, ids, both):\n    {}\n",
    ]
)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Return a Python file with calls of many forms in many places; it parses."""
    parts = [draw(HEADS), draw(IMPORTS), 'TABLE = "nba_raw.logs"\nP = "p"\n\n\n']
    for around in draw(st.lists(AROUND, min_size=1, max_size=3)):
        pad = " " * (len(around.splitlines()[-1]) - len(around.splitlines()[-1].lstrip()))
        parts.append(around.replace("{}", draw(CALLS).replace("{pad}", pad)) + "\n\n")
    text = "".join(parts)
    if draw(st.booleans()):
        text = text.rstrip("\n")
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


def planned(checkout: Checkout) -> tuple[Sequence[Rewrite], Sequence[Left]]:
    outcome = checkout.audit("streaming_inserts")
    return rewriting.plan(outcome.root, [spot.hit for spot in outcome.spots], Options())


STYLE = ("--isolated", "--ignore-noqa", "--extend-select", "E,W,F,I,B,UP,SIM,RET,PL,C4")
"""Ruff's own default rules, and those of style and order, whatever a repository's settings say."""


def found_by_ruff(folder: Path, *options: str) -> Counter[tuple[str, str]]:
    """Return what ruff finds in a folder: asked here, not by the audit."""
    command = [find_ruff_bin(), "check", "--no-cache", "--no-fix", "--output-format", "json", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603  # ruff itself
    return Counter(
        (row["code"], "".join(c for c in row["message"] if not c.isdigit())) for row in json.loads(done.stdout)
    )


@settings(max_examples=60)
@given(text=files())
def test_a_rewritten_file_parses_ruff_finds_nothing_new_and_once_is_enough(text: str) -> None:
    ast.parse(text)
    with tempfile.TemporaryDirectory() as folder:
        checkout = Checkout(Path(folder).resolve())
        checkout.add_loader()
        path = checkout.write("jobs.py", text)
        before = found_by_ruff(checkout.root, *STYLE)
        made, left = planned(checkout)
        assert path.read_bytes() == text.encode(), "planning writes nothing"
        rewriting.apply(checkout.root, made)
        after = path.read_bytes().decode()
        ast.parse(after)
        assert found_by_ruff(checkout.root, *STYLE) - before == Counter()
        assert planned(checkout)[0] == ()
        assert len(planned(checkout)[1]) == len(left)
        assert after.count("\n") - after.count("\r\n") in (0, after.count("\n")), "ends of lines are of one kind"
        assert sorted(entry.name for entry in checkout.root.iterdir()) == ["jobs.py", "shared"]


OWN = st.sampled_from(
    [
        '[lint]\nselect = ["I"]\nisort.no-lines-before = ["third-party", "first-party"]\n',
        '[lint]\nselect = ["I"]\nisort.force-single-line = true\nisort.lines-after-imports = 1\n',
        '[lint]\nselect = ["ALL"]\nisort.force-sort-within-sections = true\n',
        'fix = true\nline-length = 60\n\n[lint]\nselect = ["E", "I", "RUF", "ARG"]\nisort.known-third-party = ["shared"]\n',
    ]
)


@settings(max_examples=25)
@given(text=files(), own=OWN)
def test_by_the_repositorys_own_settings_ruff_finds_nothing_new_either(text: str, own: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        checkout = Checkout(Path(folder).resolve())
        checkout.add_loader()
        checkout.write("ruff.toml", own)
        checkout.write("jobs.py", text)
        before = found_by_ruff(checkout.root)
        rewriting.apply(checkout.root, planned(checkout)[0])
        assert found_by_ruff(checkout.root) - before == Counter()


def test_killed_at_any_instant_each_file_is_the_old_one_or_the_new_one(checkout: Checkout) -> None:
    text = 'def f(c, rows):\n    c.insert_rows_json("nba_raw.t", rows)\n'
    checkout.add_loader()
    paths = [checkout.write(name, text) for name in ("a.py", "b.py")]
    made, _ = planned(checkout)
    seen = seen_at_each_instant(
        lambda: rewriting.apply(checkout.root, made), lambda: [path.read_text() for path in paths]
    )
    old, new = text, made[0].after
    assert seen == [[old, old], [new, old], [new, new]]
