"""Somebody who came a short while ago replaced a call that guards by its twin that does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from github_app.fact import CommitsLanded
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _contents, _standing, _words

_MOST = 3
_CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
_PREFIX = re.compile(r"(?:safe|secure|checked|bounded|sanitized|escaped)_?(?=\w)", re.IGNORECASE)
_SUFFIX = re.compile(r"(?<=\w)_?(?:_s|safe|secure|checked|escaped)", re.IGNORECASE)
# CERT C STR07-C, STR31-C, FIO21-C, MSC24-C; OpenSSL CRYPTO_memcmp(3); docs.python.org/3/library/hmac.html
_TWINS = {
    "strlcpy": ("strcpy", "strcat"), "strlcat": ("strcat", "strcpy"), "strncpy": ("strcpy",), "strncat": ("strcat",),
    "snprintf": ("sprintf",), "vsnprintf": ("vsprintf",), "fgets": ("gets",), "mkstemp": ("mktemp", "tmpnam", "tempnam"),
    "explicit_bzero": ("bzero", "memset"), "memset_explicit": ("memset",), "CRYPTO_memcmp": ("memcmp",),
    "timingsafe_bcmp": ("bcmp", "memcmp"), "ConstantTimeCompare": ("Equal",), "execFile": ("exec",),
    "execFileSync": ("execSync",), "reallocarray": ("realloc",), "literal_eval": ("eval",),
}  # fmt: skip
_OFF = {
    "checks certificates": re.compile(
        r"\bverify\s*=\s*False\b|InsecureSkipVerify\s*[:=]+\s*true\b|rejectUnauthorized['\"]?\s*:\s*false\b"
        r"|NODE_TLS_REJECT_UNAUTHORIZED['\"\]]*\s*=\s*['\"]?0|SSL_VERIFY(?:PEER|HOST)\s*,\s*(?:0|false)\b"
        r"|_create_unverified_context\b|\bcheck_hostname\s*=\s*False\b|--no-check-certificate\b"
        r"|StrictHostKeyChecking[= ]no\b|danger_accept_invalid_certs\(\s*true|SSL_VERIFY_NONE\b"
    ),
    "runs the checks before a commit": re.compile(r"\bgit\s[^\n]{0,200}--no-verify\b"),
    "keeps a download apart from running it": re.compile(
        r"\b(?:curl|wget)\b[^\n|]{0,300}\|\s*(?:sudo\s+)?(?:/bin/)?(?:ba|da|z|k)?sh\b|\b(?:ba)?sh\s+(?:-c\s+)?[\"']?[$<]\((?:curl|wget)\b"
        r"|\biex\b[^\n]{0,300}\bDownloadString\b",
    ),
}


def detect(change: Change) -> Iterable[Finding]:
    """Report guarded calls that gave way to unguarded ones in the same file, and checks that were switched off in code."""
    fact: CommitsLanded = change.fact
    if not fact.guarded:
        return
    told: dict[str, list[tuple[_contents.Rewritten, list[str]]]] = {}
    for file in _contents.rewritten(fact, _contents.is_code):
        losses = list(_losses(file.before, file.after)) if file.before else []
        if losses and _contents.recent(change.ledger, file.author, fact.at):
            told.setdefault(file.commit.sha, []).append((file, losses))
    for found in told.values():
        yield _finding(change, found)


def _losses(before: str, after: str) -> Iterator[str]:
    old, new = Counter(_CALL.findall(before)), Counter(_CALL.findall(after))
    for name, count in old.items():
        twin = next((t for t in _twins(name) if new[t] > old[t]), "") if new[name] < count else ""
        if twin:
            times = min(count - new[name], new[twin] - old[twin])
            yield f"{name} became {twin}" + (f" in {times} places" if times > 1 else "")
    for what, pattern in _OFF.items():
        if len(pattern.findall(after)) > len(pattern.findall(before)):
            yield f"it no longer {what}"


def _twins(name: str) -> list[str]:
    """Return the names that do the same without the guard."""
    bare = {_PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name, _without_suffix(name)} - {name}
    unchecked = [f"{name}_unchecked", f"unsafe_{name}", f"{name}_unsafe"]
    return [*_TWINS.get(name, ()), *sorted(b for b in bare if len(b) > 2), *unchecked]


def _without_suffix(name: str) -> str:
    end = _SUFFIX.search(name)
    while end is not None and end.end() != len(name):
        end = _SUFFIX.search(name, end.start() + 1)
    return name[: end.start()] if end is not None else name


def _finding(change: Change, found: list[tuple[_contents.Rewritten, list[str]]]) -> Finding:
    fact: CommitsLanded = change.fact
    file, losses = found[0]
    looked = _standing.landed_by_old_hand(change.ledger, fact.actor, file.author, fact.at)
    by = f" {fact.actor.label} let it in." if fact.actor is not None and looked else ""
    others = sum(len(x) for _, x in found) - 1
    more = f", and {others} more" if others else ""
    return Finding(
        severity=Severity.LOW if looked else Severity.MEDIUM,
        subject=Subject(person=file.author),
        title=f"{_words.named(file.author)} took a guard out of {file.path}: {losses[0]}{more}",
        why=f"The code does the same as before until somebody sends what the guard was there for. "
        f"{_words.path(change.ledger, file.author, fact.at)}{by}",
        before="guarded",
        after="; ".join(f"{f.path}: {', '.join(x[:_MOST])}" for f, x in found[:_MOST]) + f" in {file.commit.sha}",
        evidence=(
            Evidence(kind="commit", value=file.commit.sha),
            *(Evidence(kind="path", value=f.path) for f, _ in found[:_MOST]),
        ),
        powers=(Power.MERGER, Power.COMMITTER),
        pull=fact.pull,
    )


DETECTOR = Detector(
    watches=(CommitsLanded,),
    stage=Stage.TRIAL,
    severities=(Severity.LOW, Severity.MEDIUM),
    reads=_contents.wishes_for_code,
    detect=detect,
)
