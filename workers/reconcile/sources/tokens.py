"""Fine-grained personal access tokens that reach what the organisation has.

Where the organisation does not ask for approval, no event tells of them. Classic tokens are in no list.
https://docs.github.com/en/rest/orgs/personal-access-tokens
"""

from __future__ import annotations

from collections.abc import Sequence

from github_app.estate import Settings, Thing, settings, value_of
from github_app.fact import Fact
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, Difference, Look, Origin, Seen, inventory, people, person

_KINDS = ("organization", "repository", "other")


def _token(value: Json) -> Json:
    granted = _table(value.get("permissions"))
    kept = texts(value, "id", "token_id", "token_name", "repository_selection")
    return kept | {
        "owner": people(_table(value.get("owner"))),
        "permissions": {kind: texts(_table(granted.get(kind)), *_table(granted.get(kind))) for kind in _KINDS},
    }


def _table(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _tokens(look: Look) -> dict[str, Seen]:
    path, what = f"{look.organisation}/personal-access-tokens", f"the tokens that reach {look.where}"
    return {
        f"token:{token['id']}": Seen(
            name=str(token.get("token_name", "")),
            settings=settings(
                {
                    "token": token.get("token_name", ""),
                    "token_id": token.get("token_id"),
                    "repositories": token.get("repository_selection", ""),
                    **token["permissions"],
                }
            ),
            subject=person(token["owner"]["id"], str(token["owner"]["login"])),
        )
        for token in look.ask.items(path, what, _token)
        if "id" in token
    }


def _tell(look: Look, found: Sequence[Difference]) -> Sequence[Fact]:
    """What somebody approved was told by its event, with who did."""
    asked = look.ask.store.snapshots.all(look.ask.scope, Thing.TOKEN_REQUEST).values()
    approved = {_reach(request.settings) for request in asked if value_of(request.settings, "state") == "approved"}
    news = [d for d in found if d.after is None or _reach(d.after.settings) not in approved]
    return inventory(Thing.TOKEN)(look, news)


def _reach(state: Settings) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    may = tuple((s.name, s.value) for s in state if s.name.startswith(tuple(f"{kind}." for kind in _KINDS)))
    return value_of(state, "token_id"), value_of(state, "repositories"), may


SOURCES = (
    Origin(
        name="organisation-tokens",
        sees="which personal access tokens reach the organisation",
        scope=ORGANISATION,
        needs={"organization_personal_access_tokens": "read"},
        kind=Thing.TOKEN,
        read=_tokens,
        tell=_tell,
    ),
)
