"""Where things are: the files of the project, and what its documents name."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
CODE = (".py", ".sh", ".html", ".css", ".js", ".toml", ".yml", ".ini", ".mako")


@cache
def tracked() -> tuple[str, ...]:
    """Return the path of every file under version control that is still there, relative to the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout  # noqa: S607
    return tuple(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def text(name: str) -> str:
    """Return a file's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def documents() -> tuple[str, ...]:
    """Return every Markdown file."""
    return tuple(name for name in tracked() if name.endswith(".md"))


@cache
def tokens(name: str) -> tuple[Token, ...]:
    """Return a document's Markdown tokens, inline ones included."""
    parser = MarkdownIt("commonmark").enable("table")
    flat: list[Token] = []
    for token in parser.parse(text(name)):
        flat.append(token)
        flat.extend(token.children or ())
    return tuple(flat)


def code_spans(name: str) -> tuple[str, ...]:
    """Return everything a document writes in backticks within a sentence."""
    return tuple(t.content for t in tokens(name) if t.type == "code_inline")


def command_lines(name: str) -> tuple[str, ...]:
    """Return the command lines in a document's `sh` and `console` blocks, without prompts, comments and continuations."""
    lines: list[str] = []
    for token in tokens(name):
        if token.type != "fence" or token.info.strip() not in {"sh", "console"}:
            continue
        joined = re.sub(r"\\\n\s*", " ", token.content)
        for line in joined.splitlines():
            command = re.sub(r"\s+#.*", "", line.removeprefix("$ ").strip())
            if command and not command.startswith("#"):
                lines.append(command)
    return tuple(lines)


def links(name: str) -> tuple[str, ...]:
    """Return the targets of a document's links and pictures."""
    found = [t.attrs.get("href") or t.attrs.get("src") for t in tokens(name) if t.type in {"link_open", "image"}]
    found += re.findall(r'(?:src|href)="([^"]+)"', "".join(t.content for t in tokens(name) if t.type.startswith("html")))
    return tuple(str(target) for target in found if target)


def make_targets() -> frozenset[str]:
    """Return the names of the Makefile's targets."""
    return frozenset(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
