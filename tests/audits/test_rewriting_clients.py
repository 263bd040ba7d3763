"""`--fix` rewrites a call only where the loader writes to the same place: not where the client may be another one."""

from __future__ import annotations

import pytest

from tests.audits.conftest import Checkout
from tests.audits.rewritten import fixed, left, planned


@pytest.fixture(autouse=True)
def _loader(checkout: Checkout) -> None:
    checkout.add_loader()


IMPORTED = "from google.cloud import bigquery\n\n\n"
SAVE = 'def save(client, rows):\n    client.insert_rows_json("nba_raw.t", rows)\n'
METHOD = '    def save(self, rows):\n        self.client.insert_rows_json("nba_raw.t", rows)\n'
GIVEN = f"class W:\n    def __init__(self, client):\n        self.client = client\n\n{METHOD}"
RECORDER = "class Recorder:\n    def insert_rows_json(self, table, rows):\n        self.rows = rows\n\n\n"
HERE = 'client.insert_rows_json("nba_raw.t", [1])\nprint(client)\n'


@pytest.mark.parametrize(
    "text",
    [
        f'client = bigquery.Client(project="backup")\n{HERE}',
        f'client = bigquery.Client("backup")\n{HERE}',
        f'client = bigquery.Client(location="EU")\n{HERE}',
        f"client = bigquery.Client(credentials=found)\n{HERE}",
        f'client: bigquery.Client = bigquery.Client(project="backup")\n{HERE}',
        f'client, other = bigquery.Client(project="backup"), bigquery.Client()\n{HERE}',
        f'base = bigquery.Client(project="backup")\nclient = base\n{HERE}',
        f'client = None or bigquery.Client(project="backup")\n{HERE}',
        f'def made():\n    return bigquery.Client(project="backup")\n\n\nclient = made()\n{HERE}',
        f'client = connected("backup")\n{HERE}',
        f'{SAVE}\n\nsave(client=connected("backup"), rows=[1])\n',
        f'with bigquery.Client(project="backup") as client:\n    {HERE.replace("print", "    print")}',
        f'if client := bigquery.Client(project="backup"):\n    {HERE.replace("print", "    print")}',
        SAVE.replace("client,", 'rows, client=bigquery.Client(project="backup"),').replace(", rows)", ")", 1)
        + "print(1)\n",
        f'class W:\n    client = bigquery.Client(project="backup")\n\n{METHOD}',
        f"class W:\n    def __init__(self, project):\n        self.client = bigquery.Client(project=project)\n\n{METHOD}",
        f'class W:\n    @property\n    def client(self):\n        return bigquery.Client(project="backup")\n\n{METHOD}',
    ],
)
def test_a_call_on_a_client_that_is_made_with_arguments_is_left(checkout: Checkout, text: str) -> None:
    assert "is made with arguments in line" in left(checkout, f"{IMPORTED}{text}")


@pytest.mark.parametrize(
    "text",
    [
        f'{SAVE}\n\nsave(bigquery.Client("backup"), [1])\n',
        f'{GIVEN}\n\nW(bigquery.Client("backup")).save([1])\n',
    ],
)
def test_a_call_on_a_client_that_may_be_one_made_with_arguments_is_left(checkout: Checkout, text: str) -> None:
    assert "makes a client with arguments, and" in left(checkout, f"{IMPORTED}{text}")


@pytest.mark.parametrize(
    "receiver",
    [
        'bigquery.Client(project="backup")',
        "bigquery.Client()",
        "pool.acquire_and_count()",
        "clients[0]",
        "(client or other)",
        "pool.get().client",
    ],
)
def test_a_call_on_more_than_a_name_is_left_for_what_that_does_would_be_lost(checkout: Checkout, receiver: str) -> None:
    text = f'def save(pool, clients, client, other, rows):\n    {receiver}.insert_rows_json("nba_raw.t", rows)\n'
    assert "no plain name" in left(checkout, f"{IMPORTED}print(bigquery)\n\n\n{text}")


@pytest.mark.parametrize(
    "text",
    [
        'def save(clients, rows):\n    for client in clients:\n        client.insert_rows_json("nba_raw.t", rows)\n',
        'def save(clients, rows):\n    client = clients["backup"]\n    client.insert_rows_json("nba_raw.t", rows)\n',
    ],
)
def test_a_call_on_one_of_several_clients_is_left(checkout: Checkout, text: str) -> None:
    assert "client is one of several" in left(checkout, text)


@pytest.mark.parametrize(
    "text",
    [
        f"{IMPORTED}{RECORDER}def save(client: Recorder | bigquery.Client, rows):\n    {HERE.replace('print', '    print')}",
        f"{IMPORTED}{RECORDER}client = Recorder() if dry else bigquery.Client()\n{HERE}",
        f"{RECORDER}def record():\n    client = Recorder()\n    return client\n\n\n{SAVE}",
        f"{IMPORTED}class Backup(bigquery.Client):\n    project = 'backup'\n\n\nclient = Backup()\n{HERE}",
    ],
)
def test_a_call_on_what_may_be_an_object_of_the_files_own_class_is_left(checkout: Checkout, text: str) -> None:
    assert "a class of this file" in left(checkout, text)


def test_a_call_of_an_object_on_itself_is_left(checkout: Checkout) -> None:
    text = f"{IMPORTED}class Logged(bigquery.Client):\n{METHOD.replace('self.client', 'self')}"
    assert "self is an object of a class of this file" in left(checkout, text)


def test_a_call_on_a_stand_in_is_left(checkout: Checkout) -> None:
    text = f"from unittest.mock import MagicMock\n\nclient = MagicMock()\n{HERE}"
    assert left(checkout, text) == "its client may be MagicMock, a stand-in by its name"


def test_an_object_that_is_surely_of_the_files_own_class_is_not_even_reported(checkout: Checkout) -> None:
    checkout.write("a.py", f"{RECORDER}client = Recorder()\n{HERE}")
    assert planned(checkout) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        SAVE,
        GIVEN,
        f"{IMPORTED}client = bigquery.Client()\n{HERE}",
        f"from shared.clients import get_client\n\nclient = get_client()\n{HERE}",
        f"{IMPORTED}class W:\n    client: bigquery.Client | None = None\n\n{METHOD}\n\nprint(bigquery)\n",
        f'from google.cloud import storage\n\nfiles = storage.Client(project="files")\n\n\n{SAVE}\n\nprint(files)\n',
        f'{IMPORTED}other = bigquery.Client(project="backup")\nclient = bigquery.Client()\n{HERE}print(other)\n',
    ],
)
def test_a_call_on_a_client_that_is_handed_over_or_made_without_arguments_is_rewritten(
    checkout: Checkout, text: str
) -> None:
    assert 'insert_bigquery_rows("nba_raw.t"' in fixed(checkout, text)
