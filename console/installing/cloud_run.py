"""A Cloud Run job for the watcher and what calls it, as YAML. Pure.

The job is what `gcloud run jobs replace` takes; the schedule is Config Connector's form of a Cloud Scheduler job. The journal has
to outlive the job, or each run would tell of everything anew: it stands on a file share that the job mounts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from console.installing.wanted import NAME, Text, Wanted, cron_schedule

STATE, SETTINGS = PurePosixPath("/var/lib/courtside"), PurePosixPath("/etc/courtside/courtside.toml")
"""Where the job has its journal and its settings file; the latter is the secret `courtside-settings`."""
Node = Mapping[str, "Node"] | Sequence["Node"] | str | int | bool


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where the job runs. `share` is SERVER:/PATH of a file share (NFS), `secrets` variables that Secret Manager holds."""

    project: str
    region: str
    image: str
    service_account: str
    share: str
    secrets: Sequence[str] = ()


def cloud_run(wanted: Wanted, cloud: Cloud) -> tuple[Text, ...]:
    """Return both in one file. Raises UnfitError."""
    documents = (_job(wanted, cloud), _schedule(wanted, cloud))
    head = (
        "# courtside watches the pipeline: a Cloud Run job, and the Cloud Scheduler job that calls it.\n"
        "# Each secret is one of Secret Manager's: gcloud secrets create NAME --data-file=-\n"
    )
    return (Text(f"{NAME}.yaml", head + "\n---\n".join("\n".join(yaml(document)) for document in documents) + "\n"),)


def secret_name(variable: str) -> str:
    """Return the name in Secret Manager of what a variable holds."""
    return variable.lower().replace("_", "-")


def yaml(node: Node, indent: int = 0) -> list[str]:
    """Return a node as lines of YAML; texts stand in JSON's quotes, which YAML reads as they are meant."""
    space = "  " * indent
    if isinstance(node, Mapping):
        lines: list[str] = []
        for name, value in node.items():
            if isinstance(value, Mapping | list | tuple) and value:
                lines.extend((f"{space}{name}:", *yaml(value, indent + 1)))
            else:
                lines.append(f"{space}{name}: {json.dumps(value)}")
        return lines
    if isinstance(node, list | tuple):
        lines = []
        for item in node:
            first, *others = yaml(item, indent + 1)
            lines.extend((f"{space}- {first.lstrip()}", *others))
        return lines
    return [f"{space}{json.dumps(node)}"]


def _job(wanted: Wanted, cloud: Cloud) -> Node:
    server, _, path = cloud.share.partition(":")
    program, *arguments = wanted.command(once=True)
    container: Mapping[str, Node] = {
        "image": cloud.image,
        "command": [program],
        "args": arguments,
        "env": [
            *({"name": name, "value": value} for name, value in wanted.environment.items()),
            *(
                {"name": name, "valueFrom": {"secretKeyRef": {"name": secret_name(name), "key": "latest"}}}
                for name in cloud.secrets
            ),
        ],
        "volumeMounts": [
            {"name": "state", "mountPath": str(STATE)},
            {"name": "settings", "mountPath": str(SETTINGS.parent)},
        ],
    }
    task: Mapping[str, Node] = {
        "serviceAccountName": cloud.service_account,
        "maxRetries": 0,
        "timeoutSeconds": 600,
        "containers": [container],
        "volumes": [
            {"name": "state", "nfs": {"server": server, "path": path}},
            {
                "name": "settings",
                "secret": {"secretName": "courtside-settings", "items": [{"key": "latest", "path": SETTINGS.name}]},
            },
        ],
    }
    execution: Mapping[str, Node] = {"parallelism": 1, "taskCount": 1, "template": {"spec": task}}
    return {
        "apiVersion": "run.googleapis.com/v1",
        "kind": "Job",
        "metadata": {"name": NAME, "labels": {"cloud.googleapis.com/location": cloud.region}},
        "spec": {"template": {"spec": execution}},
    }


def _schedule(wanted: Wanted, cloud: Cloud) -> Node:
    job = f"projects/{cloud.project}/locations/{cloud.region}/jobs/{NAME}"
    return {
        "apiVersion": "cloudscheduler.cnrm.cloud.google.com/v1beta1",
        "kind": "CloudSchedulerJob",
        "metadata": {"name": NAME},
        "spec": {
            "location": cloud.region,
            "schedule": cron_schedule(wanted.every),
            "timeZone": "Etc/UTC",
            "httpTarget": {
                "httpMethod": "POST",
                "uri": f"https://run.googleapis.com/v2/{job}:run",
                "oauthToken": {"serviceAccountRef": {"external": cloud.service_account}},
            },
        },
    }
