"""Look at every request the app sends to GitHub from this process, where it leaves for the network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from tests.graphql import check as graphql
from tests.openapi.check import complaints


@contextmanager
def watched() -> Iterator[list[str]]:
    """Collect complaints about requests sent meanwhile; those of the app are known by the API version they name."""
    found: list[str] = []
    send = HTTPAdapter.send

    def looked_at(self: HTTPAdapter, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        if "X-GitHub-Api-Version" in request.headers:
            if (request.path_url or "").endswith("/graphql"):
                found.extend(f"{request.method} /graphql: {c}" for c in graphql.complaints(request.body))  # type: ignore[arg-type]
            else:
                found.extend(complaints(str(request.method), str(request.url), request.body))  # type: ignore[arg-type]
        return send(self, request, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", looked_at)
        yield found
