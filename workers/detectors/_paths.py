"""Kinds of files by where they are: what runs by itself, what guards, what pulls in other code, what nobody can read.

Only paths are known for certain; contents may not be there. Every pattern is about a tool, never about a sample.
"""

from __future__ import annotations

import re

from github_app.fact import Commit

_I = re.IGNORECASE

INSTALL = re.compile(
    r"(?:.*/)?(?:_?(?:pre|post)[-_]?install(?:\.[a-z]+)?|binding\.gyp|(?:site|user)customize\.py|[^/]+\.pth|\.pnpmfile\.c?js)",
    _I,
)
"""Runs on the machine of whoever installs: npm's lifecycle scripts by their usual names, native add-ons, Python's start-up.

https://docs.npmjs.com/cli/v11/using-npm/scripts, https://docs.python.org/3/library/site.html
"""

OPENING = re.compile(
    r"(?:.*/)?(?:\.vscode/(?:tasks|settings|launch)\.json|\.envrc|\.devcontainer(?:/.*|\.json)|\.husky/.*|\.githooks/.*|\.mvn/.*"
    r"|\.npmrc|\.yarnrc(?:\.yml)?|\.mcp\.json|\.(?:claude|gemini|cursor)/.*|\.idea/runConfigurations/.*)"
)
"""Runs, or decides what runs, once somebody opens or works in a checkout: editors, shells, git hooks, package managers."""

MANIFEST = re.compile(
    r"(?:.*/)?(?:package\.json|setup\.(?:py|cfg)|pyproject\.toml|Pipfile|requirements[^/]*\.txt|go\.mod|Cargo\.toml|pom\.xml"
    r"|build\.gradle(?:\.kts)?|Gemfile|[^/]+\.gemspec|composer\.json|[^/]+\.csproj|mix\.exs|pubspec\.yaml|\.gitmodules)"
)
"""Says which other code is pulled in."""

LOCK = re.compile(
    r"(?:.*/)?(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.lock|poetry\.lock|uv\.lock"
    r"|Pipfile\.lock|go\.sum|composer\.lock|Gemfile\.lock|gradle\.lockfile)"
)
"""Pins the code that is pulled in."""

WORKFLOW = re.compile(r"\.github/workflows/.*|\.gitlab-ci\.yml|\.circleci/.*|\.travis\.yml|azure-pipelines\.yml|Jenkinsfile")
"""Runs in continuous integration, where the secrets are."""

TESTS = re.compile(
    r"(?:.*/)?(?:[^/]*[-_])?(?:tests?|testdata|testing|fixtures?|samples?|corpus|corpora|spec|examples?)(?:[-_][^/]*)?/.*",
    _I,
)
"""Lies where tests and examples are."""


def touched(commit: Commit, *kinds: re.Pattern[str], status: str = "AMD") -> list[str]:
    """Return the paths of a commit that are of one of the kinds and have one of the statuses, in order, each once."""
    found = (p.path for p in commit.paths if p.status in status and any(kind.fullmatch(p.path) for kind in kinds))
    return list(dict.fromkeys(found))
