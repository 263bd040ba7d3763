"""A Cloud Run job for the watcher and what calls it, as YAML. Pure.

The job is what `gcloud run jobs replace` takes (the resource Job of the Admin API v1); the schedule is Config Connector's form of
a Cloud Scheduler job. The journal has to outlive the job, or each run would tell of everything anew: it stands on a file share
that the job mounts, by way of its own network. Cloud Run mounts NFS without locks, so no two runs may overlap.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from pathlib import PurePosixPath

from console.installing.wanted import NAME, Text, UnfitError, Wanted, cron_schedule

STATE, SETTINGS = PurePosixPath("/var/lib/courtside"), PurePosixPath("/etc/courtside/courtside.toml")
"""Where the job has its journal and its settings file; the latter is a secret."""
SETTINGS_SECRET = "courtside-settings"  # noqa: S105  # its name
SHORTEST = timedelta(minutes=5)
"""A job in a network of one's own may take a minute to start, and has to be over before the next one."""
LONGEST_RUN = timedelta(minutes=10)
_BEFORE_NEXT = timedelta(minutes=1)
_UNWELL_IS_NO_FAILURE = '"$@" || [ $? -le 2 ]'
"""A pipeline that is unwell (1, 2) is not a job that has failed."""
Node = Mapping[str, "Node"] | Sequence["Node"] | str | int | bool


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where the job runs. `share` is SERVER:/PATH of a file share (NFS), which is in the VPC `network`.

    `subnet` is "" for the network's own of the same name; `secrets` are variables that Secret Manager holds.
    """

    project: str
    region: str
    image: str
    service_account: str
    share: str
    network: str = "default"
    subnet: str = ""
    secrets: Sequence[str] = ()


def cloud_run(wanted: Wanted, cloud: Cloud) -> tuple[Text, ...]:
    """Return the job and the schedule that calls it. Raises UnfitError."""
    if wanted.every < SHORTEST:
        raise UnfitError(
            "a Cloud Run job may take a minute to start, and the next one must not begin before it is over: take --every 5m or "
            "more, or another --kind"
        )
    if unfit := [value for value in (*astuple(cloud)[:-1], *wanted.command(once=True)) if not value.isprintable()]:
        raise UnfitError(f"{unfit[0]!r} has a character that cannot stand in such a file: take it out")
    return (
        _text("job", _about_job(cloud), _job(wanted, cloud)),
        _text("schedule", _about_schedule(wanted, cloud), _schedule(wanted, cloud)),
    )


def _about_job(cloud: Cloud) -> Sequence[str]:
    where = shlex.join(("--project", cloud.project, "--region", cloud.region))
    return (
        "courtside watches the pipeline: a Cloud Run job.",
        f"gcloud run jobs replace {NAME}.job.yaml {where}",
        f"Its settings are a secret of Secret Manager: gcloud secrets create {SETTINGS_SECRET} --data-file={SETTINGS.name}",
        *(f"So is {name}: gcloud secrets create {secret_name(name)} --data-file=-" for name in cloud.secrets),
        "The file share has no locks there: nothing else may write to it.",
    )


def _about_schedule(wanted: Wanted, cloud: Cloud) -> Sequence[str]:
    create = (
        *(
            "gcloud",
            "scheduler",
            "jobs",
            "create",
            "http",
            NAME,
            "--project",
            cloud.project,
            "--location",
            cloud.region,
        ),
        *("--schedule", cron_schedule(wanted.every), "--time-zone", "Etc/UTC", "--uri", _address(cloud)),
        *("--http-method", "POST", "--oauth-service-account-email", cloud.service_account),
    )
    return (
        f"courtside watches the pipeline: what calls the job. {cloud.service_account} needs roles/run.invoker on it.",
        f"With Config Connector: kubectl apply -f {NAME}.schedule.yaml; without it:",
        shlex.join(create),
    )


def _text(name: str, head: Sequence[str], document: Node) -> Text:
    return Text(f"{NAME}.{name}.yaml", "\n".join((*(f"# {line}" for line in head), "---", *yaml(document), "")))


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
    container: Mapping[str, Node] = {
        "image": cloud.image,
        "command": ["/bin/sh", "-c", _UNWELL_IS_NO_FAILURE, "sh"],
        "args": wanted.command(once=True),
        "resources": {"limits": {"cpu": "1000m", "memory": "1Gi"}},
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
        "timeoutSeconds": int(min(LONGEST_RUN, wanted.every - _BEFORE_NEXT).total_seconds()),
        "containers": [container],
        "volumes": [
            {"name": "state", "nfs": {"server": server, "path": path}},
            {
                "name": "settings",
                "secret": {"secretName": SETTINGS_SECRET, "items": [{"key": "latest", "path": SETTINGS.name}]},
            },
        ],
    }
    execution: Mapping[str, Node] = {"parallelism": 1, "taskCount": 1, "template": {"spec": task}}
    return {
        "apiVersion": "run.googleapis.com/v1",
        "kind": "Job",
        "metadata": {"name": NAME, "labels": {"cloud.googleapis.com/location": cloud.region}},
        "spec": {"template": {"metadata": {"annotations": _network(cloud)}, "spec": execution}},
    }


def _network(cloud: Cloud) -> Node:
    """Return what lets the job reach the file share: Direct VPC egress."""
    interface = {"network": cloud.network, **({"subnetwork": cloud.subnet} if cloud.subnet else {})}
    return {
        "run.googleapis.com/network-interfaces": json.dumps([interface]),
        "run.googleapis.com/vpc-access-egress": "private-ranges-only",
    }


def _address(cloud: Cloud) -> str:
    return f"https://run.googleapis.com/v2/projects/{cloud.project}/locations/{cloud.region}/jobs/{NAME}:run"


def _schedule(wanted: Wanted, cloud: Cloud) -> Node:
    return {
        "apiVersion": "cloudscheduler.cnrm.cloud.google.com/v1beta1",
        "kind": "CloudSchedulerJob",
        "metadata": {"name": NAME, "annotations": {"cnrm.cloud.google.com/project-id": cloud.project}},
        "spec": {
            "location": cloud.region,
            "schedule": cron_schedule(wanted.every),
            "timeZone": "Etc/UTC",
            "httpTarget": {
                "httpMethod": "POST",
                "uri": _address(cloud),
                "oauthToken": {"serviceAccountRef": {"external": cloud.service_account}},
            },
        },
    }
