"""A real uvicorn on loopback, with the clock, the desk and the terms that a test wants."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Condition, Thread
from typing import Any

import httpx
import uvicorn

from checks.facts.watcher_runs import WatcherRun
from checks.model import Scope
from checks.policy import Policy
from console.actions.opening import station_for
from console.arming import DEMO_IS_READ_ONLY
from console.desk import Desk
from console.gates.recording import Recorder
from console.serving.app import Terms
from console.serving.limits import Limits
from console.serving.listening import listen, server_of
from console.serving.logs import JsonLog, libraries_log_to
from console.serving.runs import Clock, Pace
from console.serving.service import Service, World, service_of
from console.serving.tokens import Tokens
from console.settings import Settings
from console.warehouse.demo import DEMO_AS_OF
from console.warehouse.embedded import EmbeddedWarehouse
from screens.text.frame import Frame

PLACE = "demo"
LONG = 120.0
"""Seconds that only pass where a test would otherwise wait for ever."""


@dataclass
class HandClock:
    """A clock that is set by hand."""

    moment: datetime = DEMO_AS_OF
    seconds: float = 1_000.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.seconds

    def pass_seconds(self, seconds: float) -> None:
        self.seconds += seconds
        self.moment += timedelta(seconds=seconds)


@dataclass
class Opener:
    """Opens desks on a file and counts them; `before` runs first, in the thread of the run."""

    path: Path
    before: Callable[[], None] = lambda: None
    opened: int = 0
    watched: tuple[WatcherRun, ...] = ()

    def __call__(self) -> Desk:
        self.opened += 1
        self.before()
        return Desk(EmbeddedWarehouse(self.path, name=PLACE), Policy(), watched=lambda: self.watched)


class Written(io.StringIO):
    """A log that can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.more = Condition()

    def write(self, text: str) -> int:
        with self.more:
            self.more.notify_all()
            return super().write(text)


@dataclass
class Served:
    """The running server, and a client of it."""

    server: uvicorn.Server
    service: Service
    port: int
    out: Written
    client: httpx.Client

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.client.post(path, **more)

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]

    def requests(self, count: int) -> list[dict[str, Any]]:
        """Return the log's lines of requests, once there are `count`: one is written after its answer."""
        with self.out.more:
            self.out.more.wait_for(lambda: len(self._requests()) >= count, LONG)
            return self._requests()

    def _requests(self) -> list[dict[str, Any]]:
        return [line for line in self.log if line["event"] == "request"]


def frame(day: date | None) -> Frame:
    return Frame(PLACE, Scope.at(DEMO_AS_OF, last=day, days=2 if day is None else 1), "the demo's own moment")


@dataclass
class Setting:
    """What a test changes; the rest is as in `courtside serve` without settings.

    `read_only` is why nothing may be written, `channel` and `environment` are the way to Slack.
    """

    tokens: Tokens = field(default_factory=Tokens)
    clock: HandClock = field(default_factory=HandClock)
    limits: Limits = field(default_factory=Limits)
    pace: Pace = field(default_factory=Pace)
    limit_seconds: float = LONG
    read_only: str = DEMO_IS_READ_ONLY
    channel: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    new_id: Callable[[], str] = field(default_factory=lambda: map(str, itertools.count(1)).__next__)


def _recorder(open_desk: Callable[[], Desk], state_dir: Path, setting: Setting) -> Recorder:
    nowhere = state_dir / "nowhere"
    settings = Settings(PLACE, {}, None, nowhere, nowhere, state_dir, slack_channel=setting.channel)
    station = station_for(settings, setting.environment, open_desk, setting.clock.now, lambda: setting.read_only)
    return Recorder(station, settings, setting.environment)


@contextmanager
def serving(open_desk: Callable[[], Desk], state_dir: Path, setting: Setting | None = None) -> Iterator[Served]:
    setting = setting or Setting()
    out = Written()
    clock = Clock(setting.clock.now, setting.clock.monotonic)
    recorder = _recorder(open_desk, state_dir, setting)
    world = World(
        PLACE, open_desk, frame, recorder, Policy(), state_dir, clock, setting.limit_seconds, slack_seconds=0.0
    )
    service = service_of(world, setting.pace)
    terms = Terms(setting.tokens, JsonLog(out, setting.clock.now), setting.new_id, setting.limits)
    server = server_of(service, terms)
    with libraries_log_to(terms.log), listen("127.0.0.1", 0) as door:
        port = door.getsockname()[1]
        thread = Thread(target=lambda: server.run(sockets=[door]))
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=LONG) as client:
                yield Served(server, service, port, out, client)
        finally:
            server.should_exit = True
            thread.join(LONG)
