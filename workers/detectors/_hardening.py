"""Other files that guard a project, before and after: updates, reports, fuzzing and hardening."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from workers.detectors import _yaml

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_HARDENING = {
    "a sanitizer": re.compile(r"-fsanitize=|\bASAN_OPTIONS\b|\bwith_(?:asan|ubsan|msan)\b"),
    "the stack protector": re.compile(r"-fstack-protector"),
    "checked library calls": re.compile(r"_FORTIFY_SOURCE=[1-9]"),
    "read-only relocations": re.compile(r"-z,?\s?relro\b"),
    "the sandbox": re.compile(r"\b(?:HAVE_|ENABLE_)?(?:LANDLOCK|landlock|SECCOMP|seccomp|CAPSICUM|capsicum|pledge)\b"),
}
_IFUNC = re.compile(r"--disable-ifunc\b|-D\w*IFUNC=(?:OFF|0)\b")
_PROBE = re.compile(
    r"(?:check_c\w*_source_(?:compiles|runs)|AC_(?:COMPILE|LINK|RUN)_IFELSE|AC_TRY_\w+|cc\.compiles|cc\.links)\s*\(",
    re.IGNORECASE,
)
_SANDBOX = re.compile(r"landlock|seccomp|capsicum|pledge|sandbox", re.IGNORECASE)
_NO_CODE = re.compile(r"^\s*[^\w\s{}();#\[\]/*\"'\\,+]{1,3}\s*$", re.MULTILINE)
_MOST_PROBE = 4_000


def updates(before: str, after: str) -> Iterator[str]:
    """Compare `.github/dependabot.yml` (docs.github.com, "Dependabot options reference")."""
    old, new = _updates(before), _updates(after)
    for place, limit in old.items():
        what = f"{place[0]} in {place[1]}"
        if place not in new and new:
            yield f"updates of {what} are no longer looked for"
        elif new.get(place) == "0" and limit != "0":
            yield f"updates of {what} are switched off"
    if old and not new:
        yield "updates are no longer looked for"


def _updates(text: str) -> dict[tuple[str, str], str]:
    found = {}
    for entry in map(_yaml.table, _yaml.items(_yaml.table(_yaml.read(text)).get("updates"))):
        for folder in _yaml.texts(entry.get("directories")) or _yaml.texts(entry.get("directory")) or ["/"]:
            found[str(entry.get("package-ecosystem", "")), folder] = str(entry.get("open-pull-requests-limit", ""))
    return found


def renovate(before: str, after: str) -> Iterator[str]:
    """Compare a renovate configuration in plain JSON (docs.renovatebot.com, "Configuration Options")."""
    old, new = _json(before), _json(after)
    if old is None or new is None:
        return
    if new.get("enabled") is False and old.get("enabled") is not False:
        yield "updates are switched off"
    alerts, alerts_now = _yaml.table(old.get("vulnerabilityAlerts")), _yaml.table(new.get("vulnerabilityAlerts"))
    if alerts_now.get("enabled") is False and alerts.get("enabled") is not False:
        yield "updates because of known weaknesses are switched off"


def _json(text: str) -> dict[str, Any] | None:
    try:
        return _yaml.table(json.loads(text))
    except (ValueError, RecursionError):
        return None


def contact(before: str, after: str) -> Iterator[str]:
    """Compare whom a security policy asks to be told (RFC 9116 for `security.txt`)."""
    old, new = (dict.fromkeys(a.lower() for a in _ADDRESS.findall(text)) for text in (before, after))
    gone, came = [a for a in old if a not in new], [a for a in new if a not in old]
    if gone and came:
        yield f"reports of weaknesses go to {came[0]} instead of {gone[0]}"
    elif gone and not new:
        yield f"reports of weaknesses no longer go to {gone[0]}"
    elif came and old:
        yield f"reports of weaknesses go to {came[0]} as well"


def fuzzing(before: str, after: str) -> Iterator[str]:
    """Compare a fuzzing project (google.github.io/oss-fuzz, "project.yaml")."""
    old, new = _yaml.table(_yaml.read(before)), _yaml.table(_yaml.read(after))
    if not old or not new:
        return
    for key, what in (("sanitizers", "sanitizer"), ("fuzzing_engines", "fuzzing engine")):
        left = set(_yaml.texts(new.get(key)))
        gone = [name for name in _yaml.texts(old.get(key)) if name not in left]
        if gone and left:
            yield f"the {what} {gone[0]} no longer runs"
    if _yaml.yes(new.get("disabled")) and not _yaml.yes(old.get("disabled")):
        yield "fuzzing is switched off"
    was, told = old.get("primary_contact"), new.get("primary_contact")
    if isinstance(was, str) and isinstance(told, str) and was != told:
        yield f"what fuzzing finds is told to {told} instead of {was}"


def build(before: str, after: str) -> Iterator[str]:
    """Compare a build script: hardening and sanitizers that are gone altogether, and probes that can no longer succeed."""
    for what, pattern in _HARDENING.items():
        if pattern.search(before) and not pattern.search(after):
            yield f"{what} is no longer part of the build"
    if _IFUNC.search(after) and not _IFUNC.search(before):
        yield "the build that is tested no longer contains what is chosen at run time (ifunc)"
    if len(_broken(after)) > len(_broken(before)):
        yield "a line that is no code makes the probe for the sandbox fail, which switches it off"


def _broken(text: str) -> list[str]:
    probes = [text[m.start() : m.start() + _MOST_PROBE] for m in _PROBE.finditer(text)]
    starts = [_PROBE.split(probe[1:], maxsplit=1)[0] for probe in probes]
    return [line for probe in starts if _SANDBOX.search(probe) for line in _NO_CODE.findall(probe)]
