"""Nothing but `console/warehouse/clients.py` makes a client or a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bigquery.constructions import constructions

ROOT = Path(__file__).parents[2]
THE_PLACE = ROOT / "console" / "warehouse" / "clients.py"
SOURCES = sorted(path for floor in ("checks", "screens", "console") for path in (ROOT / floor).rglob("*.py"))


def test_no_other_file_makes_a_client_or_a_session() -> None:
    made = {
        str(path.relative_to(ROOT)): names
        for path in SOURCES
        if path != THE_PLACE and (names := constructions(path.read_text(encoding="utf-8")))
    }
    assert made == {}


def test_the_one_place_makes_both() -> None:
    made = constructions(THE_PLACE.read_text(encoding="utf-8"))
    assert {"google.cloud.bigquery.Client", "requests.Session"} <= set(made)


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("from google.cloud import bigquery\nbigquery.Client()", "google.cloud.bigquery.Client"),
        ("from google.cloud import bigquery as bq\nbq.Client(project='p')", "google.cloud.bigquery.Client"),
        ("import google.cloud.bigquery\ngoogle.cloud.bigquery.Client()", "google.cloud.bigquery.Client"),
        ("def f():\n    from google.cloud.bigquery import Client as C\n    return C()", "google.cloud.bigquery.Client"),
        (
            "from google.cloud.bigquery import Client\nClient.from_service_account_json('k')",
            "google.cloud.bigquery.Client.from_service_account_json",
        ),
        ("import requests\nwith requests.Session() as s: pass", "requests.Session"),
        ("from requests import Session\nmake(factory=Session)", "requests.Session"),
        ("import requests as r\nr.get('http://a.example')", "requests.get"),
        ("from google.auth.transport import requests as t\nt.Request()", "google.auth.transport.requests.Request"),
        ("import urllib.request\nurllib.request.urlopen('http://a.example')", "urllib.request.urlopen"),
    ],
)
def test_a_construction_is_found_however_it_is_written(source: str, made: str) -> None:
    assert constructions(source) == (made,)


@pytest.mark.parametrize(
    "source",
    [
        "from __future__ import annotations\nimport requests\ndef f(s: requests.Session) -> requests.Session: return s",
        "import requests\nisinstance(s, requests.Session)",
        "from screens.session import Session\nSession()",
        "from google.auth.transport.requests import Request\nRequest(get_http_session())",
        "text = 'bigquery.Client()'  # bigquery.Client()",
        "from google.cloud import bigquery\nbigquery.QueryJobConfig()",
    ],
)
def test_what_only_speaks_of_one_is_none(source: str) -> None:
    assert constructions(source) == ()
