"""The links by which a project asks for support, from its `.github/FUNDING.yml`. Pure.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/displaying-a-sponsor-button-in-your-repository
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from github_app.plain import safe_url

PATH = ".github/FUNDING.yml"
MOST_BYTES = 16_384
_MOST_LINKS = 6
_MOST_OF_A_KIND = 4
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_PACKAGE = re.compile(r"[a-z]{2,20}/@?[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9._-]{1,100})?", re.ASCII)
_PLACES = {
    "github": ("GitHub Sponsors", "https://github.com/sponsors/{}"),
    "patreon": ("Patreon", "https://www.patreon.com/{}"),
    "open_collective": ("Open Collective", "https://opencollective.com/{}"),
    "ko_fi": ("Ko-fi", "https://ko-fi.com/{}"),
    "tidelift": ("Tidelift", "https://tidelift.com/funding/github/{}"),
    "community_bridge": ("LFX Crowdfunding", "https://crowdfunding.lfx.linuxfoundation.org/projects/{}"),
    "lfx_crowdfunding": ("LFX Crowdfunding", "https://crowdfunding.lfx.linuxfoundation.org/projects/{}"),
    "liberapay": ("Liberapay", "https://liberapay.com/{}"),
    "issuehunt": ("IssueHunt", "https://issuehunt.io/r/{}"),
    "polar": ("Polar", "https://polar.sh/{}"),
    "buy_me_a_coffee": ("Buy Me a Coffee", "https://www.buymeacoffee.com/{}"),
    "thanks_dev": ("thanks.dev", "https://thanks.dev/{}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingLink:
    """One place to give money: what it is called, and a valid https URL."""

    name: str
    url: str


def read(data: bytes) -> tuple[FundingLink, ...]:
    """Return the links of a file: known keys only, six at most; none from a file that cannot be read."""
    if len(data) > MOST_BYTES:
        return ()
    try:
        found = yaml.safe_load(data.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        return ()
    if not isinstance(found, dict):
        return ()
    links = {link.url: link for link in _links(found)}
    return tuple(links.values())[:_MOST_LINKS]


def _links(found: dict[object, object]) -> Iterator[FundingLink]:
    for key, (name, url) in _PLACES.items():
        pattern = _PACKAGE if key == "tidelift" else re.compile(r"u/gh/" + _NAME.pattern) if key == "thanks_dev" else _NAME
        for value in _texts(found.get(key)):
            if pattern.fullmatch(value):
                yield FundingLink(name=f"{name}: {value}", url=url.format(value))
    for value in _texts(found.get("custom")):
        url = safe_url(value if "://" in value else f"https://{value}", 300)
        if url.startswith("https://"):
            yield FundingLink(name=url.removeprefix("https://").removesuffix("/")[:80], url=url)


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text.strip() for text in values[:_MOST_OF_A_KIND] if isinstance(text, str) and text.strip()]
