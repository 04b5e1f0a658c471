"""Serve a WSGI application on the loopback interface from threads of this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    """Requests are not news; what goes wrong in the application is still printed by the server."""

    protocol_version = "HTTP/1.1"  # clients keep their connections open, as with the real APIs
    wbufsize = -1  # in one piece: head and body apart would wait 40 ms for each other (RFC 896 against RFC 1122, 4.2.3.2)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Print nothing."""


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
