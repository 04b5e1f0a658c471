"""Deploy keys.

https://docs.github.com/en/rest/deploy-keys/deploy-keys
"""

from __future__ import annotations

from collections.abc import Sequence

from github_app.estate import Thing, settings
from github_app.fact import DeployKeyChanged, Fact
from workers.facts.events.deploy_keys import fingerprint
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import REPOSITORY, Difference, Look, Origin, Seen


def _key(value: Json) -> Json:
    said = value.get("key")
    return texts(value, "id", "title", "read_only") | {"fingerprint": fingerprint(said if isinstance(said, str) else "")}


def _keys(look: Look) -> dict[str, Seen]:
    found = look.ask.items(f"{look.repo}/keys", f"the deploy keys of {look.where}", _key)
    return {
        f"deploy-key:{key['id']}": Seen(
            name=str(key.get("title", "")),
            settings=settings({"access": "read" if key.get("read_only") else "write", "fingerprint": key["fingerprint"]}),
        )
        for key in found
        if "id" in key
    }


def _tell(look: Look, found: Sequence[Difference]) -> list[Fact]:
    facts: list[Fact] = []
    for d in found:
        seen = d.after or d.before
        said = {s.name: s.value for s in seen.settings} if seen else {}
        facts.append(
            DeployKeyChanged(
                key_id=int(d.key.partition(":")[2]),
                title=seen.name if seen else "",
                fingerprint=said.get("fingerprint", ""),
                read_only=said.get("access") == "read",
                added=d.after is not None,
                **look.common(),
            )
        )
    return facts


SOURCES = (
    Origin(
        name="deploy-keys",
        sees="a repository's deploy keys",
        scope=REPOSITORY,
        needs={"administration": "read"},
        kind=Thing.DEPLOY_KEY,
        read=_keys,
        tell=_tell,
    ),
)
