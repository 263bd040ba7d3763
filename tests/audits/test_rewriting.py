"""`--fix` rewrites what is simple, leaves and lists the rest, and never breaks a file."""

from __future__ import annotations

import ast

import pytest

from console.audits.fixing import rewriting
from console.audits.values import AuditError
from tests.audits.conftest import Checkout
from tests.audits.labelled import snippets
from tests.audits.rewritten import IMPORT, fixed, left, planned


@pytest.fixture(autouse=True)
def _loader(checkout: Checkout) -> None:
    checkout.add_loader()


def test_a_call_with_a_name_and_rows_is_rewritten_and_the_import_added(checkout: Checkout) -> None:
    before = '"""Doc."""\n\nimport os\n\nTABLE = "nba_raw.games"\n\n\ndef f(client, rows):\n    {call}\n'
    after = before.replace("import os\n", f"import os\n\n{IMPORT}")
    assert fixed(checkout, before.format(call="client.insert_rows_json(TABLE, rows)")) == after.format(
        call="insert_bigquery_rows(TABLE, rows)"
    )


def test_keywords_are_put_in_order_and_lines_kept(checkout: Checkout) -> None:
    text = 'def f(c):\n    c.insert_rows_json(json_rows=[\n        {"a": 1},\n    ], table="nba_raw.games")\n'
    assert fixed(checkout, text) == (
        f'{IMPORT}def f(c):\n    insert_bigquery_rows("nba_raw.games", [\n        {{"a": 1}},\n    ])\n'
    ).replace(IMPORT, f"{IMPORT}\n\n")


def test_an_import_that_is_there_is_not_added_again(checkout: Checkout) -> None:
    text = f'{IMPORT}\n\ndef f(client, rows):\n    client.insert_rows_json("t", rows)\n    insert_bigquery_rows("u", rows)\n'
    assert fixed(checkout, text).count("import insert_bigquery_rows") == 1


def test_the_import_stands_behind_comments_docstring_and_future(checkout: Checkout) -> None:
    head = '#!/usr/bin/env python\n"""Doc."""\nfrom __future__ import annotations\n\n# constants\n'
    text = f'{head}A = 1\nc.insert_rows_json("t", [A])\n'
    lines = fixed(checkout, text).splitlines()
    assert lines.index("from __future__ import annotations") < lines.index(IMPORT.strip()) < lines.index("# constants")


def test_encoding_line_ends_and_mode_stay(checkout: Checkout) -> None:
    raw = "# coding: latin-1\r\nNAME = 'Joki\u00e9'\r\nc.insert_rows_json('t', [NAME])\r\n".encode("latin-1")
    path = checkout.write("a.py", raw)
    path.chmod(0o755)
    made, _ = planned(checkout)
    rewriting.apply(checkout.root, made)
    after = path.read_bytes()
    assert b"Joki\xe9'\r\ninsert_bigquery_rows('t', [NAME])\r\n" in after
    assert after.count(b"\n") == after.count(b"\r\n")
    assert path.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ('errors = c.insert_rows_json("t", rows)', "something is done with its answer"),
        ('if c.insert_rows_json("t", rows): pass', "something is done with its answer"),
        ('c.insert_rows_json("t", rows, row_ids=ids)', "other arguments"),
        ("c.insert_rows_json(*both)", "other arguments"),
        ('c.insert_rows_json("t", *rows)', "other arguments"),
        ("c.insert_rows_json(table, rows)", "may be a table object"),
        ('c.insert_rows_json(c.get_table("t"), rows)', "may be a table object"),
        ('c.insert_rows_from_dataframe("t", rows)', "another method"),
        ('write = c.insert_rows_json; write("t", rows)', "another method"),
        ('pool.submit(c.insert_rows_json, "t", rows)', "not called in one piece"),
        ('c.insert_rows_json("t",  # why\n        rows)', "a comment inside"),
    ],
)
def test_what_is_not_simple_is_left_with_its_reason(checkout: Checkout, call: str, reason: str) -> None:
    assert reason in left(checkout, f"def f(c, table, rows, ids, both, pool):\n    {call}\n")


CALL = 'c.insert_rows_json("t", [row])'


@pytest.mark.parametrize(
    "text",
    [
        f"def f(c, rows):\n    for row in rows:\n        {CALL}\n",
        f"def f(c, row):\n    while row:\n        if row:\n            {CALL}\n",
        f"async def f(c, rows):\n    async for row in rows:\n        with c:\n            {CALL}\n",
        f"for row in rows:\n    {CALL}\n",
        f"def f(c, rows):\n    for row in rows:\n        def g():\n            return 1\n        {CALL}\n",
    ],
)
def test_a_call_in_a_loop_is_left_for_each_turn_would_be_a_load_job(checkout: Checkout, text: str) -> None:
    assert left(checkout, text) == "one load job for each turn: collect the rows first"


def test_a_call_in_a_comprehension_is_left(checkout: Checkout) -> None:
    assert left(checkout, f"def f(c, rows):\n    [{CALL} for row in rows]\n")


@pytest.mark.parametrize(
    "text",
    [
        f"def f(c, rows):\n    for row in rows:\n        work(row)\n    {CALL}\n",
        f"def f(c, rows):\n    for row in rows:\n        work(row)\n    else:\n        {CALL}\n",
        f"for name in names:\n    def f(c, row):\n        {CALL}\n",
    ],
)
def test_a_call_beside_a_loop_or_in_a_function_that_a_loop_defines_is_rewritten(checkout: Checkout, text: str) -> None:
    assert "insert_bigquery_rows(" in fixed(checkout, text)


