"""The loader that `--fix` writes calls of: it is there for the file, and imported where it can be."""

from __future__ import annotations

import subprocess
import sys

import pytest

from console.audits.fixing import rewriting
from tests.audits.conftest import Checkout
from tests.audits.rewritten import IMPORT, fixed, left, planned


@pytest.fixture(autouse=True)
def _loader(checkout: Checkout) -> None:
    checkout.add_loader()


PATHED = "import os, sys\n\nsys.path.insert(0, os.path.dirname(__file__))\n"
CALL = '\n\ndef f(c, rows):\n    c.insert_rows_json("t", rows)\n'


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        (PATHED, ""),
        (f"{PATHED}from shared.clock import now\n", f"\n\nprint(now){CALL}"),
        (f"{PATHED}import json\nfrom shared import clock\n", f"\nlog = json, clock{CALL}"),
        ("import os\nimport sys\n\nif os.path.exists('x'):\n    sys.path.append('x')\n", "\nx = 1\n"),
        ("import site\n\nsite.addsitedir('x')\n", "\nx = 1\n"),
        ("import sys\n\nfrom shared import clock\n\n", "print(clock)\nsys.path.append('x')\n"),
    ],
)
def test_the_import_stands_behind_what_changes_the_path_of_imports_and_beside_one_of_its_package(
    checkout: Checkout, head: str, rest: str
) -> None:
    after = fixed(checkout, f"{head}{rest or CALL}" + (CALL if "def f" not in rest and rest else ""))
    assert after.index(IMPORT) >= len(head.rstrip("\n"))
    assert after.index(IMPORT) <= len(head) + 1


def test_a_script_that_changes_the_path_of_imports_runs_as_before(checkout: Checkout) -> None:
    path = checkout.write(
        "jobs/deep/script.py", PATHED.replace("__file__)", "__file__) + '/../..'") + CALL + "\n\nprint(f)\n"
    )
    made, _ = planned(checkout)
    rewriting.apply(checkout.root, made)
    assert "insert_bigquery_rows" in path.read_text()
    subprocess.run([sys.executable, "-I", str(path)], check=True, capture_output=True)  # noqa: S603  # as its shell would


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"import sys\n\n\ndef g():\n    sys.path.append('x')\n{CALL}", "sys.path is changed only where"),
        (f"import sys\n{CALL}\n\nif __name__ == '__main__':\n    sys.path.append('x')\n    f(1, 2)\n", "only where"),
        ("import sys\n\nc.insert_rows_json('t', [1])\nsys.path.append('x')\n", "it runs before line 4, behind which"),
    ],
)
def test_where_no_place_for_the_import_is_sure_a_call_is_left(checkout: Checkout, text: str, reason: str) -> None:
    assert reason in left(checkout, text)


LOADER = "shared/utils/bigquery_utils.py"


@pytest.mark.parametrize(
    ("loader", "reason"),
    [
        (
            None,
            "there is no shared/utils/bigquery_utils.py, so shared.utils.bigquery_utils:insert_bigquery_rows is not",
        ),
        ("def other(): ...\n", f"{LOADER} defines no insert_bigquery_rows"),
        ("class A:\n    def insert_bigquery_rows(table, rows): ...\n", f"{LOADER} defines no insert_bigquery_rows"),
        ("async def insert_bigquery_rows(table, rows): ...\n", "is async"),
        ("def insert_bigquery_rows(client, table, rows): ...\n", "does not take a table and rows and nothing else"),
        ("def insert_bigquery_rows(table, rows, *, at): ...\n", "does not take a table and rows and nothing else"),
        ("def insert_bigquery_rows(rows): ...\n", "does not take a table and rows and nothing else"),
        ("print 1\n", f"{LOADER}, where shared.utils.bigquery_utils:insert_bigquery_rows should be, cannot be read"),
    ],
)
def test_a_loader_that_is_not_there_is_not_imported_and_the_reason_says_how_to_set_it(
    checkout: Checkout, loader: str | None, reason: str
) -> None:
    (checkout.root / LOADER).unlink()
    if loader is not None:
        checkout.write(LOADER, loader)
    said = left(checkout, CALL)
    assert reason in said
    assert said.endswith(
        '; set `loader = "module:function"` under [tool.courtside.audit] in pyproject.toml, or add it there'
    )


@pytest.mark.parametrize(
    "loader",
    [
        "def insert_bigquery_rows(table_id, rows, *, retries=3): ...\n",
        "def insert_bigquery_rows(*args): ...\n",
        "from shared.loads import insert_bigquery_rows\n",
        "try:\n    import fast\nexcept ImportError:\n    def insert_bigquery_rows(table, rows): ...\n",
        "insert_bigquery_rows = make()\n",
    ],
)
def test_a_loader_may_be_defined_in_any_way_that_takes_a_table_and_rows(checkout: Checkout, loader: str) -> None:
    checkout.write(LOADER, loader)
    assert IMPORT in fixed(checkout, CALL)


