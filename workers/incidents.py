"""Reports about incidents: made from acts and histories, told in Slack's thread, and on GitHub as the policy says.

Killed anywhere, the next worker goes on: what a report says is stored in one transaction with the wish to tell it, and
before anything is written on GitHub again it is looked for by its mark.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Callable

from github_app.acts import BlastRadius
from github_app.identity import keys
from github_app.links import Links
from github_app.model import Alert, Repository
from github_app.policy.model import IncidentReport as Wanted
from github_app.store import IncidentReport
from workers import policies
from workers.announcements import INCIDENT, incident_key
from workers.blast_radius import UnknownPersonError, assemble
from workers.github import Refused, Unavailable
from workers.github_reports import MOST_BODY, NEEDS, ReportWriter, Text, Written
from workers.render import blast_radius, incident
from workers.render.message import Incident
from workers.runtime import Runtime

log = logging.getLogger(__name__)

CLAIM = dt.timedelta(minutes=15)
"""How long a report is ours: a large history takes minutes to read."""
FIRST_RETRY = dt.timedelta(seconds=10)
LONGEST_RETRY = dt.timedelta(minutes=30)
REFUSED_RETRY = dt.timedelta(hours=1)
"""What GitHub refused is tried again after this time, so that a permission given later is enough."""
_AT_ONCE = 10


class _OvertakenError(Exception):
    """The claim ended while we worked; whoever has it now goes on."""


def waiting(runtime: Runtime, now: dt.datetime) -> bool:
    """Say whether a report is to be made or published now."""
    return bool(runtime.store.incidents.due(now, 1))


def work(runtime: Runtime, clock: Callable[[], dt.datetime]) -> int:
    """Make and publish what is due; return how many reports were dealt with.

    Raises:
        sqlalchemy.exc.OperationalError: SQL is out of reach; what is not committed stays due.
    """
    dealt = 0
    for due in runtime.store.incidents.due(clock(), _AT_ONCE):
        report = runtime.store.incidents.claim(due, clock(), CLAIM)
        if report is None:
            continue
        dealt += 1
        try:
            if report.made < report.wanted:
                _make(runtime, report, clock())
            else:
                _publish(runtime, report)
        except _OvertakenError:
            log.info("another worker has taken a report over", extra={"report": report.id})
        except Unavailable as error:
            pause = min(FIRST_RETRY * 2 ** min(report.attempts, 10), LONGEST_RETRY)
            _fail(runtime, report, error.sentence, max(clock() + pause, error.retry_at or clock()), clock())
        except Refused as error:
            _fail(runtime, report, error.sentence, clock() + REFUSED_RETRY, clock())
        except Exception as error:
            log.exception("a report could not be made", extra={"report": report.id})
            pause = min(FIRST_RETRY * 2 ** min(report.attempts, 10), LONGEST_RETRY)
            _fail(runtime, report, f"{type(error).__name__} in our own program", clock() + pause, clock())
    return dealt


def _fail(runtime: Runtime, report: IncidentReport, sentence: str, until: dt.datetime, now: dt.datetime) -> None:
    """Say what is wrong where operators look, and try again."""
    log.warning("a report about an incident is put off: %s", sentence, extra={"report": report.id})
    runtime.store.incidents.put_off(report, until)
    with runtime.store.begin() as connection:
        where = "could not be written on GitHub" if report.made == report.wanted else "could not be made"
        told = f"Report {report.id} about an incident {where} and is tried again: {sentence}"
        runtime.store.problems.report(connection, _problem(report), told, now)


def _make(runtime: Runtime, report: IncidentReport, now: dt.datetime) -> None:
    store, settings = runtime.store, runtime.settings
    found = _found(runtime, report, now)
    _keep_file(runtime, report, found, now)
    with store.begin() as connection:
        if not store.incidents.made(connection, report, found, now):
            return
        store.problems.clear(connection, _problem(report))
        if settings.has_slack:
            key = incident_key(report.id, report.wanted)
            store.notices.add(connection, "slack", key, kind=INCIDENT, about=report.id, at=now)


def _found(runtime: Runtime, report: IncidentReport, now: dt.datetime) -> BlastRadius:
    try:
        return assemble(runtime.store, runtime.settings.data_dir / "repositories", report.person, now)
    except UnknownPersonError:
        # Decided an incident is decided an incident: a report that knows nothing says so.
        alert = runtime.store.alerts.get(report.alert_id)
        since = alert.at if alert is not None else now
        return BlastRadius(person=report.person, names=keys(report.person), since=since, made_at=now, parts=())


def _keep_file(runtime: Runtime, report: IncidentReport, found: BlastRadius, now: dt.datetime) -> None:
    """Keep the page as a file too, for operators; the dashboard reads SQL, as it may run on another machine."""
    folder = runtime.settings.data_dir / "reports"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = folder / f".{report.id}.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(blast_radius.page(found, _links(runtime)), encoding="utf-8")
        fresh.replace(folder / f"{report.id}.html")
    except OSError as error:
        log.error("the file of a report cannot be written: %s", error.strerror, extra={"report": report.id})
        sentence = f"Reports about incidents cannot be kept in {folder} ({error.strerror}); the dashboard has them."
        with runtime.store.begin() as connection:
            runtime.store.problems.report(connection, "incident-files", sentence, now)


def _publish(runtime: Runtime, report: IncidentReport) -> None:
    store = runtime.store
    alert, found = store.alerts.get(report.alert_id), store.incidents.body(report.id)
    if alert is None or found is None:
        raise RuntimeError("a report without its alert")
    repository = alert.repository
    wanted = policies.load(store, [(repository.id, repository.owner_id)]).of(repository.id, repository.owner_id)
    written, place = Written(external_id=report.external_id, url=report.url), report.place
    if wanted.incident_report.to in NEEDS:
        written, place = _on_github(runtime, report, alert, found, wanted.incident_report)
    if store.incidents.published(report, place=place, external_id=written.external_id, url=written.url):
        with store.begin() as connection:
            store.problems.clear(connection, _problem(report))
    log.info("a report about an incident is done", extra={"report": report.id, "place": place or "nowhere on GitHub"})


def _on_github(
    runtime: Runtime, report: IncidentReport, alert: Alert, found: BlastRadius, wanted: Wanted
) -> tuple[Written, str]:
    writer = runtime.report_writer
    if writer is None:
        raise Refused("no GitHub App is configured")
    kind = wanted.to
    target, installation_id = _target(runtime, alert, wanted)
    place = f"{kind} {target.full_name}"
    if kind == "issue":
        _refuse_public(writer, report, target, installation_id, wanted)
    told = Incident(number=report.id, version=report.made, alert=alert, found=found)
    title, body = incident.github(told, _links(runtime), report.mark, MOST_BODY)
    text = Text(title=title, body=body, mark=report.mark, severity=alert.finding.severity)
    try:
        return _write(runtime, writer, report, kind, target, installation_id, text), place
    except Refused as error:
        need = " ".join(NEEDS[kind])
        raise Refused(f"{error.sentence}; if it is a permission that is missing, it is {need} (docs/github.md)") from error


def _write(  # noqa: PLR0917  # one place, one text
    runtime: Runtime,
    writer: ReportWriter,
    report: IncidentReport,
    kind: str,
    target: Repository,
    installation_id: int,
    text: Text,
) -> Written:
    place = f"{kind} {target.full_name}"
    known = Written(external_id=report.external_id, url=report.url) if place == report.place else None
    if known and writer.edit(kind, target, installation_id, known.external_id, text):
        return known
    earlier = writer.find(kind, target, installation_id, report.mark) if report.uncertain else None
    if earlier and writer.edit(kind, target, installation_id, earlier.external_id, text):
        return earlier
    if not runtime.store.incidents.begun(report):
        raise _OvertakenError
    return writer.create(kind, target, installation_id, text)


def _refuse_public(
    writer: ReportWriter, report: IncidentReport, target: Repository, installation_id: int, wanted: Wanted
) -> None:
    if (report.private or not wanted.public) and writer.is_public(target, installation_id):
        why = "it is about a private alert" if report.private else "the policy does not say `public: true`"
        raise Refused(f"everybody can read {target.full_name} and {why}: name a private repository in `incident_report`")


def _target(runtime: Runtime, alert: Alert, wanted: Wanted) -> tuple[Repository, int]:
    """Return the repository that gets the report, and whose installation speaks for it."""
    watches = runtime.store.repositories.all()
    if wanted.to == "advisory":
        watch = next((w for w in watches if w.id == alert.repository.id), None)
        if watch is None or watch.installation_id is None:
            raise Refused("an advisory belongs to a repository that the app is installed in, and this alert is about none")
        return watch.repository, watch.installation_id
    watch = next((w for w in watches if w.full_name.lower() == wanted.repository.lower()), None)
    if watch is not None and watch.installation_id is not None:
        return watch.repository, watch.installation_id
    raise Refused(f"the app does not know the repository {wanted.repository}: install it there, or name another")


def _links(runtime: Runtime) -> Links:
    return Links(github_url=runtime.settings.github_url, public_url=runtime.settings.public_url)


def _problem(report: IncidentReport) -> str:
    return f"incident:{report.id}"
