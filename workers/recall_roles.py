"""What stands for a role, a deploy key or a tag: so that an event and a poll which tell of one change are told once."""

from __future__ import annotations

from github_app import fact as f
from github_app.estate import Settings, Thing, settings, value_of
from github_app.store.columns import KEY, clean

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
    if isinstance(fact, f.InstallationChanged) and fact.action == "deleted":
        return (scope, Thing.THIS_APP, f"installation:{fact.installation_id}"), fact.organization, ()
    if isinstance(fact, f.TagCreated | f.TagMoved | f.TagDeleted):
        tagged = _tagged(fact)
        return None if tagged is None else ((scope, Thing.TAG, clean(f"tag:{fact.name}", KEY)), fact.name, tagged)
    return None


def _tagged(fact: f.TagCreated | f.TagMoved | f.TagDeleted) -> Settings | None:
    """Return what a tag's ref holds, as GitHub lists it: the tag object of an annotated one; None where that is not told."""
    if isinstance(fact, f.TagDeleted):
        return ()
    if isinstance(fact, f.TagMoved):
        return settings({"sha": fact.after})
    if fact.annotated is None or not (fact.tag_object if fact.annotated else fact.target):
        return None
    kind, sha = ("tag", fact.tag_object) if fact.annotated else ("commit", fact.target)
    return settings({"sha": sha, "type": kind})


def already_told(fact: f.Fact, held: Settings, stored: Settings) -> bool:
    """Say whether what a fact tells is stored as it is, so that somebody was told of it.

    A new tag is always judged: GitHub's list does not say who made it, and what is said about it twice is one alert.
    """
    if isinstance(fact, f.TagCreated):
        return False
    if isinstance(fact, f.TagMoved):
        return value_of(held, "sha") == value_of(stored, "sha")
    # That an owner is gone from the list is no word about their membership.
    member = isinstance(fact, f.AccessChanged) and not held and fact.after != "none"
    return held == stored and not member
