"""Rich text blocks: what Slack refuses in them, and how it draws them.

docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from markupsafe import Markup

from demo.standin.markup import EMOJI

Json = dict[str, Any]
_INLINE = {
    "text": "text",
    "link": "url",
    "emoji": "name",
    "user": "user_id",
    "channel": "channel_id",
    "usergroup": "usergroup_id",
}
_INLINE |= {"broadcast": "range", "date": "timestamp", "color": "value"}
_STYLES = {"bold": "strong", "italic": "em", "strike": "del", "code": "code"}


def problems(block: Json) -> Iterator[tuple[str, str]]:
    """Yield where and what Slack would refuse."""
    elements = block.get("elements")
    if not isinstance(elements, list) or not elements:
        yield "/elements", "missing required field: elements"
        return
    for number, element in enumerate(elements):
        for where, text in _element(element):
            yield f"/elements/{number}{where}", text


def draw(block: Json, names: dict[str, str]) -> Markup:
    """Return a rich text block as safe HTML; `names` maps user ids to names."""
    return Markup("".join(_html(e, names) for e in block.get("elements", [])))  # noqa: S704  # pieces are escaped


def _element(element: object) -> Iterator[tuple[str, str]]:
    kind = element.get("type") if isinstance(element, dict) else None
    if not isinstance(element, dict) or kind not in {
        "rich_text_section",
        "rich_text_list",
        "rich_text_quote",
        "rich_text_preformatted",
    }:
        yield "/type", f"unsupported type: {kind}"
        return
    if kind == "rich_text_list" and element.get("style") not in {"bullet", "ordered"}:
        yield "/style", "must be bullet or ordered"
    for number, inner in enumerate(element.get("elements") or []):
        where = f"/elements/{number}"
        if kind == "rich_text_list":
            for more, text in _element(inner):
                yield where + more, text
            continue
        needed = _INLINE.get(inner.get("type"))
        if needed is None:
            yield f"{where}/type", f"unsupported type: {inner.get('type')}"
        elif not inner.get(needed):
            yield f"{where}/{needed}", "must be more than 0 characters"


def _html(element: Json, names: dict[str, str]) -> str:
    inner = element.get("elements", [])
    match element["type"]:
        case "rich_text_list":
            tag = "ol" if element.get("style") == "ordered" else "ul"
            return f"<{tag}>" + "".join(f"<li>{_html(e, names)}</li>" for e in inner) + f"</{tag}>"
        case "rich_text_quote":
            return f"<blockquote>{_inline(inner, names)}</blockquote>"
        case "rich_text_preformatted":
            return f"<pre>{_inline(inner, names)}</pre>"
    return f"<div>{_inline(inner, names)}</div>"


def _inline(parts: list[Json], names: dict[str, str]) -> str:
    return "".join(_part(part, names) for part in parts)


def _part(part: Json, names: dict[str, str]) -> str:
    match part["type"]:
        case "text":
            out = escape(part["text"]).replace("\n", "<br>")
        case "link":
            shown = escape(part.get("text") or part["url"])
            safe = re.match(r"https?://|mailto:", part["url"])
            out = f'<a href="{escape(part["url"])}">{shown}</a>' if safe else shown
        case "emoji":
            out = EMOJI.get(part["name"], f":{escape(part['name'])}:")
        case "user":
            out = f'<span class="ping">@{escape(names.get(str(part["user_id"]), str(part["user_id"])))}</span>'
        case "broadcast":
            out = f'<span class="ping" title="Slack would notify everybody">@{escape(part["range"])}</span>'
        case _:
            out = escape(str(part.get("fallback") or part[_INLINE[str(part["type"])]]))
    for style, on in (part.get("style") or {}).items():
        if on and style in _STYLES:
            out = f"<{_STYLES[style]}>{out}</{_STYLES[style]}>"
    return out
