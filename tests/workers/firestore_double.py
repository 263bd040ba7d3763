"""Firestore as far as workers need it: a gRPC server on loopback that Google's own client speaks to."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from google.cloud import firestore
from google.cloud.firestore_v1 import types

grpc: Any = pytest.importorskip("grpc")  # which ships no types

_SERVICE = "google.firestore.v1.Firestore"


class FirestoreDouble:
    """Documents by name; with `is_denied` every request lacks a permission."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.is_denied = False

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
        for write in request.writes:
            self.documents[write.update.name] = write.update
        now = datetime.now(UTC)
        return types.CommitResponse(
            write_results=[types.WriteResult(update_time=now) for _ in request.writes], commit_time=now
        )

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

    @staticmethod
    def _dated(document: Any) -> Any:
        now = datetime.now(UTC)
        return types.Document(name=document.name, fields=document.fields, create_time=now, update_time=now)


def client_of(address: str, monkeypatch: Any) -> firestore.Client:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", address)
    return firestore.Client(project="courtside-test")
