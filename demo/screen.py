"""What the reader sees while the demo runs: a timeline, with a progress bar on a terminal and plain lines elsewhere."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

_STYLES = {"story": "", "app": "bold", "slack": "bold yellow", "github": "bold cyan", "quiet": "dim", "bad": "bold red"}
_MARKS = {"story": "  ", "app": "■ ", "slack": "▲ ", "github": "▲ ", "quiet": "  ", "bad": "✗ "}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline; `kind` is story, app, slack, github, quiet or bad, `at` the day in the story."""

    kind: str
    at: dt.datetime | None
    text: str
    url: str = ""


class Screen:
    """Prints lines and keeps them for the start page. Safe to use from several threads."""

    def __init__(self, *, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        self.lines: list[Line] = []
        self.done = 0
        self.total = 0
        self._lock = threading.Lock()
        self._bar: tuple[Progress, TaskID] | None = None
        self._percent = 0

    def say(self, text: str, kind: str = "app", at: dt.datetime | None = None, url: str = "") -> None:
        """Print a line of the timeline."""
        with self._lock:
            self.lines.append(Line(kind, at, text, url))
            day = f"{at:%Y-%m-%d}  " if at else ""
            style = _STYLES[kind]
            body = escape(f"{day}{_MARKS[kind]}{text}")
            self.console.print(f"[{style}]{body}[/]" if style else body)

    def blank(self) -> None:
        """Print an empty line."""
        self.console.print()

    @contextmanager
    def progress(self, total: int) -> Iterator[None]:
        """Show how far the story is while the block runs."""
        self.total = total
        if not self.console.is_terminal:
            yield
            return
        columns = (TextColumn("{task.description}"), BarColumn(None), MofNCompleteColumn(), TextColumn("deliveries"))
        with Progress(*columns, console=self.console, transient=True) as bar:
            self._bar = (bar, bar.add_task("2022-01", total=total))
            yield
        self._bar = None

    def advance(self, at: dt.datetime) -> None:
        """Count one delivery; without a terminal a line is printed at every tenth of the way."""
        self.done += 1
        if self._bar is not None:
            bar, task = self._bar
            bar.update(task, advance=1, description=f"{at:%Y-%m}")
        elif (percent := self.done * 100 // max(1, self.total) // 10 * 10) > self._percent:
            self._percent = percent
            self.say(f"{self.done} of {self.total} deliveries sent", "quiet", at)
