"""How often do the detectors that read contents speak about ordinary changes? On consecutive versions of real packages.

    python -m bench.contents FOLDER...    # each FOLDER holds archives of one package: pip download --no-binary, npm pack

Packages carry no history, so one is made: a project of two years, then the first version, then every file that changed from
version to version as a commit of its own, by somebody nobody knows: the harshest reading there is, because people of long
standing are not looked at. Prints every alert of these detectors, and how many files they were asked about.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from workers.backtest import backtest

READING = ("guard-weakened", "guard-call-removed", "unreadable-code-added")
_START, _WEEK = 1_500_000_000, 7 * 86_400
_MOST_FILE = 1 << 20


def main() -> None:
    """Measure each folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    files = alerts = 0
    for folder in parser.parse_args().folders:
        with tempfile.TemporaryDirectory(prefix="trust-alerts-bench-") as place:
            path = Path(place) / f"{folder.name}.git"
            changed = made(path, sorted((p for p in folder.iterdir() if p.is_file()), key=_version))
            report, failures = backtest(str(path), trial=True)
        found = [a for a in report.alerts if a.finding.detector in READING]
        print(f"{folder.name}: {len(found)} alerts about {changed:,} changed files{'; failures!' if failures else ''}")
        for alert in found:
            print(f"  {alert.finding.severity.value:<8} {alert.finding.title}")
        files, alerts = files + changed, alerts + len(found)
    print(f"{alerts} alerts about {files:,} changed files: one in {files // max(alerts, 1):,}")


def _version(path: Path) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", path.name)]


def made(path: Path, archives: list[Path]) -> int:
    """Make the repository and return how many files changed after the first version."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=main", str(path)], check=True, env=environment)
    lines = [_commit("Old Hand", _START + week * _WEEK, {"work": str(week).encode()}) for week in range(110)]
    now, changed = _START + 111 * _WEEK, 0
    before = _files(archives[0])
    lines.append(_commit("Old Hand", now, before))
    for number, archive in enumerate(archives[1:]):
        after = _files(archive)
        for name in sorted(after):
            if before.get(name) != after[name]:
                changed += 1
                now += 7_200
                lines.append(_commit(f"Newcomer {number}", now, {name: after[name]}))
        before = after
    told = b"".join(lines)
    subprocess.run(["git", f"--git-dir={path}", "fast-import", "--quiet"], input=told, check=True, env=environment)
    return changed


def _commit(who: str, at: int, files: dict[str, bytes]) -> bytes:
    person = f"{who} <{who.replace(' ', '.').lower()}@example.org> {at} +0000"
    head = f"commit refs/heads/main\nauthor {person}\ncommitter {person}\ndata 4\nWork\n".encode()
    return head + b"".join(
        f"M 100644 inline {name}\ndata {len(text)}\n".encode() + text + b"\n" for name, text in files.items()
    )


def _files(archive: Path) -> dict[str, bytes]:
    return dict(_members(archive))


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an archive without the folder they all lie in; nothing is written to the disk."""
    with tarfile.open(archive) as opened:
        for member in opened:
            name = member.name.partition("/")[2]
            content = opened.extractfile(member) if member.isfile() and member.size <= _MOST_FILE else None
            if content is not None and name and name.isprintable() and '"' not in name and ".." not in name.split("/"):
                yield name, content.read()


if __name__ == "__main__":
    main()