def test_a_call_whose_client_would_be_left_over_is_left_and_says_so(checkout: Checkout) -> None:
    text = 'def f(make, rows):\n    client = make()\n    client.insert_rows_json("t", rows)\n'
    assert left(checkout, text) == (
        "client would be used no more (ruff F841): rewrite this call by hand and remove client with it"
    )


def test_one_call_that_cannot_be_rewritten_keeps_back_no_other_of_its_file(checkout: Checkout) -> None:
    alone = 'def f{0}(make, rows):\n    client{0} = make()\n    client{0}.insert_rows_json("t", rows)\n\n\n'
    given = 'def g(client, rows):\n    client.insert_rows_json("t", rows)\n    client.insert_rows_json("u", rows)\n\n\n'
    checkout.write("a.py", alone.format(1) + given + alone.format(2))
    (made,), rest = planned(checkout)
    assert made.lines == (7, 8)
    assert [(one.place, one.reason.split()[0]) for one in rest] == [("a.py:3", "client1"), ("a.py:13", "client2")]


def test_two_equal_calls_are_both_rewritten_on_one_line_and_over_several(checkout: Checkout) -> None:
    one = 'c.insert_rows_json("t", rows)'
    over = 'c.insert_rows_json(\n        "t", rows\n    )'
    after = fixed(checkout, f"def f(c, rows):\n    {one}; {one}\n    {over}; {over}\n")
    assert after.count('insert_bigquery_rows("t", rows)') == 4
    assert "insert_rows_json" not in after


def test_of_two_equal_calls_on_one_line_each_is_judged_for_itself(checkout: Checkout) -> None:
    checkout.write(
        "a.py", 'def f(c, rows):\n    c.insert_rows_json("t", rows); x = c.insert_rows_json("t", rows); print(x)\n'
    )
    (made,), (rest,) = planned(checkout)
    assert made.after.endswith('    insert_bigquery_rows("t", rows); x = c.insert_rows_json("t", rows); print(x)\n')
    assert (made.lines, rest.reason) == ((2,), "something is done with its answer")


@pytest.mark.parametrize(
    "text",
    [
        'def insert_bigquery_rows(table, rows): ...\n\n\ndef f(c, rows):\n    c.insert_rows_json("t", rows)\n',
        'def f(c, rows, insert_bigquery_rows):\n    c.insert_rows_json("t", rows)\n',
        'from elsewhere import insert_bigquery_rows\nc.insert_rows_json("t", [insert_bigquery_rows])\n',
    ],
)
def test_a_name_of_the_loader_that_is_taken_is_left(checkout: Checkout, text: str) -> None:
    assert left(checkout, text) == "insert_bigquery_rows is something else in this file"


def test_an_import_is_not_put_into_a_docstring_whose_form_feeds_look_like_lines(checkout: Checkout) -> None:
    text = '"""Doc.\x0c\x0c\u2028\n\nMore.\n"""\n\nc.insert_rows_json("t", [1])\n'
    assert ast.get_docstring(ast.parse(fixed(checkout, text))) == ast.get_docstring(ast.parse(text))


def test_modules_of_the_checkout_are_sorted_as_its_own(checkout: Checkout) -> None:
    text = 'import os\n\nfrom google.cloud import bigquery\n\nuse(os, bigquery)\nc.insert_rows_json("t", [1])\n'
    after = fixed(checkout, text)
    assert after.startswith(f"import os\n\nfrom google.cloud import bigquery\n\n{IMPORT}")


def test_a_file_whose_bytes_would_not_come_back_is_left(checkout: Checkout) -> None:
    text = "# coding: utf-7\nname = 'Joki+AOk-'\nc.insert_rows_json('t', [name])\r"
    assert "cannot be written back" in left(checkout, text)


def test_planning_changes_nothing_and_shows_a_diff(checkout: Checkout) -> None:
    checkout.write("a.py", 'def f(c, rows):\n    c.insert_rows_json("t", rows)\n')
    before = checkout.content()
    (made,), _ = planned(checkout)
    assert '-    c.insert_rows_json("t", rows)' in made.diff
    assert '+    insert_bigquery_rows("t", rows)' in made.diff
    assert checkout.content() == before


def test_a_file_that_changed_meanwhile_is_left(checkout: Checkout) -> None:
    checkout.write("a.py", 'def f(c, rows):\n    c.insert_rows_json("t", rows)\n')
    made, _ = planned(checkout)
    checkout.write("a.py", "x = 1\n")
    with pytest.raises(AuditError, match="has changed since"):
        rewriting.apply(checkout.root, made)
    assert checkout.read("a.py") == "x = 1\n"


def test_of_the_whole_corpus_no_file_is_broken(checkout: Checkout) -> None:
    for number, snippet in enumerate(one for one in snippets() if one.check == "streaming_inserts"):
        checkout.write(f"s{number:03}.py", f'{snippet.code}\nother.insert_rows_json("nba_raw.extra", extra)\n')
    outcome = checkout.audit("streaming_inserts")
    made, rest = planned(checkout)
    assert sum(len(one.lines) for one in made) + len(rest) == len(outcome.spots)
    assert made
    rewriting.apply(checkout.root, made)
    for one in made:
        ast.parse(checkout.read(one.path))
    again = checkout.audit("streaming_inserts")
    assert len(again.spots) == len(rest)
