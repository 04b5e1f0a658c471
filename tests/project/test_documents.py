"""What documents name exists: paths, links, commands, options, make targets."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from tests.project.sources import ROOT, code_spans, command_lines, documents, links, make_targets, text, tracked
from workers.cli import cli

# Made by the app or by make, so not under version control.
MADE_LATER = (".venv", ".env", "data/", "trust.db")


def folders() -> set[str]:
    """Return every folder that holds a file of the project."""
    return {parent for name in tracked() for parent in prefixes(name)}


def prefixes(name: str) -> Iterator[str]:
    """Yield each folder a path lies in."""
    parts = name.split("/")[:-1]
    for count in range(1, len(parts) + 1):
        yield "/".join(parts[:count])


def named_paths(document: str) -> Iterator[str]:
    """Yield what a document names in backticks that can only be a path in this project."""
    tops = {name.split("/")[0] for name in tracked()}
    for span in code_spans(document):
        path = span.removeprefix("./")
        if re.fullmatch(r"[\w.*<>-]+(?:/[\w.*<>-]*)*", path) and path.split("/")[0] in tops:
            yield path


@pytest.mark.parametrize("document", documents())
def test_paths_exist(document: str) -> None:
    """A path that a document names is there; `<id>` stands for any name."""
    missing = []
    for path in named_paths(document):
        pattern = re.sub(r"<\w+>|\\\*", "[^/]+", re.escape(path.rstrip("/")))
        if not any(re.fullmatch(pattern, known) for known in (*tracked(), *folders())):
            missing.append(path)
    assert missing == []


@pytest.mark.parametrize("document", documents())
def test_named_tests_exist(document: str) -> None:
    """A test that a document names as the one that holds a promise is there."""
    named = [span.partition("::") for span in code_spans(document) if span.startswith("tests/") and "::" in span]
    assert [f"{file}::{test}" for file, _, test in named if file not in tracked() or f"def {test}(" not in text(file)] == []


@pytest.mark.parametrize("document", documents())
def test_links_lead_somewhere(document: str) -> None:
    """A link within the project leads to a file, and to a heading that it has."""
    broken = []
    for link in links(document):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / document).parent / path if path else ROOT / document
        known = anchors(target.read_text(encoding="utf-8")) if anchor and target.is_file() else {anchor}
        if not target.exists() or anchor not in known:
            broken.append(link)
    assert broken == []


def anchors(markdown: str) -> set[str]:
    """Return the anchors GitHub gives to a document's headings."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


def commands(document: str) -> Iterator[list[str]]:
    """Yield the commands a document shows, in blocks and in sentences, as lists of words."""
    spans = [s for s in code_spans(document) if re.match(r"(?:trust-alerts|make|\.venv/bin/\S+|\.ci/run)(?: |$)", s)]
    for line in (*command_lines(document), *spans):
        for part in re.split(r"\s(?:&&|\||;)\s", line):
            words = shlex.split(re.sub(r"\s[<>]+\s?\S+$", "", part))
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words:
                yield words


@pytest.mark.parametrize("document", documents())
def test_commands_exist(document: str) -> None:
    """A command that a document shows can be typed: the target, the command, its options and its arguments exist."""
    wrong = []
    for words in commands(document):
        name = words[0].rsplit("/", 1)[-1]
        if name == "make":
            wrong += [f"make {w}" for w in words[1:] if "=" not in w and w not in make_targets()]
        elif name == "trust-alerts":
            wrong += [f"{' '.join(words)}: {problem}" for problem in misuse(cli, words[1:])]
        elif name in {"pytest", "ruff", "mypy"}:
            wrong += [w for w in words[1:] if "/" in w and "<" not in w and not (ROOT / w.split("::")[0]).exists()]
    assert wrong == []


def misuse(command: click.Command, words: list[str]) -> list[str]:
    """Say what is wrong with a command line, without running anything."""
    if isinstance(command, click.Group):
        if not words or words[0].startswith("-"):
            return misuse_of_leaf(command, words)
        found = command.commands.get(words[0])
        return misuse(found, words[1:]) if found else [f"there is no command {words[0]!r}"]
    return misuse_of_leaf(command, words)


def misuse_of_leaf(command: click.Command, words: list[str]) -> list[str]:
    """Say what is wrong with the options and arguments of one command."""
    context = click.Context(command)
    options = {o: p for p in command.get_params(context) for o in p.opts if p.param_type_name == "option"}
    if command.context_settings.get("ignore_unknown_options"):
        return []
    problems, rest, given = [], list(words), 0
    while rest:
        word, value = rest.pop(0), ""
        word, _, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if not word.startswith("-") or word == "-":
            given += 1
        elif word not in options:
            problems.append(f"there is no option {word}")
        elif not getattr(options[word], "is_flag", False) and not value:
            problems += [] if rest else [f"{word} needs a value"]
            rest = rest[1:]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    # A sentence may name a command without its arguments; a number in between is a mistake.
    if given not in {0, len(arguments)}:
        problems.append(f"takes {len(arguments)} arguments, not {given}")
    return problems


def test_misuse_is_found() -> None:
    """The check above is no better than what it finds."""
    assert misuse(cli, ["backtest", "some/repo", "--format", "json"]) == []
    assert misuse(cli, ["ledger", "verify", "--anchor=abc"]) == []
    assert misuse(cli, ["ledger", "burn"]) == ["there is no command 'burn'"]
    assert misuse(cli, ["backtest", "a", "--colour"]) == ["there is no option --colour"]
    assert misuse(cli, ["backtest", "a", "b"]) == ["takes 1 arguments, not 2"]


def test_help_lists_every_target() -> None:
    """`make help` prints the Makefile's own comments, so each target has one."""
    commented = set(re.findall(r"^([a-z]+):.*## \S", text("Makefile"), re.MULTILINE))
    assert commented == make_targets()


def test_made_later_is_ignored() -> None:
    """What documents speak of but nobody commits is in `.gitignore`."""
    ignored = text(".gitignore")
    assert [name for name in MADE_LATER[:3] if name.strip("/") not in ignored] == []
