"""Whatever is told, what reaches PagerDuty is an event of its Events API v2, by the fields and lengths of its documentation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.severity import Severity
from console.notify.notice import Kind
from console.notify.sinks.pagerduty import PagerDutySink
from tests.notify.notices import notice, part
from tests.notify.services import Receiver, Says

jsonschema_rs = pytest.importorskip("jsonschema_rs")

KEY = "R0UT1NG0123456789abcdef012345678"
INSTANT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
TITLE = "\x1b[31m<!channel> " + "ü" * 2_000
EVENT = {
    "type": "object",
    "required": ["routing_key", "event_action", "dedup_key", "payload"],
    "additionalProperties": False,
    "properties": {
        "routing_key": {"type": "string", "minLength": 32, "maxLength": 32},
        "event_action": {"enum": ["trigger", "acknowledge", "resolve"]},
        "dedup_key": {"type": "string", "minLength": 1, "maxLength": 255},
        "client": {"type": "string"},
        "client_url": {"type": "string"},
        "links": {"type": "array"},
        "images": {"type": "array"},
        "payload": {
            "type": "object",
            "required": ["summary", "source", "severity"],
            "additionalProperties": False,
            "properties": {
                "summary": {"type": "string", "minLength": 1, "maxLength": 1_024},
                "source": {"type": "string", "minLength": 1},
                "severity": {"enum": ["critical", "error", "warning", "info"]},
                "timestamp": {"type": "string", "pattern": INSTANT},
                "component": {"type": "string"},
                "group": {"type": "string"},
                "class": {"type": "string"},
                "custom_details": {"type": "object"},
            },
        },
    },
}


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("kind", list(Kind))
def test_each_event_has_the_published_shape(receiver: Receiver, kind: Kind, severity: Severity) -> None:
    receiver.always = Says(202)
    sink = PagerDutySink(KEY, f"{receiver.address}/v2/enqueue")
    told = notice(kind, severity=severity, title=TITLE)
    told = replace(told, parts=tuple(part(kind, severity, TITLE) for _ in told.parts))
    if not sink.wants(told):
        return
    sink.send(told)
    assert receiver.got
    for got in receiver.got:
        assert got.path == "/v2/enqueue"
        jsonschema_rs.validate(EVENT, got.document)
        assert "\x1b" not in got.document["payload"]["summary"]
