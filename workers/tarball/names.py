"""Which files of a release are its sources, by name; what is not is found out by what is in it."""

from __future__ import annotations

import re

_ARCHIVE = re.compile(r".*\.(?:tar(?:\.(?:gz|xz|bz2|zst))?|tgz|txz|tbz2?|zip|crate)", re.IGNORECASE | re.DOTALL)
_BUILT = re.compile(
    r"(?:^|[-_.+])(?:linux|darwin|mac(?:os)?x?|osx|apple|win(?:dows)?(?:32|64)?|mingw\w*|msvc\w*|cygwin|msys2?|freebsd|openbsd|netbsd|android"
    r"|ios|wasm\w*|wasi|x86(?:[-_]64)?|x64|amd64|i[3-6]86|arm(?:64|hf|v\d\w*)?|aarch64\w*|riscv\w*|ppc\w*|powerpc\w*|s390x?|mips\w*|sparc\w*"
    r"|loong\w*|universal2?|musl\w*|gnu|glibc|static|bin(?:ary|aries)?|debug|symbols|dbg|pdb|sdk|bundle|installer|portable|docs?|html|man)"
    r"(?=$|[-_.+])",
    re.IGNORECASE,
)


def is_source(name: str) -> bool:
    """Say whether a release's file looks like an archive of sources: it names no platform and no product of building."""
    return _ARCHIVE.fullmatch(name) is not None and _BUILT.search(name) is None
