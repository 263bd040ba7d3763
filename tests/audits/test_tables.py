"""Which table a streaming insert is said to write, and whether DML touches that table too: nothing false is said of either."""

from __future__ import annotations

import pytest

from console.audits.streaming.dml import strings
from tests.audits.conftest import Checkout

NOT_KNOWN = "a table that is not known here"


def sentences(checkout: Checkout, text: str) -> list[str]:
    """Return what is said of the streaming inserts of a file, in the order of its lines."""
    checkout.write("a.py", text)
    spots = sorted(checkout.audit("streaming_inserts").spots, key=lambda spot: spot.hit.line)
    return [spot.hit.sentence.partition("buffer")[2].strip() for spot in spots]


def test_a_name_means_what_its_own_function_gives_it(checkout: Checkout) -> None:
    text = "".join(
        f'def {name}(client, rows):\n    table_id = "nba_raw.{name}"\n    client.insert_rows_json(table_id, rows)\n'
        for name in ("first", "second")
    )
    assert sentences(checkout, text) == ["into nba_raw.first", "into nba_raw.second"]


def test_a_name_of_the_file_is_known_in_its_functions(checkout: Checkout) -> None:
    text = 'TABLE = (\n    "nba_raw.games"\n)\ndef save(rows):\n    client.insert_rows_json(TABLE, rows)\n'
    assert sentences(checkout, text) == ["into nba_raw.games"]


def test_another_functions_variable_is_nobody_elses(checkout: Checkout) -> None:
    text = 'def a():\n    table = "nba_raw.games"\ndef b(rows):\n    client.insert_rows_json(table, rows)\n'
    assert sentences(checkout, text) == [f"into table, {NOT_KNOWN}"]


@pytest.mark.parametrize(
    "head",
    [
        "def save(client, rows, table):\n",
        'def save(client, rows, table="nba_raw.old"):\n',
        "def save(client, rows):\n  for table in tables:\n",
        "def save(client, rows):\n  with opened() as table:\n",
        'def save(client, rows):\n  if rows:\n    table = "nba_raw.a"\n  else:\n    table = "nba_raw.b"\n',
    ],
)
def test_what_a_function_is_given_or_chooses_is_not_known(checkout: Checkout, head: str) -> None:
    text = f'table = "nba_raw.games"\n{head}    client.insert_rows_json(table, rows)\n'
    if "else" in head:
        text = text.replace("    client.", "  client.")
    assert sentences(checkout, text) == [f"into table, {NOT_KNOWN}"]


def test_the_last_assignment_before_the_call_counts(checkout: Checkout) -> None:
    text = "def save(client, rows):\n" + "".join(
        f'    table = "nba_raw.{name}"\n    client.insert_rows_json(table, rows)\n' for name in ("first", "second")
    )
    assert sentences(checkout, text) == ["into nba_raw.first", "into nba_raw.second"]


def test_self_means_its_own_class(checkout: Checkout) -> None:
    text = "".join(
        f'class {name}:\n    def __init__(self):\n        self.table = "nba_raw.{name}"\n'
        "    def save(self, rows):\n        client.insert_rows_json(self.table, rows)\n"
        for name in ("One", "Two")
    )
    assert sentences(checkout, text) == ["into nba_raw.One", "into nba_raw.Two"]


def test_an_attribute_of_the_class_is_known_to_its_methods(checkout: Checkout) -> None:
    text = 'class A:\n    table = "nba_raw.games"\n    def save(self, rows):\n        client.insert_rows_json(self.table, rows)\n'
    assert sentences(checkout, text) == ["into nba_raw.games"]


def test_what_a_class_is_given_is_not_known(checkout: Checkout) -> None:
    text = (
        'table = "nba_raw.games"\nclass A:\n    def __init__(self, table):\n        self.table = table\n'
        "    def save(self, rows):\n        client.insert_rows_json(self.table, rows)\n"
    )
    assert sentences(checkout, text) == [f"into self.table, {NOT_KNOWN}"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('bigquery.Client.insert_rows_json(client, "nba_raw.games", rows)', "into nba_raw.games"),
        ('insert = bigquery.Client.insert_rows_json\ninsert(client, "nba_raw.games", rows)', "into nba_raw.games"),
        ('a = bigquery.Client.insert_rows_json\nb = a\nb(client, "nba_raw.games", rows)', "into nba_raw.games"),
        ('getattr(bigquery.Client, "insert_rows_json")(client, "nba_raw.games", rows)', "into nba_raw.games"),
        ('insert = client.insert_rows_json\ninsert("nba_raw.games", rows)', "into nba_raw.games"),
        ('methodcaller("insert_rows_json", "nba_raw.games", rows)(client)', "into nba_raw.games"),
        ("super().insert_rows_json(*a)", ""),
        ("client.insert_rows_json(**a)", ""),
        ("client.insert_rows_json(*a)", ""),
        ('client.insert_rows_json("nba_raw" + ".games", rows)', "into nba_raw.games"),
        ('client.insert_rows_json(PROJECT + ".nba_raw.games", rows)', "into nba_raw.games"),
        (
            'client.insert_rows_json("nba_raw.a" if x else "nba_raw.b", rows)',
            f'into "nba_raw.a" if x else "nba_raw.b", {NOT_KNOWN}',
        ),
    ],
)
def test_only_the_table_is_called_the_table(checkout: Checkout, call: str, said: str) -> None:
    assert sentences(checkout, f"from google.cloud import bigquery\n{call}\n") == [said]


