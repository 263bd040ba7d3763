"""What Cloud Run and Config Connector take, as JSON Schema: only fields that there are, of their types.

Cloud Run: the resource Job of the Admin API v1, https://run.googleapis.com/$discovery/rest?version=v1;
Config Connector: the custom resource definition cloudschedulerjobs.cloudscheduler.cnrm.cloud.google.com, v1beta1.
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": {"type": "string"}}
NAME = {"type": "string", "pattern": "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"}
WORDS = {"type": "object", "additionalProperties": {"type": "string"}}
META: dict[str, Any] = {"name": NAME, "namespace": TEXT, "labels": WORDS, "annotations": WORDS}


def an_object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


def a_list(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": item, **more}


SECRET_KEY = an_object(("name", "key"), name=TEXT, key=TEXT, optional={"type": "boolean"})
ENV = {
    **an_object(("name",), name=TEXT, value={"type": "string"}, valueFrom=an_object(secretKeyRef=SECRET_KEY)),
    "oneOf": [{"required": ["value"]}, {"required": ["valueFrom"]}],
}
MOUNT = an_object(
    ("name", "mountPath"),
    name=TEXT,
    mountPath={"type": "string", "pattern": "^/(?!dev|proc|sys)"},
    readOnly={"type": "boolean"},
    subPath=TEXT,
)
CONTAINER = an_object(
    ("image",),
    image=TEXT,
    name=TEXT,
    command=TEXTS,
    args=TEXTS,
    env=a_list(ENV),
    volumeMounts=a_list(MOUNT),
    workingDir=TEXT,
    resources=an_object(limits=an_object(cpu={"enum": ["1000m", "2000m", "1", "2", "4", "8"]}, memory=TEXT)),
)
ITEM = an_object(("key", "path"), key=TEXT, path=TEXT, mode={"type": "integer"})
VOLUME = {
    **an_object(
        ("name",),
        name=NAME,
        nfs=an_object(
            ("server", "path"), server=TEXT, path={"type": "string", "pattern": "^/"}, readOnly={"type": "boolean"}
        ),
        secret=an_object(("secretName",), secretName=NAME, items=a_list(ITEM), defaultMode={"type": "integer"}),
    ),
    "oneOf": [{"required": ["nfs"]}, {"required": ["secret"]}],
}
TASK = an_object(
    ("containers",),
    containers=a_list(CONTAINER, minItems=1, maxItems=1),
    maxRetries={"type": "integer", "minimum": 0, "maximum": 10},
    serviceAccountName={"type": "string", "pattern": "@"},
    timeoutSeconds={"type": "integer", "minimum": 1, "maximum": 86_400},
    volumes=a_list(VOLUME),
)
EXECUTION = an_object(
    ("template",),
    parallelism={"type": "integer"},
    taskCount={"type": "integer"},
    template=an_object(("spec",), spec=TASK),
)
JOB = an_object(
    ("apiVersion", "kind", "metadata", "spec"),
    apiVersion={"const": "run.googleapis.com/v1"},
    kind={"const": "Job"},
    metadata=an_object(("name",), **META),
    spec=an_object(("template",), template=an_object(("spec",), metadata=an_object(**META), spec=EXECUTION)),
)

ACCOUNT = an_object(("external",), external={"type": "string", "pattern": "@"})
HTTP_TARGET = an_object(
    ("uri",),
    uri={"type": "string", "pattern": "^https://", "maxLength": 2_083},
    httpMethod={"enum": ["POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]},
    body=TEXT,
    headers=WORDS,
    oauthToken=an_object(("serviceAccountRef",), scope=TEXT, serviceAccountRef=ACCOUNT),
)
SCHEDULE = an_object(
    ("apiVersion", "kind", "metadata", "spec"),
    apiVersion={"const": "cloudscheduler.cnrm.cloud.google.com/v1beta1"},
    kind={"const": "CloudSchedulerJob"},
    metadata=an_object(("name",), **META),
    spec=an_object(
        ("location",),
        location=TEXT,
        description=TEXT,
        schedule={"type": "string", "pattern": r"^(\S+ ){4}\S+$"},
        timeZone={"const": "Etc/UTC"},
        attemptDeadline=TEXT,
        httpTarget=HTTP_TARGET,
    ),
)
