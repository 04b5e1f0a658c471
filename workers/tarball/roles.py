"""What a file in a source archive is for, by its path: what decides here is whether it runs when somebody builds.

The names that autotools, gettext and packaging tools put into archives are theirs: automake's manual, "Auxiliary Programs";
gettext's manual, "Invoking gettextize"; packaging.python.org, "Source distribution format".
"""

from __future__ import annotations

import re
from enum import StrEnum


class Role(StrEnum):
    """What a file is for."""

    MACRO = "build macro"
    SCRIPT = "script"
    BUILD = "build file"
    SOURCE = "source code"
    OPAQUE = "file nobody can read"
    GENERATED = "file the build tools generate"
    STAMP = "version or packaging data"
    TRANSLATION = "translation"
    DOCUMENT = "document"
    VENDORED = "submodule"
    DATA = "data"


RUNS = frozenset({Role.MACRO, Role.SCRIPT, Role.BUILD, Role.SOURCE})
"""Runs, or becomes what runs, when somebody builds from the archive."""

_I = re.IGNORECASE
_BASE = r"(?:.*/)?"
_RULES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (
        Role.GENERATED,
        re.compile(
            _BASE + r"(?:configure|Makefile\.in|aclocal\.m4|config(?:ure)?\.h(?:in|\.in)?|[\w.-]*config\.h\.in"
            r"|ltmain\.sh|config\.(?:guess|sub|rpath)|install-sh|missing|depcomp|compile|ar-lib|test-driver|tap-driver\.(?:sh|pl)|mkinstalldirs|py-compile|ylwrap"
            r"|mdate-sh|elisp-comp|acinclude\.m4~|stamp-[\w-]+(?:\.in)?|version\.texi|texinfo\.tex|autom4te\.cache/(?:output|traces|requests)[\w.]*|git-version-gen"
            r"|gitlog-to-changelog|po/(?:Makefile\.in\.in|Makevars(?:\.template)?|Rules-quot|POTFILES|[\w@-]+\.(?:sed|sin|header)))"
        ),
    ),
    (
        Role.STAMP,
        re.compile(
            _BASE
            + r"(?:PKG-INFO|[^/]+\.(?:egg|dist)-info/[^/]+|EGG-INFO/.*|\.git_archival\.txt|\.tarball-(?:version|git[\w-]*)"
            r"|\.version|VERSION(?:\.txt)?|RELEASE-VERSION|_version(?:_info)?\.py|version\.(?:py|h|txt)|META\.(?:json|yml)|MANIFEST|\.gitignore)"
        ),
    ),
    (Role.MACRO, re.compile(r".*\.(?:m4|m4f|ac)")),
    (
        Role.BUILD,
        re.compile(
            _BASE + r"(?:GNU)?[Mm]akefile(?:[._-][\w.-]+)?|.*\.(?:mk|mak|am|cmake|cmake\.in|gyp|gypi|gradle|kts|bazel|bzl"
            r"|targets|props|vcxproj|nsi|spec)|"
            + _BASE
            + r"(?:CMakeLists\.txt|meson\.build|meson_options\.txt|meson\.options|SConstruct|SConscript"
            r"|BUILD|WORKSPACE|setup\.(?:py|cfg)|pyproject\.toml|package\.json|binding\.gyp|build\.(?:rs|zig|xml|sbt)|Cargo\.toml"
            r"|pom\.xml|Rakefile|Gemfile|[^/]+\.gemspec|extconf\.rb|Dockerfile|tox\.ini|noxfile\.py|hatch_build\.py|conanfile\.py"
            r"|wscript|waf|configure\.(?:in|cmake|py)|Makefile\.PL|Build\.PL|[^/]+\.pth|(?:site|user)customize\.py"
            r"|(?:pre|post)-?install(?:\.\w+)?|\.github/workflows/.*)"
        ),
    ),
    (
        Role.SCRIPT,
        re.compile(
            r".*\.(?:sh|bash|zsh|ksh|csh|fish|ps1|psm1|bat|cmd|pl|awk|sed|tcl|vbs|com|in\.sh)|"
            + _BASE
            + r"(?:bootstrap|autogen)",
            _I,
        ),
    ),
    (
        Role.SOURCE,
        re.compile(
            r".*\.(?:c|cc|cpp|cxx|c\+\+|h|hh|hpp|hxx|inc|inl|s|asm|nasm|rs|go|js|mjs|cjs|jsx|ts|tsx|py|pyi|pyx|pxd|rb|php|java|kt|scala|cs|fs|vb|swift"
            r"|mm?|d|zig|nim|lua|jl|r|hs|ml|mli|el|lisp|scm|ex|exs|erl|clj|dart|l|y|ll|yy|lex|pas|f|f90|ads|adb|v|vhd|sv|cu|cl|glsl)",
            _I,
        ),
    ),
    (
        Role.OPAQUE,
        re.compile(
            r".*\.(?:xz|lzma|lz|lz4|zst|gz|tgz|bz2|br|zip|7z|rar|uu|bin|dat|img|iso|o|obj|a|lib|so(?:\.[0-9.]+)?|dylib|dll|exe|msi|node|wasm|class"
            r"|jar|war|pyc|pyd|pyo|elf|deb|rpm|whl|egg|bc|ko|apk)",
            _I,
        ),
    ),
    (Role.TRANSLATION, re.compile(r".*\.(?:po|pot|gmo|mo|qm|ts\.qm)|" + _BASE + r"LINGUAS")),
    (
        Role.DOCUMENT,
        re.compile(
            _BASE + r"(?:README|NEWS|ChangeLog|CHANGES|CHANGELOG|HISTORY|AUTHORS|THANKS|TODO|COPYING|LICEN[CS]E|INSTALL"
            r"|ABOUT-NLS|FAQ|RELEASE)[^/]*"
            r"|.*\.(?:md|rst|txt|html?|css|pdf|ps|texi|texinfo|info(?:-\d+)?|svg|png|jpe?g|gif|webp|[1-9](?:\.in|x|pm)?|man|mdoc|adoc|tex|dvi"
            r"|prebuilt)|(?:docs?|man|documentation)/.*",
            _I,
        ),
    ),
)
_NUMBERS = re.compile(r"\d+(?:[._-]?(?:\d+|rc|alpha|beta|dev|post|a|b)(?![A-Za-z]))*")


_TOOLS_FOLDER = re.compile(_BASE + r"(?:m4|build-aux|buildconf|config-aux|autotools)/[a-z][^/.]*")
"""Where build tools are kept; what has no suffix there is not mere data."""


def role(path: str, *, script: bool = False) -> Role:
    """Return what a file is for; `script` says that it begins with `#!`."""
    found = next((role for role, pattern in _RULES if pattern.fullmatch(path)), Role.DATA)
    if script and found in {Role.DATA, Role.DOCUMENT}:
        return Role.SCRIPT
    return Role.BUILD if found is Role.DATA and _TOOLS_FOLDER.fullmatch(path) else found


def generated(path: str) -> bool:
    """Say whether a path is of a file that build tools generate; quicker than `role`, for a hundred thousand of them."""
    return _RULES[0][1].fullmatch(path) is not None


def pattern(path: str) -> str:
    """Return a path in which each version or number is `#`, so that one release's differences are known in the next."""
    return _NUMBERS.sub("#", path)
