"""A Slack for tests: an HTTP server on loopback that the unmodified slack-sdk talks to, with two channels in it."""

from __future__ import annotations

from tests.slack_double.double import Fault, SlackDouble

__all__ = ["Fault", "SlackDouble"]
