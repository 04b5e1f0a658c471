"""What one person touched, as a story for people: on a terminal, in Markdown, as a page. It judges nobody."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator

from github_app import act_words, words
from github_app.acts import Act, BlastRadius, Deed, Part
from github_app.links import Links
from workers.render.escape import html_text, markdown, markdown_link, terminal

_MOST = 200
"""Most lines of one kind in one repository; JSON has them all."""

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}h3{font-size:1rem;margin-bottom:.2rem}
ul{margin-top:.2rem}code{font-size:.85em;overflow-wrap:anywhere}.meta{color:#57606a;font-size:.9rem}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}a{color:#6cb6ff}.meta{color:#9da7b3}}
"""


def text(found: BlastRadius, links: Links) -> str:
    """Return the report for a terminal."""
    del links
    return "\n".join(_told(found, _Plain())) + "\n"


def markdown_page(found: BlastRadius, links: Links) -> str:
    """Return the report as GitHub Markdown; it mentions nobody."""
    return "\n".join(_told(found, _Markdown(links))) + "\n"


def page(found: BlastRadius, links: Links) -> str:
    """Return the report as one HTML page that needs nothing else."""
    title = f"What {html_text(found.person.label)} touched"
    body = "\n".join(_told(found, _Html(links)))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>{body}\n</body></html>\n"
    )


def as_json(found: BlastRadius, links: Links) -> str:
    """Return everything for a program; times are RFC 3339 in UTC."""
    del links
    person = found.person
    told = {
        "person": {"id": person.id, "login": person.login, "name": person.name, "known_as": list(found.names)},
        "since": found.since.isoformat(),
        "made_at": found.made_at.isoformat(),
        "total": {deed.value: number for deed, number in found.total.items()},
        "places": [
            {
                "place": part.place,
                "ladder": [{"power": r.power.value, "at": r.at.isoformat(), "days": r.days} for r in part.ladder],
                "acts": [_as_json(act) for act in part.acts],
                "gaps": list(part.gaps),
            }
            for part in found.parts
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


SHOW: dict[str, Callable[[BlastRadius, Links], str]] = {
    "text": text, "markdown": markdown_page, "html": page, "json": as_json
}  # fmt: skip


class _Plain:
    """How a terminal shows things."""

    def title(self, words_: str) -> str:
        return terminal(words_)

    def place(self, words_: str) -> str:
        return f"\n{terminal(words_)}"

    def deed(self, words_: str) -> str:
        return f"  {words_}"

    def line(self, when: str, act: Act, said: str) -> str:
        return f"    {when}  {terminal(act_words.named(act), 60)}  {terminal(said)}".rstrip()

    def note(self, words_: str) -> str:
        return terminal(words_, 600)

    def end(self) -> str:
        return ""


class _Markdown(_Plain):
    """How GitHub shows things."""

    def __init__(self, links: Links) -> None:
        self._links = links

    def title(self, words_: str) -> str:
        return f"## {markdown(words_)}\n"

    def place(self, words_: str) -> str:
        return f"\n### {markdown(words_)}\n"

    def deed(self, words_: str) -> str:
        return f"\n**{words_}**\n"

    def line(self, when: str, act: Act, said: str) -> str:
        named = markdown_link(act_words.named(act), act_words.url(act, self._links))
        return f"- {when} {named} {markdown(said) if said else ''}".rstrip()

    def note(self, words_: str) -> str:
        return f"\n{markdown(words_, 600)}\n"


class _Html(_Plain):
    """How a browser shows things."""

    def __init__(self, links: Links) -> None:
        self._links = links

    def title(self, words_: str) -> str:
        return f"<h1>{html_text(words_)}</h1>"

    def place(self, words_: str) -> str:
        return f"<h2>{html_text(words_)}</h2>"

    def deed(self, words_: str) -> str:
        return f"<h3>{html_text(words_)}</h3><ul>"

    def line(self, when: str, act: Act, said: str) -> str:
        named, url = f"<code>{html_text(act_words.named(act), 100)}</code>", act_words.url(act, self._links)
        shown = f'<a href="{html_text(url, 2_000)}">{named}</a>' if url else named
        return f"<li>{when} {shown} {html_text(said)}</li>"

    def note(self, words_: str) -> str:
        return f'<p class="meta">{html_text(words_, 600)}</p>'

    def end(self) -> str:
        return "</ul>"


def _told(found: BlastRadius, how: _Plain) -> Iterator[str]:
    yield how.title(f"What {found.person.label} touched since {words.day(found.since)}")
    yield how.note(f"{act_words.summary(found)}. Known as {', '.join(found.names)}. Made on {words.minute(found.made_at)}.")
    yield how.note(act_words.NOTE)
    for part in found.parts:
        yield from _part(part, how)


def _part(part: Part, how: _Plain) -> Iterator[str]:
    yield how.place(part.place)
    if steps := words.ladder(part.ladder):
        yield how.note(f"Steps to power: {'; '.join(steps)}.")
    by_deed: dict[Deed, list[Act]] = defaultdict(list)
    for act in part.acts:
        by_deed[act.deed].append(act)
    for deed in (d for d in Deed if d in by_deed):
        yield how.deed(act_words.TITLES[deed])
        for act in by_deed[deed][:_MOST]:
            yield how.line(words.day(act.at), act, act_words.said(act))
        if (more := len(by_deed[deed]) - _MOST) > 0:
            yield how.note(f"and {more:,} more; the JSON has them all")
        yield how.end()
    for gap in part.gaps:
        yield how.note(f"Not known: {gap}.")


def _as_json(act: Act) -> dict[str, object]:
    return {
        "deed": act.deed.value, "at": act.at.isoformat(), "value": act.value, "about": act.about, "commits": act.count,
        "pull": act.pull, "url": act.url,
    }  # fmt: skip
