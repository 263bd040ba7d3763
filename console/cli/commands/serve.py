"""`courtside serve`: the same answers over HTTP, for programs that ask and for Prometheus."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.arguments import UsageError
from console.cli.command import Answer, Job, command

if TYPE_CHECKING:
    from console.desk import Desk
    from console.serving.service import World
    from screens.text.frame import Frame


@command
def serve(
    job: Job,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, metavar="N", help="The port; 0 takes any that is free.")
    ] = 8787,
) -> Answer:
    """Answer over HTTP what is wrong, run checks and decide gates on demand, and give metrics to Prometheus.

    Beyond this machine only with tokens, from COURTSIDE_SERVE_TOKENS or the file that the settings name. SIGTERM and Ctrl-C
    end it with status 0.
    """
    from uuid import uuid4  # --help serves nothing

    from console.serving.app import Terms
    from console.serving.late_stream import late
    from console.serving.limits import limits_for
    from console.serving.listening import (
        DoorError,
        connections_within,
        listen,
        refuse_open_door,
        serve_until_told,
        server_of,
    )
    from console.serving.logs import JsonLog
    from console.serving.service import service_of
    from console.serving.tokens import tokens_of

    shell, world = job.shell, _world(job)
    tokens = tokens_of(shell.environment, job.settings.serve_tokens)
    limits = limits_for(world.limit_seconds)
    limits = replace(limits, connections=connections_within(limits.connections))
    try:
        refuse_open_door(host, tokens)
        door = listen(host, port)
    except DoorError as error:
        raise UsageError(str(error)) from error
    with door, late(shell.err) as err:
        terms = Terms(tokens, JsonLog(err, shell.now), lambda: uuid4().hex, limits)
        serve_until_told(server_of(service_of(world), terms), door, terms)
    return Answer(0, lambda _: [], dict)


def _world(job: Job) -> World:
    """Return what the server has of the world: each run opens a desk of its own, and a job of its own keeps nothing of it."""
    import time

    from console.actions.opening import station_for
    from console.gates.recording import Recorder
    from console.serving.runs import Clock
    from console.serving.service import World

    settings, shell = job.settings, job.shell

    def frame(day: date | None) -> Frame:
        return job.frame(None, last=day)

    def open_desk() -> Desk:
        return shell.open_desk(settings)

    station = station_for(settings, shell.environment, open_desk, shell.now)
    return World(
        place=settings.warehouse,
        open_desk=open_desk,
        frame=frame,
        recorder=Recorder(station, settings, shell.environment),
        policy=settings.policy,
        state_dir=settings.state_dir,
        clock=Clock(shell.now, time.monotonic),
        deadline_seconds=settings.deadline_seconds,
    )
