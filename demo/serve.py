"""`trust-alerts serve` with the demo's WSGI application; started by `demo.server` with its settings in the environment."""

from __future__ import annotations

from github_app import settings as environment
from workers.serve import serve

if __name__ == "__main__":
    raise SystemExit(
        serve(environment.load(dotenv=None), set(), workers=2, web_processes=1, host="127.0.0.1", app="demo.wsgi:app")
    )
