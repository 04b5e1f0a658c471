"""The guide for writing a detector is followed word by word, in a copy of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.detectors import pages

BLOCK = re.compile(r"^(`{3,4})(?:python|markdown) (\S+)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
COPIED = (
    "workers",
    "github_app",
    "docs",
    "tests/__init__.py",
    "tests/stories.py",
    "tests/story_rules.py",
    "tests/story_words.py",
    "tests/story_words_estate.py",
    "tests/story_words_releases.py",
    "tests/detectors",
)


def test_following_the_guide_gives_a_detector(tmp_path: Path) -> None:
    """Its files, copied as they stand, pass the contract, run the page's stories and stand in the list."""
    for name in COPIED:
        source, target = pages.ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "test_guide.py"))
        else:
            shutil.copy(source, target)
    blocks = {path: text for _, path, text in BLOCK.findall(pages.GUIDE.read_text(encoding="utf-8"))}
    assert set(blocks) == {
        "workers/detectors/review_dismissed.py",
        "docs/detectors/review-dismissed.md",
        "tests/detectors/test_review_dismissed.py",
    }
    for path, text in blocks.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    _python(tmp_path, "-m", "tests.detectors.pages")
    chosen = "review_dismissed or review-dismissed or index"
    ran = _python(tmp_path, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "tests/detectors", "-k", chosen)
    for expected in ("test_names_who_and_what", "test_examples_do_what_they_say[review-dismissed-fires]", "test_the_index"):
        assert f"{expected}" in ran, ran
    assert "| [`review-dismissed`](detectors/review-dismissed.md) | trial |" in (tmp_path / "docs/detectors.md").read_text()


def test_the_guide_lists_the_words_of_stories() -> None:
    """Whoever writes a story finds each word with its fields."""
    assert pages.words() in pages.GUIDE.read_text(encoding="utf-8"), "run: python -m tests.detectors.pages"


def _python(folder: Path, *arguments: str) -> str:
    ran = subprocess.run(  # noqa: S603 (our own interpreter and tests)
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=100, check=False, env={}
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
