"""Keep bare clones without file contents: fetched with a token nobody else sees, resumable, bounded in size.

Contents are never asked for (`--filter=blob:none`, git-scm.com/docs/partial-clone); a server that cannot filter sends
them and they are kept unread. The token goes to git through its environment (`GIT_CONFIG_*`, git-scm.com/docs/git-config),
so it is in no URL, no argument list, no log and no file.
"""

from __future__ import annotations

import base64
import fcntl
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from workers.history.clean import line
from workers.history.git import Git, HistoryError, environment, first_complaint

MOST_BYTES = 4 << 30
"""A clone that grows beyond this is given up."""

SILENT_SECONDS = 60
"""A server that sends nothing for so long is not waited for (`http.lowSpeedTime`, git-scm.com/docs/git-config)."""
_LEAST_FREE = 512 << 20
_LONGEST_SECONDS = 3600.0
_REMOTE = "origin"
_REFSPECS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_NETWORK = (
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "SSH_AUTH_SOCK", "HOME",
)  # fmt: skip
_SCP_LIKE = re.compile(r"[\w.-]+@[\w.-]+:(?!:).+", re.ASCII)
_REFUSED = re.compile(
    r"not found|returned error: 40[34]|does not appear to be a git repository|Permission (?:to \S+ )?denied|access denied"
    r"|could not read (?:Username|Password)|transport '\S+' not allowed|not a git repository|unable to find remote helper"
    r"|URL rejected|bad URL|dubious ownership",
    re.IGNORECASE,
)


class CloneRefusedError(HistoryError):
    """This repository cannot be fetched, now or later, until somebody changes something; the sentence says what."""


class CloneUnavailableError(HistoryError):
    """Fetching failed for a reason that may pass: network, server, disk, another process at it. Try again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where to fetch from. `url` carries no credentials; `secret` is sent as the password of `user`, if there is one."""

    url: str
    name: str
    user: str = ""
    secret: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Origin:
        """Take a URL as a person types it, credentials included.

        Raises:
            CloneRefusedError: no URL that git may be given.
        """
        parts = urlsplit(url) if "://" in url else None
        name = line(url, 300) if parts is None else line(urlunsplit(parts._replace(netloc=_host(parts.netloc))), 300)
        if url.startswith("-") or not url.isprintable() or (parts is None and not _SCP_LIKE.fullmatch(url)):
            raise CloneRefusedError(f"{name} is neither a git repository on this machine nor a URL of one")
        if parts is None or parts.scheme not in {"http", "https"} or not parts.username:
            return cls(url=url, name=name)
        bare = urlunsplit(parts._replace(netloc=_host(parts.netloc)))
        return cls(url=bare, name=name, user=unquote(parts.username), secret=unquote(parts.password or ""))


def is_url(text: str) -> bool:
    """Say whether text names a repository elsewhere rather than a path."""
    return "://" in text or ("::" not in text and not Path(text).exists() and _SCP_LIKE.fullmatch(text) is not None)


def update(
    origin: Origin,
    target: Path,
    *,
    branch: str = "",
    most_bytes: int = MOST_BYTES,
    progress: Callable[[str], None] = lambda _: None,
) -> Git:
    """Make or bring up to date a bare clone at `target`; killed half-way, the next call goes on or starts afresh.

    Args:
        origin: where from.
        target: the clone's directory; its parent must be ours.
        branch: the default branch; asked of the server when empty.
        most_bytes: give up when the clone grows beyond.
        progress: is told a short sentence now and then.

    Raises:
        CloneRefusedError: it will not work later either.
        CloneUnavailableError: it may work later.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with alone(target) as lock:
        _prepare(origin, target)
        if shutil.disk_usage(target).free < _LEAST_FREE:
            raise CloneUnavailableError(f"less than {_LEAST_FREE >> 20} MB are free for the history of {origin.name}")
        options = (
            "--filter=blob:none",
            "--prune",
            "--no-tags",
            "--force",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
        )
        _fetch(
            origin,
            target,
            ["fetch", "--quiet", *options, _REMOTE, *_REFSPECS],
            lock,
            most_bytes=most_bytes,
            progress=progress,
        )
        head = f"refs/heads/{branch}" if branch else _remote_head(origin, target, lock)
        git = Git.at(target)
        if head:
            git.text("symbolic-ref", "HEAD", head)
        return git


def fetch_objects(origin: Origin, target: Path, names: Sequence[str]) -> None:
    """Bring a few contents into a clone, in one request, as git does it by itself where it may.

    Raises:
        CloneRefusedError: it will not work later either.
        CloneUnavailableError: it may work later.
    """
    options = ("--quiet", "--filter=blob:none", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--stdin")
    with alone(target) as lock:
        _fetch(
            origin,
            target,
            ["-c", "fetch.negotiationAlgorithm=noop", "fetch", *options, _REMOTE],
            lock,
            feed="".join(f"{name}\n" for name in names),
        )


@contextmanager
def alone(target: Path) -> Iterator[int]:
    """Hold a clone for this process; yields the lock's file descriptor.

    Raises:
        CloneUnavailableError: another process holds it.
    """
    with target.with_suffix(".lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CloneUnavailableError("another process is fetching this history right now") from error
        yield lock.fileno()


def _prepare(origin: Origin, target: Path) -> None:
    """Make the clone's directory fit for a fetch: remove what a killed git left, or everything if it is damaged."""
    for left in [*target.glob("objects/pack/tmp_*"), *target.glob("*.lock"), *target.glob("refs/**/*.lock")]:
        left.unlink(missing_ok=True)
    try:
        git = Git.at(target)
        git.text("for-each-ref", "--count=1")
    except HistoryError:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        git = Git(git_dir=target.absolute(), name=origin.name)
        git.text("init", "--quiet", "--bare", "--template=")
    git.text("config", f"remote.{_REMOTE}.url", origin.url)


