"""What counts as a difference that matters, and what is normal in a release's archive."""

from __future__ import annotations

import tarfile

import pytest

from tests.tarball.archives import TAGGED, blob, compared, member, packed, release, told, tree
from workers.tarball import macros

PUBLISHED = next(name for name in ("gettext.m4", "iconv.m4") if name in macros._known())


def test_generated_files_stay_quiet() -> None:
    """What autotools add to an archive is no finding, and everything else is as tagged."""
    found = compared(release())
    assert (found.related, found.files, found.same, told(found)) == (True, 7, 5, [])


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2", "w"])
def test_the_form_of_the_archive_changes_nothing(mode: str) -> None:
    """The same files are the same, however they are packed."""
    assert told(compared(release({"m4/extra.m4": b"x\n"}, mode=mode))) == ["added m4/extra.m4"]


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("m4/widget.m4", "altered"),
        ("configure.ac", "altered"),
        ("src/main.c", "altered"),
        ("Makefile.am", "altered"),
        ("m4/stage-two.m4", "added"),
        ("tests/run.sh", "added"),
    ],
)
def test_clear_signs_need_no_earlier_release(path: str, how: str) -> None:
    """A tagged file that is another one, and a macro or script from nowhere, are told on the first day."""
    found = compared(release({path: b"eval something else\n"}))
    assert told(found) == [f"{how} {path}"]


def test_a_script_without_a_suffix_is_a_script() -> None:
    """What begins with `#!` runs, whatever it is called."""
    assert told(compared(release({"tools/fetch": b"#!/usr/bin/env python3\n"}))) == ["added tools/fetch"]


def test_a_macro_that_is_not_the_published_one_is_told() -> None:
    """A known name with a known serial and other contents is nobody's."""
    serial = max(macros._known()[PUBLISHED].blobs)
    copy = f"# {PUBLISHED}\n# serial {serial}\ngl_am_configmake=x\n".encode()
    (one,) = compared(release({f"m4/{PUBLISHED}": copy})).fresh
    assert (one.path, one.note) == (f"m4/{PUBLISHED}", f"it is not the published file with serial {serial}")


def test_a_serial_from_far_in_the_future_is_told() -> None:
    """A copy that claims to be thirty versions on is no upgrade: whoever replaces one wants theirs to win."""
    found = compared(release({"m4/build-to-host.m4": b"# build-to-host.m4 serial 30\n"}))
    assert [one.note for one in found.fresh] == ["it says serial 30, and the newest that was published is 5"]


def test_what_always_was_there_stays_quiet() -> None:
    """An odd macro of the last release is no news in the next; another one, and another content of it, are."""
    before = compared(release({"m4/own.m4": b"one\n", "src/made.c": b"1\n"})).marks
    assert told(compared(release({"m4/own.m4": b"one\n", "src/made.c": b"2\n"}), earlier=[before])) == []
    again = compared(release({"m4/own.m4": b"two\n", "m4/new.m4": b"x\n", "src/new.c": b"x\n"}), earlier=[before])
    assert told(again) == ["added m4/new.m4", "added m4/own.m4", "added src/new.c"]


def test_a_whole_gnulib_is_not_a_planted_macro() -> None:
    """A project that imports gnulib from git has many copies nobody published, and one that does not has none."""
    names = sorted(name for name, known in macros._known().items() if -1 in known.blobs)[:5]
    copies = {f"m4/{name}": b"as it was on some day\n" for name in names}
    assert told(compared(release({**copies, "m4/gnulib-comp.m4": b"x\n"}))) == []
    assert len(told(compared(release(copies)))) == 5
    odd = {**copies, "m4/gnulib-comp.m4": b"x\n", "m4/build-to-host.m4": b"# build-to-host.m4 serial 30\n"}
    assert told(compared(release(odd))) == ["added m4/build-to-host.m4"]


def test_an_upgrade_of_a_tool_stays_quiet_and_a_silent_change_does_not() -> None:
    """Distributions patch libtool's macros: the next serial is an upgrade, the same one with other contents is not."""
    before = compared(release({"m4/libtool.m4": b"# serial 58 LT_INIT\nold\n"}))
    assert told(before) == []
    assert told(compared(release({"m4/libtool.m4": b"# serial 59 LT_INIT\nnew\n"}), earlier=[before.marks])) == []
    (one,) = compared(release({"m4/libtool.m4": b"# serial 58 LT_INIT\nnew\n"}), earlier=[before.marks]).fresh
    assert one.note == "its contents changed and its serial did not"


