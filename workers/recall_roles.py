"""What stands for a role or a deploy key: so that an event and a poll which tell of one change are told once."""

from __future__ import annotations

from github_app import fact as f
from github_app.estate import Settings, Thing, settings

Name = tuple[str, str, str]


def standing(scope: str, fact: f.Fact) -> tuple[Name, str, Settings] | None:
    """Return under which name a fact is remembered, the name for people, and the settings that hold after it.

    None for facts of other kinds, and for those that do not say enough; empty settings for what is gone.
    """
    if isinstance(fact, f.AccessChanged) and fact.subject.id is not None and fact.after:
        key = f"person:{fact.subject.id}"
        if fact.scope == "organization":
            held = settings({"role": "owner"}) if fact.after == "owner" else ()
            return (scope, Thing.OWNER, key), fact.subject.login, held
        held = () if fact.after == "none" else settings({"role": fact.after})
        return (scope, Thing.COLLABORATOR, key), fact.subject.login, held
    if isinstance(fact, f.DeployKeyChanged):
        access = "read" if fact.read_only else "write"
        held = settings({"access": access, "fingerprint": fact.fingerprint}) if fact.added else ()
        return (scope, Thing.DEPLOY_KEY, f"deploy-key:{fact.key_id}"), fact.title, held
    return None
