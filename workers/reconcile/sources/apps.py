"""Other apps in the organisation and what they may do.

https://docs.github.com/en/rest/orgs/orgs#list-app-installations-for-an-organization
"""

from __future__ import annotations

from github_app.estate import Thing, settings
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, Look, Origin, Seen, inventory


def _installed(value: Json) -> Json:
    permissions = value.get("permissions")
    return texts(value, "id", "app_id", "app_slug", "repository_selection") | {
        "permissions": texts(permissions, *permissions) if isinstance(permissions, dict) else {},
        "suspended": value.get("suspended_at") is not None,
    }


def _apps(look: Look) -> dict[str, Seen]:
    path, what = f"{look.organisation}/installations", f"the apps installed in {look.where}"
    found = look.ask.items(path, what, _installed, inside="installations")
    return {
        f"app:{app['app_id']}": Seen(
            name=str(app.get("app_slug", "")),
            settings=settings(
                {
                    "repositories": app.get("repository_selection", ""),
                    "suspended": app["suspended"],
                    "permission": app["permissions"],
                }
            ),
        )
        for app in found
        if "app_id" in app and app["app_id"] != look.app_id  # what this app may do is told by events
    }


SOURCES = (
    Origin(
        name="other-apps",
        sees="which other apps are installed and what they may do",
        scope=ORGANISATION,
        needs={"organization_administration": "read"},
        kind=Thing.APP,
        prefix="app:",
        read=_apps,
        tell=inventory(Thing.APP),
    ),
)
