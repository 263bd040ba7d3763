"""A log that nobody takes stops nothing, and says what of it was lost."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from console.serving.late_stream import LateStream, late
from console.serving.logs import JsonLog
from tests.builders import at

LINE = json.dumps({"event": "request", "path": "x" * 200}) + "\n"


@contextmanager
def pipe() -> Iterator[tuple[TextIO, TextIO]]:
    """Give both ends; the reader is closed first, so that no writer waits for it."""
    reading, writing = os.pipe()
    with suppress(BrokenPipeError), os.fdopen(writing, "w") as writer, os.fdopen(reading, "r") as reader:
        yield reader, writer


def test_writing_to_a_pipe_that_nobody_reads_waits_for_nobody() -> None:
    """More than the 64 kB that a pipe holds: a terminal stopped with Ctrl-S is the same."""
    with pipe() as (reader, writer):
        stream = LateStream(writer, most_waiting=2_000)
        for _ in range(5_000):
            stream.write(LINE)
        found = [json.loads(reader.readline()) for _ in range(2_000)]
        lost = [line["lines"] for line in found if line["event"] == "lost"]
        assert sum(lost) >= 5_000 - 2_000 - 64 * 1_024 // len(LINE) - 2
        assert all(line["event"] in ("request", "lost") for line in found), "whole lines only"
        reader.close()
        stream.end()


def test_what_was_written_is_there_at_the_end() -> None:
    with pipe() as (reader, writer):
        with late(writer) as stream:
            log = JsonLog(stream, lambda: at("2026-01-25T12:00"))
            log.write("listening")
            log.write("ended")
        assert [json.loads(reader.readline())["event"] for _ in range(2)] == ["listening", "ended"]


def test_a_stream_that_is_gone_ends_nothing() -> None:
    with pipe() as (reader, writer):
        reader.close()
        with late(writer) as stream:
            stream.write(LINE)
            stream.write(LINE)
