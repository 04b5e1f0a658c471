"""Serve a WSGI application on the loopback interface from threads of this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask, Request
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    """Requests are not news; what goes wrong in the application is still printed by the server."""

    protocol_version = "HTTP/1.1"  # clients keep their connections open, as with the real APIs
    wbufsize = -1  # in one piece: head and body apart would wait 40 ms for each other (RFC 896 against RFC 1122, 4.2.3.2)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Print nothing."""


class Routes(Flask):
    """Flask, with routes that are compiled once for all stand-ins that have the same: it is most of the work to make one."""

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self._rules: list[tuple[str, str, tuple[str, ...]]] = []

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,  # noqa: ARG002  # Flask's signature; nobody asks a stand-in for OPTIONS
        **options: Any,
    ) -> None:
        """Register a route; of Flask's options there is only `methods`."""
        if view_func is None or options.keys() - {"methods"}:
            raise TypeError("a stand-in's route has a function and methods, and nothing else")
        name = endpoint or view_func.__name__
        if self.view_functions.setdefault(name, view_func) != view_func:
            raise ValueError(f"two routes are called {name!r}")
        self._rules.append((rule, name, tuple(options.get("methods", ("GET",)))))

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """See Flask: this is asked before a request is routed."""
        self.url_map = _compiled(tuple(self._rules))
        return super().create_url_adapter(request)


@cache
def _compiled(rules: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Map:
    return Map([Rule(rule, endpoint=endpoint, methods=methods) for rule, endpoint, methods in rules])


class Serving:
    """A running server; `url` is known as soon as the object exists, requests are answered after `start`."""

    def __init__(self, app: Callable[..., Any], *, port: int = 0) -> None:
        self._server: BaseWSGIServer = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
