"""Kinds of files by where they are: what runs by itself, what guards, what pulls in other code, what nobody can read.

Only paths are known for certain; contents may not be there. Every pattern is about a tool, never about a sample.
"""

from __future__ import annotations

import re
from functools import lru_cache

from github_app.fact import Commit

_I = re.IGNORECASE

INSTALL = re.compile(
    r"(?:.*/)?(?:_?(?:pre|post)[-_]?install(?:\.[a-z]+)?|binding\.gyp|(?:site|user)customize\.py|[^/]+\.pth|\.pnpmfile\.c?js)",
    _I,
)
"""Runs on the machine of whoever installs: npm's lifecycle scripts by their usual names, native add-ons, Python's start-up.

npm documentation, "Using npm: scripts"; https://docs.python.org/3/library/site.html
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

BUILD = re.compile(
    r"(?:.*/)?(?:configure(?:\.ac|\.in)?|(?:GNU)?Makefile(?:\.am|\.in)?|[^/]+\.(?:mk|m4|cmake)|CMakeLists\.txt|meson(?:\.build|_options\.txt)"
    r"|SConstruct|SConscript|autogen\.sh|bootstrap(?:\.sh)?|libtool|ltmain\.sh|build\.(?:rs|zig|sh|py|xml|gradle(?:\.kts)?)|BUILD(?:\.bazel)?"
    r"|WORKSPACE(?:\.bazel)?|MODULE\.bazel|(?:[^/]+\.)?Dockerfile|Dockerfile\.[^/]+|Containerfile|(?:mvnw|gradlew)(?:\.(?:cmd|bat))?|gradle/wrapper/.*"
    r"|setup\.py|hatch_build\.py|noxfile\.py|tox\.ini|(?:gulpfile|Gruntfile|(?:rollup|webpack|vite|babel)\.config)\.[cm]?[jt]s|Rakefile|[Jj]ustfile"
    r"|Taskfile\.ya?ml|configure\.(?:py|js)|[^/]+\.(?:bzl|targets))"
)
"""Decides what is compiled, how, and from what, on the machine of whoever builds the project."""

RELEASE = re.compile(
    r"(?:.*/)?(?:\.goreleaser\.ya?ml|\.releaserc(?:\.[a-z]+)?|release\.config\.[cm]?js|\.release-it\.[a-z]+|lerna\.json|cliff\.toml|\.npmignore"
    r"|MANIFEST\.in|\.pypirc|(?:[^/]*[-_])?(?:release|publish|deploy)(?:[-_][^/]*)?\.(?:sh|bash|py|[cm]?js|ts|ps1|rb|pl|ya?ml)|debian/rules|[^/]+\.spec"
    r"|snapcraft\.yaml|action\.ya?ml)"
)
"""Decides what users get: how a release is put together and where it goes."""

OPAQUE = re.compile(
    r".*\.(?:xz|lzma|lz|lz4|zst|gz|tgz|bz2|br|zip|7z|rar|uu|bin|dat|img|iso|o|obj|a|lib|so(?:\.[0-9.]+)?|dylib|dll|exe|msi"
    r"|node|wasm|class|jar|war|pyc|pyd|pyo|elf|deb|rpm|whl|egg|bc|ko|apk)",
    _I,
)
"""Compressed or compiled: nobody can read it in a review."""

GUARD = re.compile(
    r"(?:(?:\.github/|docs/)?CODEOWNERS|(?:\.github/|docs/)?SECURITY(?:\.\w+)?|\.github/dependabot\.ya?ml|(?:\.github/)?renovate\.json5?"
    r"|\.github/workflows/[^/]*(?:codeql|security|scorecard|fuzz|sanitiz|dependency-review|semgrep|zizmor|audit|provenance)[^/]*"
    r"|\.clusterfuzzlite/.*|\.github/trust-alerts\.ya?ml)",
    _I,
)
"""Guards the project: who must review, where to report, what scans, fuzzes and audits it."""

TESTS = re.compile(
    r"(?:.*/)?(?:[^/]*[-_])?(?:tests?|testdata|testing|fixtures?|samples?|corpus|corpora|spec|examples?)(?:[-_][^/]*)?/.*",
    _I,
)
"""Lies where tests and examples are."""


_ALL = (INSTALL, OPENING, MANIFEST, LOCK, WORKFLOW, BUILD, RELEASE, OPAQUE, GUARD)
_NONE: frozenset[int] = frozenset()
_MAYBE = re.compile("|".join(f"(?i:{kind.pattern})" for kind in _ALL))
"""What a file's bare name must look like to be of any kind, unless its folder says more. Most names do not."""


def touched(commit: Commit, *kinds: re.Pattern[str], status: str = "AMD") -> list[str]:
    """Return the paths of a commit that are of one of the kinds and have one of the statuses, in order, each once."""
    wanted = {id(kind) for kind in kinds}
    found = (p.path for p in commit.paths if p.status in status and not wanted.isdisjoint(_kinds(p.path)))
    return list(dict.fromkeys(found))


@lru_cache(maxsize=1 << 15)
def _kinds(path: str) -> frozenset[int]:
    """Return of which kinds a path is. Several detectors ask this about every path, most of which come again and again."""
    by_folder = path.startswith(".") or "/." in path or "wrapper/" in path or "debian/" in path
    if not by_folder and _MAYBE.fullmatch(path.rpartition("/")[2]) is None:
        return _NONE
    return frozenset(id(kind) for kind in _ALL if kind.fullmatch(path))


def guards(path: str) -> str:
    """Return one sentence: what a file that guards the project is good for."""
    name = path.rpartition("/")[2].upper()
    if LOCK.fullmatch(path):
        return "It pinned the code that is pulled in; without it the next build takes whatever is published by then."
    if name == "CODEOWNERS":
        return "It said whose review a change needs."
    if name.startswith("SECURITY"):
        return "It said how to report a weakness."
    return "It looked for weaknesses by itself."
