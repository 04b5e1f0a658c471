"""Headers that keep a browser from doing more with our pages than showing them."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response

_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Only the origin: GitHub may look at where a manifest comes from, and no path of ours concerns anybody.
    "Referrer-Policy": "strict-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def harden(response: Response) -> Response:
    """Add the headers that a page did not set itself."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def allow_forms_to(response: Response, url: str) -> Response:
    """Let the forms of this one page be sent to the host of `url` as well."""
    parts = urlsplit(url)
    response.headers["Content-Security-Policy"] = f"{_POLICY} {parts.scheme}://{parts.netloc}"
    return response