@pytest.mark.parametrize(
    ("path", "tagged", "packed_as"),
    [
        ("run.bat", b"one\ntwo\n", b"one\r\ntwo\r\n"),
        ("ver.c", b'char v[] = "$Format:%H$";\n', b'char v[] = "0123abc";\n'),
        ("id.sh", b"# $Id$\n", b"# $Id: 4711 2024-01-01 $\n"),
        ("setup.py", b"version = '0.0.0'\n", b"version = '1.2.3'\n"),
        ("setup.cfg", b"[flake8]\nx=1\n", b"[flake8]\nx = 1\n\n[egg_info]\ntag_build = \ntag_date = 0\n"),
    ],
)
def test_what_packers_write_stays_quiet(path: str, tagged: bytes, packed_as: bytes) -> None:
    """Line endings, filled-in keywords and stamped versions are the packer's, not somebody's."""
    assert told(compared(release({path: packed_as}), tree({**TAGGED, path: tagged}))) == []


@pytest.mark.parametrize(
    ("tagged", "packed_as"),
    [
        (b'v = "$Format:%H$"\n', b'v = "`sh x`"\n'),
        (b"# version 1\nrun\n", b"# version 1\nrun; run\n"),
        (b"version = '1'\n", b"version = open('x')\n"),
    ],
)
def test_what_only_looks_like_a_stamp_is_told(tagged: bytes, packed_as: bytes) -> None:
    """A stamp that calls something, or a change beside it, is a change."""
    assert told(compared(release({"build.sh": packed_as}), tree({**TAGGED, "build.sh": tagged}))) == ["altered build.sh"]


def test_another_thing_than_the_sources_is_not_compared() -> None:
    """Binaries packed for a platform share next to nothing with the tag."""
    found = compared(packed([member("widget/bin/widget", b"\x7fELF"), member("widget/README", b"A binary.\n")]))
    assert (found.related, found.fresh) == (False, ())


def test_a_submodule_is_another_repository() -> None:
    """What lies in a submodule's folder is named as such and not judged."""
    tagged = tree()
    tagged = type(tagged)(blobs=tagged.blobs, modules=frozenset({b"vendor/onig/"}))
    found = compared(release({"vendor/onig/configure.ac": b"x\n", "vendor/onig/m4/x.m4": b"x\n"}), tagged)
    assert (found.counts["added submodule"], told(found)) == (2, [])


def test_a_link_of_the_tag_may_be_followed_by_the_packer() -> None:
    """The same contents below the tag's own link are no new file; others are."""
    tagged = tree({**TAGGED, "a/Makefile": b"all:\n"}, links={"b": b"a"})
    assert told(compared(release({"a/Makefile": b"all:\n", "b/run.sh": b"x\n", "b/Makefile": b"all:\n"}), tagged)) == [
        "added b/run.sh"
    ]


def test_repositories_with_sha256_are_compared_too() -> None:
    """The longer names of blobs are worked out the same way."""
    tagged = tree(algorithm="sha256")
    assert told(compared(release(), tagged)) == []
    assert told(compared(release({"src/main.c": b"other\n"}), tagged)) == ["altered src/main.c"]


def test_links_and_hard_links_are_compared_by_what_they_are() -> None:
    """A symbolic link is where it points, a hard link what it stands for."""
    tagged = tree({**TAGGED, "copy.c": TAGGED["src/main.c"]}, links={"also": b"src/main.c"})
    entries = [member(f"w/{path}", data) for path, data in TAGGED.items()]
    entries.append(member("w/also", type=b"2", linkname="src/main.c"))
    entries.append(member("w/copy.c", type=b"1", linkname="w/src/main.c"))
    assert (compared(packed(entries), tagged).same, told(compared(packed(entries), tagged))) == (7, [])
    entries[-2] = member("w/also", type=b"2", linkname="README")
    assert told(compared(packed(entries), tagged)) == ["altered also"]


def test_a_name_that_comes_twice_is_told() -> None:
    """Which of two contents is unpacked depends on the program."""
    entries = [member(f"w/{path}", data) for path, data in TAGGED.items()]
    twice = [*entries, member("w/README", b"Another.\n")]
    assert told(compared(packed(twice))) == ["repeated README"]
    assert told(compared(packed([*entries, entries[-1]]))) == []


def test_names_in_any_encoding_are_compared_and_shown() -> None:
    """Names are bytes; what cannot be shown is marked."""
    name = "w/caf\udce9.sh"
    entries = [*(member(f"w/{path}", data) for path, data in TAGGED.items()), member(name, b"x")]
    (one,) = compared(packed(entries, form=tarfile.GNU_FORMAT)).fresh
    assert (one.path, one.blob) == ("caf\N{REPLACEMENT CHARACTER}.sh", blob(b"x"))