def test_a_call_of_a_name_that_two_methods_were_given_is_said_once(checkout: Checkout) -> None:
    text = (
        'def save(a, b, rows):\n    w = a.insert_rows_json\n    w = b.insert_rows_json\n    w("nba_raw.games", rows)\n'
    )
    assert sentences(checkout, text) == ["into nba_raw.games"]


def test_a_rule_is_a_name_whatever_is_called(checkout: Checkout) -> None:
    calls = (
        'c.insert_rows_json("t", r)\ngetattr(self.c, "insert_rows_json")("t", r)\nw = c.insert_rows_json\nw("t", r)\n'
    )
    checkout.write("a.py", calls)
    spots = sorted(checkout.audit("streaming_inserts").spots, key=lambda spot: spot.hit.line)
    assert [spot.hit.rule for spot in spots] == ["insert_rows_json", "insert_rows_json", "w"]


def touches(checkout: Checkout, text: str, name: str = "b.py") -> bool:
    """Return whether DML in a file is found to touch nba_raw.games."""
    checkout.write("a.py", 'client.insert_rows_json("p.nba_raw.games", rows)\n')
    checkout.write(name, text)
    return "DML touches too" in checkout.audit("streaming_inserts").spots[0].hit.sentence


@pytest.mark.parametrize(
    "text",
    [
        'SQL = "UPDATE nba_raw.games SET x = 1 WHERE TRUE"\n',
        'SQL = f"UPDATE `{PROJECT}.nba_raw.games` AS g SET x = 1 WHERE TRUE"\n',
        'SQL = "MERGE INTO `p`.`nba_raw`.`games` AS t USING s ON FALSE"\n',
        'client.query(\n    """\n    -- old rows\n    DELETE FROM `p.nba_raw.games` WHERE TRUE\n    """\n)\n',
        'client.query("DELETE FROM " + PROJECT + ".nba_raw.games" + " WHERE TRUE")\n',
        'client.query("MERGE INTO `p.nba_raw." + "games` t USING s ON FALSE")\n',
        'client.query("UPDATE nba_raw.games "\n             "SET x = 1 WHERE TRUE")\n',
        'client.query("BEGIN TRANSACTION; DELETE nba_raw.games WHERE TRUE; COMMIT")\n',
        'TABLE = "p.nba_raw.games"\ndef f():\n    client.query(f"MERGE `{TABLE}` t USING s ON FALSE")\n',
        'sql = f"DELETE FROM `{project}.{dataset}.games` WHERE TRUE"\n',
        'sql = "update games set x = 1 where true"\n',
        'sql = "DELETE FROM nba_raw.games "\nsql += "WHERE TRUE"\n',
    ],
)
def test_a_statement_in_a_string_is_dml(checkout: Checkout, text: str) -> None:
    assert touches(checkout, text)


@pytest.mark.parametrize(
    "text",
    [
        'def f():\n    """We never update games here."""\n',
        '"""UPDATE games SET x = 1 is what nobody may run."""\n',
        'def f():\n    """DELETE FROM games WHERE TRUE"""\n',
        "# delete games from the old list\n",
        "x = 1  # UPDATE games SET x = 1 WHERE TRUE\n",
        'log.info("update games from the schedule")\n',
        'log.info("Delete games")\n',
        'SQL = "UPDATE nba_analytics.games SET x = 1 WHERE TRUE"\n',
        'SQL = "SELECT 1 -- UPDATE games SET x = 1"\n',
        'SQL = "UPDATE games_old SET x = 1"\n',
        'HELP = "to repair, update games where it is needed"\n',
        'MERGE = "MERGE s USING games"\n',
    ],
)
def test_prose_and_other_datasets_are_none(checkout: Checkout, text: str) -> None:
    assert not touches(checkout, text)


def test_a_comment_in_a_file_of_sql_is_none(checkout: Checkout) -> None:
    assert not touches(
        checkout, "-- DELETE FROM nba_raw.games WHERE TRUE\n# UPDATE games SET x = 1\nSELECT 1\n", "b.sql"
    )
    assert touches(checkout, "-- old rows\nDELETE FROM `nba_raw.games` WHERE TRUE;\n", "b.sql")


def test_a_parameter_is_changed_only_in_its_own_function(checkout: Checkout) -> None:
    stream = "def stream(table, rows):\n    client.insert_rows_json(table, rows)\n"
    fix = 'def fix(table):\n    client.query(f"UPDATE `{table}` SET x = 1 WHERE TRUE")\n'
    assert "DML" not in sentences(checkout, stream + fix)[0]
    both = f'{stream}    client.query("DELETE FROM " + table + " WHERE TRUE")\n'
    assert sentences(checkout, both)[0].endswith("which DML of this file touches too")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"""doc"""\nx = "a"\n', ["a"]),
        ('def f():\n    """doc"""\n    return "a" "b"\n', ["ab"]),
        ('f("a" + x + "b", "c")\n', ["a{x}b", "c"]),
        ('f(\n    "a"\n    # why\n    "b"\n)\n', ["ab"]),
        ('x = "a" + y.z\n', ["a{y.z}"]),
        ("x = {'a': \"b\"}\n", ["a", "b"]),
    ],
)
def test_strings_are_read_as_python_puts_them_together(text: str, found: list[str]) -> None:
    assert list(strings(text)) == found