def _remote_head(origin: Origin, target: Path, lock: int) -> str:
    said = _fetch(origin, target, ["ls-remote", "--symref", _REMOTE, "HEAD"], lock)
    found = re.match(r"ref: (refs/heads/\S+)\tHEAD", said)
    return found[1] if found else ""


def _fetch(
    origin: Origin,
    target: Path,
    arguments: list[str],
    lock: int,
    *,
    feed: str = "",
    most_bytes: int = MOST_BYTES,
    progress: Callable[[str], None] = lambda _: None,
) -> str:
    settings = [f"protocol.{name}.allow={_allowed(name, origin.url)}" for name in ("http", "https", "ssh", "file", "git")]
    settings += [
        "protocol.allow=never",
        "gc.auto=0",
        "maintenance.auto=false",
        "core.hooksPath=/dev/null",
        "credential.helper=",
        "http.lowSpeedLimit=1",
        f"http.lowSpeedTime={SILENT_SECONDS}",
    ]
    command = ["git", *(part for s in settings for part in ("-c", s)), f"--git-dir={target.absolute()}", *arguments]
    process = subprocess.Popen(  # noqa: S603  # fixed program; the URL was checked and is not in the arguments
        command,
        stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(_secret_environment(origin)),
        start_new_session=True,
        pass_fds=(lock,),  # should this process be killed, its git goes on holding the clone until it ends
        text=True,
        errors="replace",
    )
    started = time.monotonic()
    try:
        while True:
            try:
                said, complaint = process.communicate(feed or None, timeout=1.0)
                break
            except subprocess.TimeoutExpired:
                _watch(origin, target, most_bytes, time.monotonic() - started, progress)
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        raise _failure(origin, complaint)
    return said


def _watch(origin: Origin, target: Path, most_bytes: int, seconds: float, progress: Callable[[str], None]) -> None:
    size = sum(_size(path) for path in target.glob("objects/pack/*"))
    if size > most_bytes:
        raise CloneRefusedError(f"the history of {origin.name} is larger than {most_bytes >> 20} MB and was not kept")
    if seconds > _LONGEST_SECONDS:
        raise CloneUnavailableError(f"fetching the history of {origin.name} took longer than an hour")
    progress(f"fetching {origin.name}: {size / 1e6:.1f} MB after {seconds:.0f} s")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # git renames its temporary files while we look
        return 0


def _failure(origin: Origin, complaint: str) -> HistoryError:
    said = first_complaint(_without(complaint, origin.secret))
    if _REFUSED.search(complaint):
        return CloneRefusedError(f"the history of {origin.name} cannot be fetched: {said}")
    return CloneUnavailableError(f"the history of {origin.name} could not be fetched: {said}")


def _without(text: str, secret: str) -> str:
    return text.replace(secret, "***") if secret else text


def _allowed(protocol: str, url: str) -> str:
    scheme = urlsplit(url).scheme if "://" in url else "ssh"
    return "always" if protocol == scheme else "never"


def _secret_environment(origin: Origin) -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in _NETWORK if name in os.environ}
    kept["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes"
    if not origin.secret:
        return kept
    basic = base64.b64encode(f"{origin.user}:{origin.secret}".encode()).decode("ascii")
    # Named for this one server, so that a redirect elsewhere does not get it.
    server = urlunsplit(urlsplit(origin.url)._replace(path="/", query="", fragment=""))
    return {
        **kept,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server}.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
    }


def _host(netloc: str) -> str:
    return netloc.rpartition("@")[2]
