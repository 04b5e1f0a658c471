"""House rules that concern every file."""

from __future__ import annotations

import ast
import re

import pytest

from tests.project.sources import CODE, LOCKS, ROOT, documents, text, tracked

MOST_LINES = 300
GROWING = {"CHANGELOG.md", "LICENSE", *LOCKS}
TOP_LEVEL = {
    ".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "Procfile", "README.md", "SECURITY.md",
    "app.yml", "bench", "demo", "docs", "github_app", "pyproject.toml", "tests", "workers", *LOCKS,
}  # fmt: skip
# Put together from pieces, so that this file does not hold what it looks for.
FOREIGN = {
    "a place on one machine": re.compile(r"(?<![\w.])/(?:wo" r"rk|tmp/pro" r"ject|root/)"),
    "a package registry's host": re.compile(r"pyp" r"i\.org|pytho" r"nhosted\.org|registry\.np" r"mjs"),
    "an issue's number": re.compile(r"\b(?:[Ii]ss" r"ue|[Bb]ug) #\d"),
    "how it was written": re.compile(r"\b(?:A" r"I|L" r"LM|Cla" r"ude|Anth" r"ropic|Chat" r"GPT)\b"),
}


def written_here() -> list[str]:
    """Return the files people write: code and documents, not data and locks."""
    return [n for n in tracked() if n not in GROWING and (n.endswith((*CODE, ".md")) or "." not in n.rsplit("/", 1)[-1])]


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    """A file that outgrows 300 lines is two files."""
    lengths = {name: len(text(name).splitlines()) for name in written_here()}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_module_is_called_utils() -> None:
    """A module is named after what it is about; `utils` says nothing."""
    assert [n for n in tracked() if re.search(r"(?:^|/)(?:utils?|helpers?|misc|common)(?:\.py|/)", n)] == []


def test_the_top_level_is_fixed() -> None:
    """Whoever looks for something finds it where it has always been."""
    assert {name.split("/")[0] for name in tracked()} == TOP_LEVEL


@pytest.mark.parametrize("about", FOREIGN)
def test_the_project_speaks_of_itself_alone(about: str) -> None:
    """No file names what is only true on the machine or in the tool it was written with."""
    found = [f"{name}: {match.group()}" for name in written_here() for match in FOREIGN[about].finditer(text(name))]
    assert found == []


def test_only_tests_and_figures_know_the_material_beside_the_project() -> None:
    """The product must not depend on files that are not in it."""
    beside = re.compile(r"\bshared/(?:data|tools)|\.\./sha" r"red")
    allowed = ("tests/", "bench/")
    assert [n for n in written_here() if not n.startswith(allowed) and beside.search(text(n))] == []


def test_every_test_says_its_sentence() -> None:
    """A test's docstring says what must hold, and every test asserts something."""
    silent = []
    for name in tracked():
        if not re.fullmatch(r"tests/.*test_\w+\.py", name):
            continue
        for node in ast.walk(ast.parse(text(name))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                sentence = ast.get_docstring(node) or ""
                if not re.fullmatch(r"[^\n]+[.?!`]", sentence.split("\n\n")[0].replace("\n", " ")):
                    silent.append(f"{name}::{node.name}")
    assert silent == []


def test_every_module_says_what_it_is_for() -> None:
    """The first line of a file tells whether to read on."""
    modules = [name for name in tracked() if name.endswith(".py")]
    assert modules
    assert [name for name in modules if not re.match(r'(?:#!.*\n)?r?"""\s*[^\s"]', text(name))] == []


def test_every_document_has_one_title() -> None:
    """A page starts with its title, and has no second one."""
    titles = {}
    for name in documents():
        outside_fences = re.sub(r"^```.*?^```", "", text(name), flags=re.MULTILINE | re.DOTALL)
        titles[name] = text(name).startswith("# "), len(re.findall(r"^# ", outside_fences, re.MULTILINE))
    assert {name: found for name, found in titles.items() if found != (True, 1)} == {}


def test_executables_are_executable() -> None:
    """What is started by name can be started by name."""
    assert [n for n in (".ci/run", ".ci/install") if not (ROOT / n).stat().st_mode & 0o100] == []
