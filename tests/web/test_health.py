"""Health, readiness, metrics and the plain page."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from flask import Flask

from github_app import create_app
from github_app.settings import Settings
from github_app.store import Delivery, Outcome, Store
from github_app.web import health
from github_app.web.counters import Counters, forget
from tests.web.sending import SECRET, deliver


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str) -> Settings:
    """Return settings of a server that accepts deliveries."""
    return Settings(github_webhook_secret=SECRET, data_dir=tmp_path, database_url=sqlite_url)


@pytest.fixture
def app(settings: Settings, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Return the application; `/metrics` is made anew each time."""
    monkeypatch.setattr(health, "KEPT_SECONDS", 0)
    return create_app(settings, store=sqlite_store)


def waiting(guid: str, seconds: int) -> Delivery:
    """Return a delivery received some seconds ago."""
    at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)
    return Delivery(guid=guid, event="push", received_at=at, partition=1, repository_id=1, owner_id=1, body=b"{}")


def metric(app: Flask, name: str) -> float:
    """Return one value of `/metrics`, by its name with labels."""
    text = app.test_client().get("/metrics").get_data(as_text=True)
    [value] = re.findall(rf"^{re.escape(name)} (.+)$", text, re.MULTILINE)
    return float(value)


def test_alive_needs_nothing(settings: Settings) -> None:
    """A process without database and Redis is alive, and says so without touching either."""
    broken = create_app(Settings(data_dir=settings.data_dir, database_url="postgresql://127.0.0.1:1/none"))
    reply = broken.test_client().get("/healthz")
    assert (reply.status_code, reply.text) == (200, "ok\n")


def test_ready_without_redis(app: Flask) -> None:
    """Deliveries can be taken while Redis is away, so a load balancer keeps sending them; the state is told."""
    reply = app.test_client().get("/readyz")
    assert reply.status_code == 200
    assert reply.get_json()["database"] == "ok"
    assert reply.get_json()["redis"].startswith("away")


def test_not_ready_without_tables(settings: Settings, tmp_path: Path) -> None:
    """A database that nobody migrated cannot take deliveries."""
    app = create_app(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'empty.db'}"))
    reply = app.test_client().get("/readyz")
    assert reply.status_code == 503
    assert "migrate" in reply.get_json()["database"]


def test_not_ready_without_a_database(tmp_path: Path) -> None:
    """A database out of reach is told by the kind of error, without its address or password."""
    app = create_app(Settings(data_dir=tmp_path, database_url="postgresql://me:hidden@127.0.0.1:1/none"))
    reply = app.test_client().get("/readyz")
    assert reply.status_code == 503
    assert "hidden" not in reply.text
    assert app.test_client().get("/metrics").status_code == 503


def test_a_delivery_without_a_database_is_sent_back(tmp_path: Path) -> None:
    """What cannot be stored is refused with 503, so that GitHub shows it as failed and it can be sent again."""
    url = "postgresql://me:hidden@127.0.0.1:1/none"
    reply = deliver(create_app(Settings(github_webhook_secret=SECRET, data_dir=tmp_path, database_url=url)))
    assert (reply.status, reply.headers["retry-after"]) == (503, "60")
    assert b"hidden" not in reply.body


def test_metrics_show_what_waits(app: Flask, sqlite_store: Store) -> None:
    """The inbox by state, and for how long the oldest delivery has been waiting."""
    sqlite_store.inbox.accept([waiting("a", 500), waiting("b", 90)])
    assert metric(app, 'trust_inbox{state="pending"}') == 2
    assert 500 <= metric(app, "trust_inbox_oldest_pending_seconds") < 560
    with sqlite_store.begin() as connection:
        sqlite_store.inbox.finish(connection, [Outcome(seq=1, state="done")])
    assert 90 <= metric(app, "trust_inbox_oldest_pending_seconds") < 150
    assert metric(app, 'trust_alerts_open{severity="high"}') == 0


def test_metrics_count_answers(app: Flask) -> None:
    """Accepted, repeated and refused deliveries are counted by what was answered."""
    deliver(app, guid="one")
    deliver(app, guid="one")
    deliver(app, X_Hub_Signature_256="sha256=forged")
    assert metric(app, 'trust_deliveries_answered_total{status="202"}') == 2
    assert metric(app, 'trust_deliveries_answered_total{status="401"}') == 1
    assert metric(app, "trust_deliveries_repeated_total") == 1


def test_metrics_are_prometheus_text(app: Flask) -> None:
    """Every line is a comment or a sample, every family says its type, and none comes twice."""
    reply = app.test_client().get("/metrics")
    assert reply.content_type == "text/plain; version=0.0.4; charset=utf-8"
    lines = reply.text.splitlines()
    sample = re.compile(r'[a-z_]+(\{[a-z]+="[a-z0-9]+"\})? [0-9.e+]+')
    assert [line for line in lines if not line.startswith("# ") and not sample.fullmatch(line)] == []
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types))


def test_metrics_are_kept_for_a_moment(settings: Settings, sqlite_store: Store) -> None:
    """Nobody can make the server count a large table over and over."""
    app = create_app(settings, store=sqlite_store)
    before = app.test_client().get("/metrics").text
    deliver(app)
    assert app.test_client().get("/metrics").text == before


def test_counts_are_those_of_all_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever process answers, the sum is the same; a process that reuses a number does not lose its predecessor's."""
    for pid, number in ((11, 3), (12, 4), (11, 5)):
        monkeypatch.setattr("os.getpid", lambda pid=pid: pid)
        counters = Counters(tmp_path / "run")
        counters.add("202", number)
        assert counters.total()["202"] == {3: 3, 4: 7, 5: 12}[number]
    forget(tmp_path / "run")
    assert Counters(tmp_path / "run").total()["202"] == 0


def test_counting_works_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A counter that cannot be shared still counts."""
    (tmp_path / "run").write_text("a file in the way")
    counters = Counters(tmp_path / "run")
    counters.add("202")
    counters.add("202")
    assert counters.total()["202"] == 2


@pytest.mark.parametrize("path", ["/", "/setup", "/nowhere", "/healthz", "/static/plain.css"])
def test_browsers_are_told_to_be_careful(app: Flask, path: str) -> None:
    """Every page, also an error, carries the headers that keep it from being framed, sniffed or scripted."""
    with app.test_client().get(path) as reply:
        policy = reply.headers["Content-Security-Policy"]
        assert {"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"} <= set(policy.split("; "))
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["X-Frame-Options"] == "DENY"


def test_the_plain_page_tells_nothing(app: Flask, settings: Settings) -> None:
    """Alerts are private; the page says that the server runs and where to go on."""
    page = app.test_client().get("/").text
    assert "accepts deliveries" in page
    fresh = create_app(Settings(data_dir=settings.data_dir, database_url=settings.database_url)).test_client().get("/").text
    assert 'href="/setup"' in fresh


def test_an_unknown_page_is_one_line(app: Flask) -> None:
    """Errors are short and plain."""
    reply = app.test_client().get("/<script>")
    assert (reply.status_code, reply.text) == (404, "404 Not Found\n")
    wrong = app.test_client().post("/healthz")
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["Allow"]
