"""Lines in generated files that run what is not written there: they unpack, decode, fetch, or hand a pipe to a shell.

A `configure` has fifty thousand lines and half of them differ in the next release, so what changed says nothing. Yet of all
those lines next to none unpacks something and runs it: in the archives of two dozen projects those were automake's own for
`make distcheck`, libtool's and config.guess's, which are listed here. What a line does in a roundabout way is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_LINES = 50
_LONGEST_LINE, _LONGEST = 20_000, 200
_SHELL = r"(?:exec\s+)?(?:/usr)?(?:/bin/)?(?:ba|da|z|k)?sh\b(?![-=./\[\w])(?!\s*[|)])"
_UNPACKS = re.compile(
    rb"""(?x)
    (?<!\|)\|\s*(?:eval\b | """
    + _SHELL.encode()
    + rb""" | \$[({]?(?:CONFIG_)?SHELL\b | @SHELL@
        | (?:/usr/bin/)?(?:python[0-9.]*|perl)(?:\s+-)?\s*$)
    | (?<![\w-])(?:xz|gzip|bzip2|lzma|lz4|zstd|openssl|base64|base32|xxd)\s+(?:-\S+\s+|enc\s+)*
        (?:-[a-zA-Z0-9]*d[a-zA-Z0-9]*\b|--decode\b|--decompress\b)
    | (?<![\w.@$({/-])(?:zcat|xzcat|bzcat|uudecode|unxz|gunzip|bunzip2|unlzma)\s+[^|]*(?:[|<]|\$(?!\(am__))
    | (?<![\w.-])(?:curl|wget|ncat|socat)\s+(?:-[a-zA-Z]|https?:|ftp:)
    | /dev/(?:tcp|udp)/
    | (?<![\w-])(?:head|tail)\s+-c
    | (?<![\w-])tr\s+(?:"[^"]*\\[^"]*"|'[^']*\\[^']*')\s+\S+\s*<
    | \beval\s+["']?(?:`|\$\()
    | (?<![\w-])(?:grep|egrep)\s+-[a-zA-Z]*(?:a[a-zA-Z]*r|r[a-zA-Z]*a)
    | (?:^|[;&|`({]|\bthen|\bdo|\belse)\s*(?:\.|source)\s+[^\s;&|]*(?:test|doc|example|\.xz|\.gz|\.lzma)
    """
)
_MAY = re.compile(
    rb"eval|sh\b|SHELL|python|perl|xz|zip|lzma|lz4|zstd|openssl|base(?:64|32)|xxd|[xb]?zcat|uudecode|curl|wget|ncat|socat"
    rb"|/dev/|head|tail|tr\s|grep|\.\s|source"
)
_CASES = re.compile(rb"\s*\|?\s*[\w\[\].*?-]+(?:\s*\|\s*[\w\[\].*?-]+)*\s*[\\)]\s*")
"""Alternatives of a `case`, among which `sh` is a processor."""
_PREFIX = re.compile(rb"^\s*(?:@\w+@)+")
_QUOTES = re.compile(rb"[\[\]\s\"'\\;]+")
_NUMBER = re.compile(rb"\d+")
_TOOLS = re.compile(
    r"(?:tardir=\$\(distdir\) && \$\(am__tar\) \| |shar \$\(distdir\) \| )?"
    r"(?:eval GZIP= gzip (?:\$\(GZIP_ENV\) )?"
    r"-(?:dc \$\(distdir\)\.\w+\.gz \| (?:\$\(am__untar\)|unshar)|c >\$\(distdir\)\.\w+\.gz)"
    r"|(?:xz|zstd|bzip#|lzma) -dc \$\(distdir\)\.tar\.\w+#? \| \$\(am__untar\))"
    r"|eval (?:`|\$\()\$CC_FOR_BUILD -E \$dummy\.c #>/dev/null \| grep [\^\w| ]+(?:\| sed s, ,,g )?[`)]"
    r"|func_cygming_(?:ms|gnu)_implib_tmp=`\$NM \$func_to_tool_file_result \| eval \$global_symbol_pipe \| "
    r"\$E?GREP (?:[^|`]|\| A-Za-z)*`"
    r"|eval `\$SED -n -e /\^# ### BEGIN LIBTOOL TAG CONFIG: \$z \$/,/\^# ### END LIBTOOL TAG CONFIG: \$z \$/p < \$progpath`"
    r"|if eval `\$CC -print-prog-name=ld` --help #>&# \||\. \./conftest\.sh"
    r"|eval `printf %s n \w+\$\w+ \| (?:\$as_tr_sh|sed \$as_sed_sh )`=\w+"
)
"""What automake, libtool, config.guess and autoconf write themselves, as `commands` returns it."""
_LOADS = re.compile(
    rb"\b(?:exec|eval|compile|__import__|getattr)\s*\(|^\s*(?:import|from)\s+(?:os|subprocess|socket|urllib|base64|zlib|lzma"
    rb"|marshal|ctypes|requests|importlib|pickle|codecs|http)\b",
    re.MULTILINE,
)


def commands(text: bytes) -> frozenset[str]:
    """Return such lines without quotes, numbers and automake's conditions, and none that build tools write themselves."""
    found: set[str] = set()
    for line in _lines(text):
        shown = _NUMBER.sub(b"#", _QUOTES.sub(b" ", _PREFIX.sub(b"", line))).strip().decode("utf-8", "replace")
        if not _TOOLS.fullmatch(shown):
            found.add("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown[:_LONGEST]))
        if len(found) >= MOST_LINES:
            break
    return frozenset(found)


def _lines(text: bytes) -> Iterator[bytes]:
    for line in text.splitlines():
        if line.lstrip().startswith((b"#", b"dnl ")):
            continue
        if _MAY.search(line) and not _CASES.fullmatch(line[:_LONGEST]) and _UNPACKS.search(line[:_LONGEST_LINE]):
            yield line[:_LONGEST_LINE]


def loads(text: bytes) -> bool:
    """Say whether a Python file that should only state a version runs or loads something else."""
    return _LOADS.search(text) is not None
