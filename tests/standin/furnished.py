"""A repository with one of everything in the stand-in, and questions about all of it."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLInterfaceType, GraphQLUnionType, get_named_type, is_leaf_type, is_required_argument

from tests.graphql.check import schema
from tests.standin.estate import Estate, Repo, account

OLIVIA, HELPER = account(1, "olivia"), {"id": 31, "slug": "helper"}


def furnished(estate: Estate) -> Repo:
    """Return a repository with one of everything."""
    repo = estate.repo("app")
    repo.collaborators = [{**OLIVIA, "role_name": "maintain"}, {**account(2, "rita"), "role_name": "release-manager"}]
    repo.keys = [{"id": 6, "key": "ssh-ed25519 AAAA", "title": "ci", "read_only": False}]
    anybody = {"users": [OLIVIA], "teams": [{"id": 4, "slug": "core"}], "apps": [HELPER]}
    repo.protected["main"] = {
        "required_pull_request_reviews": {
            "required_approving_review_count": 2, "require_code_owner_reviews": True, "dismissal_restrictions": anybody,
            "bypass_pull_request_allowances": anybody,
        },
        "required_status_checks": {"strict": True, "contexts": ["ci"], "checks": [{"context": "ci", "app_id": 31}]},
        "restrictions": anybody, "enforce_admins": {"enabled": True}, "bypass_force_push_allowances": anybody,
        "required_deployment_environments": ["production"],
    }  # fmt: skip
    actors = ["Integration", "Team", "RepositoryRole", "OrganizationAdmin", "DeployKey"]
    repo.rulesets = [{
        "id": 8, "name": "releases", "target": "tag", "enforcement": "active", "rules": [{"type": "non_fast_forward"}],
        "bypass_actors": [{"actor_id": n, "actor_type": kind, "bypass_mode": "always"} for n, kind in enumerate(actors, 1)],
        "conditions": {"ref_name": {"include": ["~ALL"], "exclude": []}},
    }]  # fmt: skip
    several = {"repository_name": {"include": ["~ALL"], "exclude": []}, "repository_id": {"repository_ids": [repo.id]}}
    estate.rulesets = [{"id": 9, "name": "everywhere", "enforcement": "evaluate", "conditions": several, "rules": []}]
    reviewers = [{"type": "Team", "reviewer": {"id": 4, "slug": "core"}}, {"type": "User", "reviewer": OLIVIA}]
    repo.environments["production"] = []
    repo.gates["production"] = [{"id": 3, "type": "required_reviewers", "reviewers": reviewers}]
    repo.tags = {f"v{n}": f"{n}" * 40 for n in range(1, 4)}
    who = {"name": "Olivia", "email": "olivia@example.org", "date": "2024-01-01T00:00:00Z"}
    repo.objects["3" * 40] = {"type": "tag", "tag": "v3", "tagger": who, "object": {"sha": "1" * 40}}
    repo.objects["1" * 40] = {"type": "commit", "author": who, "committer": who, "message": "Begin\n\nAt last."}
    estate.accounts[who["email"]] = OLIVIA
    repo.files[("1" * 40, "src/main.c")] = b"int main;"
    asset = {"id": 5, "name": "app.tar.gz", "size": 7, "uploader": OLIVIA}
    repo.releases = [{"id": 2, "tag_name": "v1", "author": OLIVIA, "assets": [asset], "draft": False}]
    repo.pulls = [{
        "number": 4, "title": "Squash", "merged_at": "2024-02-01T00:00:00Z", "merge_commit_sha": "1" * 40, "user": OLIVIA,
        "merged_by": {"id": 7, "login": "queue[bot]", "type": "Bot"}, "head": {"sha": "2" * 40}, "base": {"ref": "main"},
    }]  # fmt: skip
    estate.grant(administration="write", organization_administration="write", pull_requests="read")
    return repo


def everything(kind: Any, given: dict[str, str], seen: set[str]) -> str:
    """Return a selection of all fields of a type, and of what they lead to, each type once."""
    if kind.name in seen:
        return "__typename"
    seen.add(kind.name)
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        parts = [(t.name, everything(t, given, seen)) for t in schema().get_possible_types(kind)]
        return "__typename " + " ".join(f"...on {name}{{{inside}}}" for name, inside in parts)
    return " ".join(one(kind, name, given, seen) for name in kind.fields)


def one(kind: Any, name: str, given: dict[str, str], seen: set[str]) -> str:
    """Return a field with the arguments that it needs."""
    field = kind.fields[name]
    inner = get_named_type(field.type)
    wanted = [f"{a}:{given[a]}" for a, v in field.args.items() if is_required_argument(v) or a == "expression"]
    arguments = ",".join(wanted + (["first:9"] if "first" in field.args else []))
    inside = "" if is_leaf_type(inner) else f"{{{everything(inner, given, seen)}}}"
    # Fields of one name that may be null in one type only may not share a place in the answer.
    return f"{kind.name}_{name}:{name}{f'({arguments})' if arguments else ''}{inside}"
