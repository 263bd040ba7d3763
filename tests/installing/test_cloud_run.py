"""The Cloud Run job and its schedule are what the cloud's own schemas take, and say what was meant."""

from __future__ import annotations

import json
import shlex
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.installing.cloud_run import Cloud, cloud_run
from console.installing.wanted import UnfitError, Wanted
from tests.installing.cloud_schemas import JOB, SCHEDULE

jsonschema_rs = pytest.importorskip("jsonschema_rs")
yaml = pytest.importorskip("yaml")

ACCOUNT = "watch@nba-props.iam.gserviceaccount.com"
SECRETS = ("COURTSIDE_SLACK_TOKEN", "COURTSIDE_PAGERDUTY_KEY")
CLOUD = Cloud("nba-props", "us-east1", "eu.gcr.io/x/courtside:1", ACCOUNT, "10.0.0.2:/c", secrets=SECRETS)
WANTED = Wanted(
    ("courtside",),
    timedelta(minutes=30),
    ("--checks", "a.b: #c"),
    Path("/nowhere"),
    {"COURTSIDE_WAREHOUSE": 'b: "ü" # %'},
)


def documents(wanted: Wanted = WANTED, cloud: Cloud = CLOUD) -> tuple[Any, Any]:
    """Return the job and the schedule as a YAML library reads them, one file after the other as `--print` shows them."""
    job, schedule = yaml.safe_load_all("".join(text.content for text in cloud_run(wanted, cloud)))
    return job, schedule


def task_of(job: Any) -> Any:
    return job["spec"]["template"]["spec"]["template"]["spec"]


@pytest.mark.parametrize("cloud", [CLOUD, replace(CLOUD, secrets=()), replace(CLOUD, network="ops", subnet="ops-east")])
@pytest.mark.parametrize("minutes", [5, 30, 24 * 60])
def test_both_are_of_the_published_schemas(cloud: Cloud, minutes: int) -> None:
    job, schedule = documents(replace(WANTED, every=timedelta(minutes=minutes)), cloud)
    jsonschema_rs.validate(JOB, job)
    jsonschema_rs.validate(SCHEDULE, schedule)


def test_what_is_mounted_is_there_and_no_variable_stands_twice() -> None:
    task = task_of(documents()[0])
    (container,) = task["containers"]
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in task["volumes"]}
    names = [variable["name"] for variable in container["env"]]
    assert len(names) == len(set(names))


def test_the_job_says_what_was_meant() -> None:
    job, schedule = documents()
    task = task_of(job)
    (container,) = task["containers"]
    assert (task["maxRetries"], task["serviceAccountName"]) == (0, ACCOUNT)
    assert container["args"] == ["courtside", "watch", "--once", "--every", "30m", "--checks", "a.b: #c"]
    assert container["env"] == [
        {"name": "COURTSIDE_WAREHOUSE", "value": 'b: "ü" # %'},
        *(
            {"name": name, "valueFrom": {"secretKeyRef": {"name": name.lower().replace("_", "-"), "key": "latest"}}}
            for name in SECRETS
        ),
    ]
    assert task["volumes"][0] == {"name": "state", "nfs": {"server": "10.0.0.2", "path": "/c"}}
    assert schedule["spec"]["schedule"] == "*/30 * * * *"
    assert schedule["spec"]["httpTarget"]["uri"] == (
        "https://run.googleapis.com/v2/projects/nba-props/locations/us-east1/jobs/courtside-watch:run"
    )


def test_the_job_reaches_the_file_share_by_its_own_network() -> None:
    for cloud, interface in (
        (CLOUD, {"network": "default"}),
        (replace(CLOUD, network="ops", subnet="ops-east"), {"network": "ops", "subnetwork": "ops-east"}),
    ):
        annotations = documents(cloud=cloud)[0]["spec"]["template"]["metadata"]["annotations"]
        assert json.loads(annotations["run.googleapis.com/network-interfaces"]) == [interface]
        assert annotations["run.googleapis.com/vpc-access-egress"] == "private-ranges-only"


@pytest.mark.parametrize(("status", "fails"), [(0, False), (1, False), (2, False), (3, True), (4, True)])
def test_a_pipeline_that_is_unwell_is_not_a_job_that_has_failed(status: int, fails: bool, tmp_path: Path) -> None:
    program = tmp_path / "courtside"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{shlex.quote(str(tmp_path))}/given\nexit {status}\n')
    program.chmod(0o755)
    (container,) = task_of(documents(replace(WANTED, program=(str(program),)))[0])["containers"]
    done = subprocess.run([*container["command"], *container["args"]], check=False)  # noqa: S603  # what Cloud Run does
    assert (done.returncode != 0) is fails
    assert (tmp_path / "given").read_text().splitlines() == container["args"][1:]


@pytest.mark.parametrize(("minutes", "seconds"), [(5, 240), (10, 540), (30, 600)])
def test_a_run_is_over_before_the_next_begins_because_the_share_has_no_locks(minutes: int, seconds: int) -> None:
    job, _ = documents(replace(WANTED, every=timedelta(minutes=minutes)))
    assert task_of(job)["timeoutSeconds"] == seconds


def test_an_interval_that_leaves_no_time_to_start_is_refused() -> None:
    with pytest.raises(UnfitError, match="take --every 5m or more"):
        cloud_run(replace(WANTED, every=timedelta(minutes=4)), CLOUD)


def test_what_would_break_out_of_a_comment_is_refused() -> None:
    with pytest.raises(UnfitError, match="cannot stand in such a file"):
        cloud_run(WANTED, replace(CLOUD, service_account="a@b\nkind: Secret"))


def test_the_first_lines_say_how_to_apply_it_and_a_shell_reads_them() -> None:
    job, schedule = (text.content.splitlines() for text in cloud_run(WANTED, CLOUD))
    assert "# gcloud run jobs replace courtside-watch.job.yaml --project nba-props --region us-east1" in job
    (create,) = [line for line in schedule if line.startswith("# gcloud scheduler jobs create http courtside-watch ")]
    words = shlex.split(create.removeprefix("# "))
    assert words[words.index("--schedule") + 1] == "*/30 * * * *"
    assert words[words.index("--oauth-service-account-email") + 1] == ACCOUNT
