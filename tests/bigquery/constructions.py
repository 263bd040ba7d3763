"""Which clients and sessions a source file makes, read from its syntax tree by the names that its imports give them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

MAKERS = frozenset(
    {
        "google.auth.default",
        "google.auth.transport.requests.AuthorizedSession",
        "google.cloud.bigquery.Client",
        "google.cloud.bigquery.client.Client",
        "google.oauth2.service_account.Credentials",
        "http.client.HTTPConnection",
        "http.client.HTTPSConnection",
        "requests.Session",
        "requests.session",
        "requests.sessions.Session",
        "urllib.request.urlopen",
        *(f"requests.{verb}" for verb in ("delete", "get", "head", "options", "patch", "post", "put", "request")),
    }
)
"""What opens connections that nobody bounds, pools or closes, unless it is made in the one place for it."""

SESSION_OF_ITS_OWN = frozenset({"google.auth.transport.requests.Request"})
"""What makes a session when it is given none."""


def constructions(source: str) -> tuple[str, ...]:
    """Return the full names of the makers that a file calls, or hands on to a call, in the order of the text."""
    tree = ast.parse(source)
    names = _imported(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return tuple(name for call in calls for name in _made(call, names))


def _made(call: ast.Call, names: Mapping[str, str]) -> Iterator[str]:
    if _full_name(call.func, names) in SESSION_OF_ITS_OWN and not call.args and not call.keywords:
        yield _full_name(call.func, names)
    for part in _parts(call):
        name = _full_name(part, names)
        if name in MAKERS or name.rpartition(".")[0] in MAKERS:  # also Client.from_service_account_json and its kin
            yield name


def _parts(call: ast.Call) -> Iterator[ast.expr]:
    """Yield what a call calls and what it is given; to ask whether something is a session is not to make one."""
    yield call.func
    if not (isinstance(call.func, ast.Name) and call.func.id in ("isinstance", "issubclass")):
        yield from call.args
        yield from (keyword.value for keyword in call.keywords)


def _imported(tree: ast.AST) -> Mapping[str, str]:
    """Return the full name behind each name that a file's imports bind, those inside functions too."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _full_name(node: ast.expr, names: Mapping[str, str]) -> str:
    """Return the dotted name that an expression stands for, or "" when it is not made of an import's."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    owner = _full_name(node.value, names) if isinstance(node, ast.Attribute) else ""
    return f"{owner}.{node.attr}" if isinstance(node, ast.Attribute) and owner else ""
