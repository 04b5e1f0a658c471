"""What the app says it cannot see, by the permissions that each installation gave it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.facts.conftest import GRANTED, Keys, settings_for
from tests.standin.github import Answer, GitHub
from workers import doctor


def test_doctor_names_what_each_account_refused(github: GitHub, app_keys: Keys, tmp_path: Path) -> None:
    """One sentence for each permission that is missing, with the account; what was given is not mentioned."""
    shown = [
        {"id": 99, "account": {"login": "acme"}, "permissions": {**GRANTED, "pull_requests": "read"}},
        {"id": 98, "account": None, "permissions": None},
    ]
    github.route("GET", "/app/installations", lambda _: Answer(body=shown))
    settings = replace(settings_for(github, app_keys.private), data_dir=tmp_path)
    said = [sentence for good, sentence in doctor.examine(settings) if not good]
    assert "acme: The app needs pull_requests: write, and does not have it." in said
    assert any(
        s.startswith("acme: Without administration: read the app does not see branch protection, rulesets") for s in said
    )
    assert "an account: The app needs contents: read, and does not have it." in said
    assert not [s for s in said if s.startswith("acme") and "members" in s]
