"""The demo's start page: the timeline as it grows, and where to look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask, render_template

from demo.screen import Screen
from demo.standin.serving import Serving

Links = list[tuple[str, str, str]]


class StartPage:
    """A page on its own port. `links` gives (address, title, what is there) and may grow."""

    def __init__(self, screen: Screen, links: Callable[[], Links], *, port: int = 0) -> None:
        self._screen, self._links = screen, links
        app = Flask(__name__, static_folder=None, template_folder=str(Path(__file__).parent / "standin" / "templates"))
        app.add_url_rule("/", view_func=self._page)
        app.add_url_rule("/version", view_func=self._version)
        self.serving = Serving(app, port=port)
        self.url = self.serving.url

    def _version(self) -> dict[str, int]:
        return {"version": len(self._screen.lines)}

    def _page(self) -> str:
        lines = [line for line in self._screen.lines if line.kind != "quiet"]
        return render_template(
            "start.html", lines=lines, links=self._links(), version=len(self._screen.lines), screen=self._screen
        )
