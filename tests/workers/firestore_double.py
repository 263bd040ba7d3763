"""Firestore as far as workers need it: a gRPC server on loopback that Google's own client speaks to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud import firestore
from google.cloud.firestore_v1 import types

grpc: Any = pytest.importorskip("grpc")  # which ships no types

_SERVICE = "google.firestore.v1.Firestore"
_FIRST_WRITE = datetime(2026, 1, 25, tzinfo=UTC)


class FirestoreDouble:
    """Documents by name; with `is_denied` every request lacks a permission, with `breaks` every stream ends after a document.

    `before_commit` is called once, before the next write is judged: what it writes came in between.
    """

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.is_denied = False
        self.breaks = False
        self.before_commit: Callable[[], object] | None = None
        self._times: dict[str, datetime] = {}
        self._writes = 0

    @contextmanager
    def serving(self) -> Iterator[str]:
        server = grpc.server(ThreadPoolExecutor(4))
        handlers = {
            "Commit": grpc.unary_unary_rpc_method_handler(
                self._commit,
                request_deserializer=types.CommitRequest.deserialize,
                response_serializer=types.CommitResponse.serialize,
            ),
            "BatchGetDocuments": grpc.unary_stream_rpc_method_handler(
                self._get,
                request_deserializer=types.BatchGetDocumentsRequest.deserialize,
                response_serializer=types.BatchGetDocumentsResponse.serialize,
            ),
            "RunQuery": grpc.unary_stream_rpc_method_handler(
                self._query,
                request_deserializer=types.RunQueryRequest.deserialize,
                response_serializer=types.RunQueryResponse.serialize,
            ),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, handlers),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(None).wait()

    def _refuse(self, context: Any) -> None:
        if self.is_denied:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "no")

    def _commit(self, request: Any, context: Any) -> Any:
        self._refuse(context)
        before, self.before_commit = self.before_commit, None
        if before is not None:
            before()
        for write in request.writes:
            name = write.delete or write.update.name
            if not self._is_as_expected(name, write.current_document):
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, "the document has changed")
            if write.delete:
                self.documents.pop(name, None)
            else:
                self._put(name, write)
        now = datetime.now(UTC)
        return types.CommitResponse(
            write_results=[types.WriteResult(update_time=now) for _ in request.writes], commit_time=now
        )

    def _is_as_expected(self, name: str, expected: Any) -> bool:
        if "update_time" in expected:
            return bool(name in self.documents and self._times[name] == expected.update_time)
        return "exists" not in expected or expected.exists == (name in self.documents)

    def _put(self, name: str, write: Any) -> None:
        """Write a document: whole, or those of its fields that a mask names."""
        fields = dict(write.update.fields)
        if write.update_mask.field_paths and name in self.documents:
            fields = {**self.documents[name].fields, **fields}
        self.documents[name] = types.Document(name=name, fields=fields)
        self._writes += 1
        self._times[name] = _FIRST_WRITE + timedelta(seconds=self._writes)

    def _get(self, request: Any, context: Any) -> Iterator[Any]:
        self._refuse(context)
        now = datetime.now(UTC)
        for name in request.documents:
            found = self.documents.get(name)
            if found is None:
                yield types.BatchGetDocumentsResponse(missing=name, read_time=now)
            else:
                yield types.BatchGetDocumentsResponse(found=self._dated(found), read_time=now)

    def _query(self, request: Any, context: Any) -> Iterator[Any]:
        self._refuse(context)
        (source,) = request.structured_query.from_
        prefix = f"{request.parent}/{source.collection_id}/"
        for name, found in sorted(self.documents.items()):
            if name.startswith(prefix):
                yield types.RunQueryResponse(document=self._dated(found), read_time=datetime.now(UTC))
                if self.breaks:
                    context.abort(grpc.StatusCode.UNAVAILABLE, "the connection was cut")

    def _dated(self, document: Any) -> Any:
        at = self._times[document.name]
        return types.Document(name=document.name, fields=document.fields, create_time=at, update_time=at)


def client_of(address: str, monkeypatch: Any) -> firestore.Client:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", address)
    return firestore.Client(project="courtside-test")
