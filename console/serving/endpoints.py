"""What is answered under which path: the one table that routes, access and the OpenAPI description are made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from starlette.responses import Response
from typer import BadParameter

from checks.pipeline import Transition
from console.cli.arguments import game_date
from console.desk import UnknownCheckError, check_named
from console.serving import documents
from console.serving.answers import RefusedError, answer, error_response, refuse
from console.serving.gates import RETRY_AFTER_SECONDS, TooManyError
from console.serving.joining import Failure
from console.serving.metrics import CONTENT_TYPE, metrics_text
from console.serving.runs import Seen, TooSoonError
from console.serving.tokens import Access

if TYPE_CHECKING:
    from starlette.requests import Request

    from console.serving.service import Service

Handler = Callable[["Service", "Request"], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path with one method.

    `access` is None where nobody needs a token. `schema` names the document's schema in the description, "" where the answer is
    no document; `refusals` are the statuses that it has besides those that each endpoint has.
    """

    method: str
    path: str
    access: Access | None
    handler: Handler
    summary: str
    schema: str
    refusals: tuple[int, ...] = ()


async def healthz(service: Service, request: Request) -> Response:
    """Answer about the server itself; asks nobody else."""
    body = documents.health(service)
    if service.runs.is_stuck:
        return error_response(503, "stuck", "so many runs of the checks hang that no other is begun: start me again")
    return answer("healthz", body)


async def verdict(service: Service, request: Request) -> Response:
    """Answer with the one sentence."""
    seen, age = await _seen(service)
    return answer("verdict", documents.standing(seen, age), age)


async def checks(service: Service, request: Request) -> Response:
    """Answer what each check came to."""
    seen, age = await _seen(service)
    return answer("checks", documents.checks(seen, age), age)


async def one_check(service: Service, request: Request) -> Response:
    """Answer what one check came to."""
    try:
        check = check_named(request.path_params["id"])
    except UnknownCheckError as error:
        raise RefusedError(404, "unknown_check", str(error)) from None
    seen, age = await _seen(service)
    result = next((item for item in seen.look.report.results if item.check == check.id), None)
    if result is None:
        why = f"{check.id} is not among the checks of this report: GET /checks names those"
        raise RefusedError(503, "nothing_known", why)
    return answer("check", documents.one_check(seen, result, age), age)


async def incidents(service: Service, request: Request) -> Response:
    """Answer which incidents there are; without a watcher nobody knows."""
    kept = await service.kept.outcome()
    if isinstance(kept, Failure):
        raise refuse(kept)
    if kept.watcher is None and not kept.incidents:
        where = f"{service.world.place} on this host"
        raise RefusedError(503, "nothing_known", f"no watcher has watched {where} yet: `courtside watch` does")
    world = service.world
    return answer("incidents", documents.incidents(kept, world.policy, world.clock.now()))


async def metrics(service: Service, request: Request) -> Response:
    """Answer in Prometheus' text format what is known now; a run that is due is begun, and not waited for."""
    service.runs.freshen()
    kept = await service.kept.outcome()
    return Response(metrics_text(service, kept), 200, {"Cache-Control": "no-store"}, CONTENT_TYPE)


async def run(service: Service, request: Request) -> Response:
    """Answer with the report of a run that is under way, or begun now."""
    await _refuse_body(request, "a run takes no body: all checks are run")
    joined = service.runs.joins()
    try:
        seen = await service.runs.demanded()
    except TooSoonError as error:
        raise RefusedError(429, "too_many", str(error), {"Retry-After": str(error.retry_after)}) from None
    if isinstance(seen, Failure):
        raise refuse(seen)
    age = service.runs.age_seconds(seen)
    return answer("run", documents.whole_report(seen, age, joined=joined), age)


async def gate(service: Service, request: Request) -> Response:
    """Answer whether the next phase may start for a date, and record what is decided where writing is allowed."""
    await _refuse_body(request, "a gate takes no body: the hand-over and the date are in the path")
    transition, day = _transition(request.path_params["transition"]), _day(request.path_params["date"])
    try:
        answered = await service.gates.decision(transition, day, request.state.caller.name)
    except TooManyError as error:
        raise RefusedError(429, "too_many", str(error), {"Retry-After": str(RETRY_AFTER_SECONDS)}) from None
    if isinstance(answered, Failure):
        raise refuse(answered)
    return answer("gate", answered.document())


ENDPOINTS = (
    Endpoint("GET", "/healthz", None, healthz, "The server itself; asks no warehouse", "Health", (503,)),
    Endpoint("GET", "/verdict", Access.READ, verdict, "How things are, in one sentence", "Verdict", (503,)),
    Endpoint("GET", "/checks", Access.READ, checks, "What each check came to", "Checks", (503,)),
    Endpoint("GET", "/checks/{id}", Access.READ, one_check, "One check with its findings", "Check", (404, 503)),
    Endpoint("GET", "/incidents", Access.READ, incidents, "The incidents that a watcher keeps", "Incidents", (503,)),
    Endpoint("GET", "/metrics", Access.READ, metrics, "What is known, in Prometheus' text format", ""),
    Endpoint("POST", "/run", Access.RUN, run, "Run all checks now, or join a run", "Report", (422, 429, 503)),
    Endpoint(
        "POST",
        "/gates/{transition}/{date}",
        Access.RUN,
        gate,
        "May the next phase start for a date? The decision is recorded where writing is allowed",
        "Gate",
        (404, 422, 429, 503),
    ),
)


async def _seen(service: Service) -> tuple[Seen, float]:
    """Return the report that is given out, and its age in seconds. Raises RefusedError."""
    seen = await service.runs.current()
    if isinstance(seen, Failure):
        raise refuse(seen)
    return seen, service.runs.age_seconds(seen)


async def _refuse_body(request: Request, why: str) -> None:
    if (await request.body()).strip() not in (b"", b"{}"):
        raise RefusedError(422, "usage", why)


def _transition(text: str) -> Transition:
    try:
        return Transition(text)
    except ValueError:
        known = ", ".join(item.value for item in Transition)
        raise RefusedError(404, "not_found", f"there is no hand-over {text!r}; there are {known}") from None


def _day(text: str) -> date:
    try:
        return game_date(text)
    except BadParameter as error:
        raise RefusedError(422, "usage", error.message) from None