def test_without_the_package_there_is_no_loader_and_a_package_is_one_module_too(checkout: Checkout) -> None:
    (checkout.root / LOADER).rename(checkout.root / "shared/utils/__init__.py")
    assert "there is no shared/utils/bigquery_utils.py" in left(checkout, CALL)
    (checkout.root / "shared/utils/__init__.py").rename(checkout.root / "__init__.py")
    (checkout.root / "shared/utils").rmdir()
    (checkout.root / "shared").rmdir()
    assert "there is no shared/ beside this file or above it" in left(checkout, CALL)


def test_a_cloud_function_imports_its_own_copy_so_it_is_the_copy_that_must_have_the_loader(checkout: Checkout) -> None:
    home = "orchestration/cloud_functions/a"
    checkout.write(f"{home}/shared/clock.py", "")
    checkout.write(f"{home}/main.py", CALL)
    made, (rest,) = planned(checkout)
    assert (len(made), rest.reason.split(",")[0]) == (0, f"there is no {home}/{LOADER}")
    checkout.write(f"{home}/{LOADER}", checkout.read(LOADER))
    assert [one.path for one in planned(checkout)[0]] == [f"{home}/main.py"]


LOW = "shared/utils/low.py"
DEFINED = "\n\n\ndef insert_bigquery_rows(table, rows): ...\n"


@pytest.mark.parametrize(
    ("head", "others", "path"),
    [
        ("from shared.utils import low", {}, LOW),
        ("import shared.utils.low", {}, LOW),
        ("from .low import f", {}, LOW),
        ("from . import low", {}, LOW),
        ("from ..utils.low import f", {}, LOW),
        ("from .low import *", {}, LOW),
        ("import importlib\n\nlow = importlib.import_module('shared.utils.low')", {}, LOW),
        ("def late():\n    from .low import f\n\n    return f", {}, LOW),
        ("try:\n    from .low import f\nexcept ImportError:\n    f = None", {}, LOW),
        ("from .mid import f", {"shared/utils/mid.py": "from .low import f\n"}, LOW),
        ("import mid", {"mid.py": "from shared.utils.low import f\n"}, LOW),
        (
            "from .a import f",
            {"shared/utils/a.py": "from . import b\n", "shared/utils/b.py": "from . import a, low\n"},
            LOW,
        ),
        ("from . import NAME", {"shared/utils/__init__.py": "from .low import f\n\nNAME = f\n"}, LOW),
        ("from shared.other.x import y", {"shared/other/__init__.py": "from shared.utils import low\n"}, LOW),
        ("", {"shared/__init__.py": "from jobs import f\n"}, "jobs.py"),
    ],
)
def test_a_file_that_runs_when_the_loader_is_imported_is_left(
    checkout: Checkout, head: str, others: dict[str, str], path: str
) -> None:
    checkout.write(LOADER, f"{head}{DEFINED}")
    for other, text in others.items():
        checkout.write(other, text)
    checkout.write(path, CALL)
    made, (rest,) = planned(checkout)
    assert not made
    assert "imports this file" in rest.reason
    assert rest.reason.endswith("so this file cannot import the loader")
    if "shared/utils/mid.py" in others:
        assert "through shared/utils/mid.py" in rest.reason


@pytest.mark.parametrize(
    ("head", "others"),
    [
        ("from . import clock", {"shared/utils/clock.py": "", "shared/utils/__init__.py": "from .low import f\n"}),
        ("from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .low import f", {}),
        ("from .a import f", {"shared/utils/a.py": "from . import b\n", "shared/utils/b.py": "from . import a\n"}),
        ("from ....low import f", {}),
        ("import logging", {"shared/utils/logging.py": "from .low import f\n"}),
    ],
)
def test_a_file_that_the_loader_does_not_reach_imports_it_and_both_can_be_imported(
    checkout: Checkout, head: str, others: dict[str, str]
) -> None:
    checkout.write(LOADER, f"{head}{DEFINED}")
    for other, text in others.items():
        checkout.write(other, text)
    checkout.write(LOW, CALL)
    (made,), rest = planned(checkout)
    assert (made.path, list(rest)) == (LOW, [])
    rewriting.apply(checkout.root, [made])
    if head.startswith(("from . ", "from typing")):
        for module in ("shared.utils.low", "shared.utils.bigquery_utils"):
            subprocess.run([sys.executable, "-c", f"import {module}"], cwd=checkout.root, check=True)  # noqa: S603  # as a job would


def test_where_a_file_that_the_loader_imports_cannot_be_read_nobody_knows_so_calls_are_left(checkout: Checkout) -> None:
    checkout.write(LOADER, f"from . import mid{DEFINED}")
    checkout.write("shared/utils/mid.py", "print 1\n")
    assert "shared/utils/mid.py, which is imported with the loader, cannot be read" in left(checkout, CALL)


def test_the_file_of_the_loader_itself_is_left_and_told_so(checkout: Checkout) -> None:
    checkout.write(LOADER, f"{DEFINED}{CALL}")
    made, (rest,) = planned(checkout)
    assert (list(made), rest.reason) == ([], "this is the file of the loader itself")
