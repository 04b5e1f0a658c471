"""What an organisation decides for all of its repositories and members.

https://docs.github.com/en/rest/orgs/orgs#get-an-organization, https://docs.github.com/en/rest/code-security/configurations,
https://docs.github.com/en/rest/actions/oidc
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from github_app.estate import Guard, Settings, settings
from github_app.fact import Fact
from github_app.organization_directions import EVERYBODYS_ROLE, FEATURES
from workers.github import Refused
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, Difference, Look, Origin, Seen, Tell, guard, words

_SWITCHES = (
    EVERYBODYS_ROLE, "two_factor_requirement_enabled", "deploy_keys_enabled_for_repositories",
    "members_can_invite_outside_collaborators", "members_can_change_repo_visibility", "members_can_delete_repositories",
    "members_can_create_public_repositories", "members_can_fork_private_repositories",
)  # fmt: skip


def _with_what_is_not_shown(now: Settings, before: Settings) -> Settings:
    """A switch that GitHub does not show is taken to be as it was last seen; a list would need more than that."""
    shown = {s.name for s in now}
    return tuple(sorted((*now, *(s for s in before if s.name not in shown))))


def _switches(kind: str) -> Tell:
    """Return the way to tell a difference of a set of switches: one that GitHub shows for the first time was always so."""

    def tell(look: Look, found: Sequence[Difference]) -> Sequence[Fact]:
        told = []
        for d in found:
            if d.before is not None and d.after is not None:
                before = replace(d.before, settings=_with_what_is_not_shown(d.before.settings, d.after.settings))
                d = replace(d, before=before)  # noqa: PLW2901 - the same difference, told better
            told.append(d)
        return guard(kind)(look, told)

    return tell


def _organisation(value: Json) -> Json:
    return texts(value, *_SWITCHES)


def _settings(look: Look) -> dict[str, Seen]:
    shown = look.ask.item(look.organisation, f"the settings of {look.where}", _organisation) or {}
    if EVERYBODYS_ROLE not in shown:
        # Without the permission GitHub does not refuse: it shows what everybody may see.
        raise Refused(f"GitHub shows no more of {look.where} than everybody may see")
    return {"settings": Seen(name="settings", settings=settings(shown))}


def _configuration(value: Json) -> Json:
    return texts(value, "id", "name", "target_type", "enforcement", *FEATURES)


def _default(value: Json) -> Json:
    chosen = value.get("configuration")
    return texts(value, "default_for_new_repos") | {"chosen": isinstance(chosen, dict) and bool(chosen)}


def _configurations(look: Look) -> dict[str, Seen]:
    base, what = f"{look.organisation}/code-security/configurations", f"the security configurations of {look.where}"
    listed = look.ask.items(base, what, _configuration, paged=False, per_page="100")
    found = {
        f"configuration:{one['id']}": Seen(
            name=str(one.get("name", "")),
            settings=settings(
                {"enforced": one.get("enforcement") == "enforced"} | {f: one[f] for f in FEATURES if f in one}
            ),
        )
        for one in listed
        if "id" in one and one.get("target_type") != "global"  # that one is GitHub's own, and changed by GitHub
    }
    chosen = look.ask.items(f"{base}/defaults", f"the default {what[4:]}", _default, paged=False)
    new = {str(d.get("default_for_new_repos")) for d in chosen if d["chosen"]}
    kinds = {"public": {"all", "public"}, "private": {"all", "private_and_internal"}}
    said = {f"new {kind} repositories": "configured" if new & words else "none" for kind, words in kinds.items()}
    found["defaults"] = Seen(name="for new repositories", settings=settings(said))
    return found


def _immutable(look: Look) -> dict[str, Seen]:
    path, what = f"{look.organisation}/settings/immutable-releases", f"which releases of {look.where} cannot be changed"
    shown: dict[str, Any] = look.ask.item(path, what, lambda v: texts(v, "enforced_repositories")) or {}
    state = settings({"repositories": shown.get("enforced_repositories", "none")})
    return {"immutable-releases": Seen(name="releases that cannot be changed", settings=state)}


def _claims(value: Json) -> Json:
    return texts(value, "use_immutable_subject") | {"claims": words(value.get("include_claim_keys"))}


def _subject(look: Look) -> dict[str, Seen]:
    path, what = f"{look.organisation}/actions/oidc/customization/sub", f"what jobs of {look.where} say of themselves"
    shown: dict[str, Any] = look.ask.item(path, what, _claims) or {}
    state = settings({"claim": shown.get("claims", []), "immutable": shown.get("use_immutable_subject", False)})
    return {"oidc-subject": Seen(name="the subject of jobs", settings=state)}


_READS = {"organization_administration": "read"}
SOURCES = (
    Origin(
        name="organisation-settings",
        sees="what members of the organisation may do, and what they have to",
        scope=ORGANISATION,
        needs=_READS,
        kind=Guard.ORGANIZATION_SETTINGS,
        read=_settings,
        tell=_switches(Guard.ORGANIZATION_SETTINGS),
        merge=_with_what_is_not_shown,
    ),
    Origin(
        name="security-configurations",
        sees="which security features the organisation's repositories have to have",
        scope=ORGANISATION,
        needs=_READS,
        kind=Guard.SECURITY_CONFIGURATION,
        read=_configurations,
        tell=_switches(Guard.SECURITY_CONFIGURATION),
        merge=_with_what_is_not_shown,
    ),
    Origin(
        name="immutable-releases",
        sees="which repositories' releases cannot be changed once they are published",
        scope=ORGANISATION,
        needs=_READS,
        kind=Guard.IMMUTABLE_RELEASES,
        read=_immutable,
        tell=guard(Guard.IMMUTABLE_RELEASES),
    ),
    Origin(
        name="oidc-subject",
        sees="what jobs have to say of themselves when they log in to a cloud",
        scope=ORGANISATION,
        needs=_READS,
        kind=Guard.OIDC_SUBJECT,
        read=_subject,
        tell=guard(Guard.OIDC_SUBJECT),
    ),
)
