"""OGC API - Processes - Part 1 (18-062r2), after its abstract tests and the official suite."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psutil
import pytest
from jsonschema import Draft202012Validator

from sitplan.errors import BadRequest, Refused, Unavailable
from sitplan.jobs import AT_ONCE, WAITING, Jobs
from sitplan.process import Process, Task, Value, check_inputs
from sitplan.processes import ECHO, PROCESSES
from sitplan.settings import Settings

EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture(scope="module")
def http(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{served}/api", timeout=60) as client:
        yield client


def _execute(
    http: httpx.Client, inputs: Any, headers: dict[str, str] | None = None, **more: Any
) -> httpx.Response:
    return http.post("/processes/echo/execution", json={"inputs": inputs, **more}, headers=headers)


def _until(http: httpx.Client, location: str, *wanted: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        status = http.get(location).json()
        if status["status"] in wanted:
            return status
        time.sleep(0.1)
    raise AssertionError(status)


def test_processes_are_listed_and_described(http: httpx.Client) -> None:
    listed = http.get("/processes").json()
    assert [one["id"] for one in listed["processes"]] == list(PROCESSES)
    for one in listed["processes"]:
        own = next(link for link in one["links"] if link["rel"] == "self")
        described = http.get(own["href"]).json()
        alike = {k: v for k, v in described.items() if k in one and k != "links"}
        assert alike == {k: v for k, v in one.items() if k != "links"}
        execute = next(link for link in one["links"] if link["rel"].endswith("/1.0/execute"))
        assert execute["href"] == f"{own['href']}/execution"
        for value in (*described["inputs"].values(), *described["outputs"].values()):
            Draft202012Validator.check_schema(value["schema"])
            assert value["title"] and value["description"]
    assert len(http.get("/processes?limit=1").json()["processes"]) == 1
    landing = {link["rel"]: link["href"] for link in http.get("").json()["links"]}
    for rel in ("processes", "job-list"):
        assert http.get(landing[f"http://www.opengis.net/def/rel/ogc/1.0/{rel}"]).status_code == 200


def test_operations_bear_the_names_that_the_official_suite_looks_for(http: httpx.Client) -> None:
    paths = http.get("/openapi").json()["paths"].values()
    named = {one.get("operationId"): one for path in paths for one in path.values()}
    for name in ("getProcesses", "getProcessDescription", "execute", "getJobs", "getStatus"):
        assert "404" in named[name]["responses"], "it asks any of them for what there is not"
    assert "getResult" in named


@pytest.mark.parametrize("lang", ["es", "en"])
@pytest.mark.parametrize("path", ["/processes", "/processes/echo", "/jobs"])
def test_they_are_pages_too(http: httpx.Client, path: str, lang: str) -> None:
    page = http.get(path, params={"lang": lang}, headers={"Accept": "text/html"})
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    if path.endswith("echo"):
        assert ECHO.description[lang] in page.text


def test_one_output_is_given_bare(http: httpx.Client) -> None:
    answer = _execute(http, {"message": "Ñandú «é»"})
    assert (answer.status_code, answer.json()) == (200, "Ñandú «é»")
    assert answer.headers["content-type"] == "application/json"
    assert "link" not in answer.headers, "no job is told of, for none is kept on purpose"


def test_outputs_are_given_as_a_document(http: httpx.Client) -> None:
    answer = _execute(http, {"message": "hola"}, response="document")
    assert answer.json() == {"message": "hola"}
    chosen = _execute(
        http,
        {"message": {"value": "hola"}},
        response="document",
        outputs={"message": {"transmissionMode": "value"}},
    )
    assert chosen.json() == {"message": "hola"}


def test_a_job_from_its_beginning_to_its_end(http: httpx.Client) -> None:
    begun = _execute(http, {"message": "hola", "pause": 1}, ASYNC, response="document")
    assert begun.status_code == 201
    assert begun.headers["preference-applied"] == "respond-async"
    location, status = begun.headers["location"], begun.json()
    assert status["status"] in ("accepted", "running") and status["type"] == "process"
    assert location.endswith(f"/jobs/{status['jobID']}")
    early = http.get(f"{location}/results")
    assert (early.status_code, early.json()["type"]) == (404, f"{EXCEPTIONS}result-not-ready")
    ended = _until(http, location, "successful", "failed")
    assert ended["status"] == "successful" and ended["progress"] == 100
    assert ended["created"] <= ended["started"] <= ended["finished"]
    results = next(x for x in ended["links"] if x["rel"].endswith("/1.0/results"))
    assert http.get(results["href"]).json() == {"message": "hola"}
    assert status["jobID"] in {job["jobID"] for job in http.get("/jobs").json()["jobs"]}


def test_a_job_at_work_is_dismissed_and_its_python_ends(http: httpx.Client) -> None:
    location = _execute(http, {"message": "hola", "pause": 25}, ASYNC).headers["location"]
    _until(http, location, "running")
    assert _workers()
    gone = http.delete(location)
    assert (gone.status_code, gone.json()["status"]) == (200, "dismissed")
    assert _until(http, location, "dismissed")["status"] == "dismissed"
    assert http.get(f"{location}/results").status_code == 404
    deadline = time.monotonic() + 5
    while _workers() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _workers()


def test_a_client_that_goes_away_ends_its_job(http: httpx.Client) -> None:
    with pytest.raises(httpx.ReadTimeout):
        http.post(
            "/processes/echo/execution",
            json={"inputs": {"message": "hola", "pause": 25}},
            timeout=2.5,
        )
    deadline = time.monotonic() + 8
    while _workers() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _workers()


def _workers() -> list[psutil.Process]:
    children = psutil.Process(os.getpid()).children(recursive=True)
    return [p for p in children if "sitplan.job_worker" in " ".join(_words(p))]


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline() if process.status() != psutil.STATUS_ZOMBIE else []
    except psutil.NoSuchProcess:
        return []


WRONG = [
    ({}, "missing_input"),
    ([], "wrong_inputs"),
    ({"message": 5}, "wrong_input"),
    ({"message": "x", "pause": -1}, "wrong_input"),
    ({"message": "x", "pause": 31}, "wrong_input"),
    ({"message": "x", "paus": 1}, "unknown_input"),
    ({"message": {"href": "http://127.0.0.1/secret"}}, "input_by_reference"),
    ({"message": "x" * 10_001}, "wrong_input"),
]


@pytest.mark.parametrize(("inputs", "code"), WRONG)
def test_wrong_inputs_are_told(http: httpx.Client, inputs: Any, code: str) -> None:
    answer = _execute(http, inputs)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert _execute(http, inputs, ASYNC).status_code == 400, "as a job no less"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "wrong_json"),
        (b"[]", 400, "wrong_inputs"),
        (b'{"invalid-execute-request": "true)"}', 400, "unknown_member"),
        (b'{"inputs": {"message": "x"}, "response": "xml"}', 400, "wrong_choice"),
        (b'{"inputs": {"message": "x"}, "outputs": {"other": {}}}', 400, "wrong_choice"),
        (
            b'{"inputs": {"message": "x"}, "outputs": {"message": '
            b'{"transmissionMode": "reference"}}}',
            400,
            "wrong_choice",
        ),
        (b"[" * 100_000, 400, "wrong_json"),
        (b" " * ((10 << 20) + 1), 413, "large_body"),
    ],
)
def test_wrong_bodies_are_told(http: httpx.Client, body: bytes, status: int, code: str) -> None:
    answer = http.post(
        "/processes/echo/execution", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_what_there_is_not_is_told_as_the_standard_says(http: httpx.Client) -> None:
    for path, kind in (
        ("/processes/nothing", "no-such-process"),
        ("/processes/invalid-job-1/results", None),
        ("/jobs/nothing", "no-such-job"),
        ("/jobs/00000000-0000-0000-0000-000000000000/results", "no-such-job"),
    ):
        answer = http.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        if kind:
            assert answer.json()["type"] == EXCEPTIONS + kind


def test_jobs_are_listed_to_who_began_them(seeded_settings: Settings) -> None:
    jobs = Jobs(seeded_settings)
    mine = jobs.begin(ECHO, {"message": "x", "pause": 0}, lang="es", owner="10.0.0.1")
    jobs.begin(ECHO, {"message": "y", "pause": 0}, lang="es", owner="10.0.0.2")
    assert [job.id for job in jobs.of("10.0.0.1")] == [mine.id]
    assert json.loads(mine.done.result(20).outputs["message"]) == "x"
    jobs.close()


def test_a_slow_job_is_stopped(seeded_settings: Settings) -> None:
    jobs = Jobs(seeded_settings, longest_s=1.0)
    job = jobs.begin(ECHO, {"message": "x", "pause": 20}, lang="es", owner="").done.result(10)
    assert job.status == "failed" and isinstance(job.problem, Refused)
    assert job.problem.code == "slow_job"
    jobs.close()


def test_too_many_jobs_are_refused_and_all_end(seeded_settings: Settings) -> None:
    jobs = Jobs(seeded_settings)
    begun = [
        jobs.begin(ECHO, {"message": "x", "pause": 20}, lang="es", owner="")
        for _ in range(AT_ONCE + WAITING)
    ]
    with pytest.raises(Unavailable) as caught:
        jobs.begin(ECHO, {"message": "x", "pause": 20}, lang="es", owner="")
    assert caught.value.code == "many_jobs"
    closing = threading.Thread(target=jobs.close)
    closing.start()
    closing.join(10)
    assert not closing.is_alive()
    assert {job.status for job in begun} == {"dismissed"}


def test_a_job_that_kills_its_python_is_told(
    seeded_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(seeded_settings)
    monkeypatch.setattr("sitplan.jobs.sys.executable", "/bin/false")
    job = jobs.begin(ECHO, {"message": "x", "pause": 0}, lang="es", owner="").done.result(10)
    assert job.problem is not None and job.problem.code == "broken_job"
    jobs.close()


def test_inputs_are_counted_without_depth() -> None:
    process = Process(
        id="any", version="1", title={}, description={}, outputs={},
        inputs={"any": Value({}, {}, {})}, run=lambda _task: {},
    )  # fmt: skip
    deep: Any = []
    for _ in range(50_000):
        deep = [deep]
    assert check_inputs(process, {"any": deep})
    with pytest.raises(BadRequest) as caught:
        check_inputs(process, {"any": [0] * 100_001})
    assert caught.value.code == "many_inputs"


def test_a_task_opens_the_territory_as_the_public() -> None:
    assert Task({}, "es", lambda: None).tell(1, "x") is None  # type: ignore[arg-type, return-value]
