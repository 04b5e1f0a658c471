"""What Slack refuses in blocks, views and messages, with the numbers of its reference pages.

docs.slack.dev/reference/block-kit/blocks, .../block-elements, .../composition-objects, /reference/views. A problem is
returned as Slack words it in `response_metadata.messages`: what is wrong and where.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from demo.standin import slack_rich

Json = dict[str, Any]

_IN_MESSAGES = {"header", "section", "context", "divider", "actions", "input", "image", "rich_text"}
_TEXT = {"header": 150, "section": 3000}
_ELEMENTS = {"button", "static_select", "overflow", "plain_text_input", "datepicker", "radio_buttons", "checkboxes"}


def problems(blocks: object, *, most: int = 50) -> list[str]:
    """Return everything Slack would refuse in a list of blocks; empty when it would take them."""
    if not isinstance(blocks, list):
        return ["[ERROR] must be an array of blocks [json-pointer:/blocks]"]
    found = [] if len(blocks) <= most else [f"[ERROR] no more than {most} items allowed [json-pointer:/blocks]"]
    ids: set[str] = set()
    for number, block in enumerate(blocks):
        where = f"/blocks/{number}"
        found += [f"[ERROR] {text} [json-pointer:{where}{more}]" for more, text in _block(block)]
        name = block.get("block_id") if isinstance(block, dict) else None
        if name in ids:
            found.append(f"[ERROR] block_id already exists [json-pointer:{where}/block_id]")
        ids.add(name or where)
    return found


def view_problems(view: object) -> list[str]:
    """Return what Slack would refuse in a modal."""
    if not isinstance(view, dict) or view.get("type") != "modal":
        return ["[ERROR] unsupported type [json-pointer:/view/type]"]
    found = problems(view.get("blocks"), most=100)
    for key in ("title", "submit", "close"):
        if key in view or key == "title":
            found += [f"[ERROR] {text} [json-pointer:/view/{key}{more}]" for more, text in _plain(view.get(key), 24)]
    inputs = any(block.get("type") == "input" for block in view.get("blocks", []) if isinstance(block, dict))
    if inputs and "submit" not in view:
        found.append("[ERROR] submit is required when an input block is used [json-pointer:/view/submit]")
    if len(view.get("private_metadata", "")) > 3000:
        found.append("[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]")
    return found


Problem = tuple[str, str]


def _block(block: object) -> Iterator[Problem]:
    if not isinstance(block, dict):
        yield "", "must be an object"
        return
    kind = block.get("type")
    if kind not in _IN_MESSAGES:
        yield "/type", f"unsupported type: {kind}"
        return
    if len(str(block.get("block_id", ""))) > 255:
        yield "/block_id", "must be less than 256 characters"
    if kind == "header":
        yield from _at("/text", _plain(block.get("text"), 150))
    elif kind == "section":
        yield from _section(block)
    elif kind == "actions":
        yield from _elements(block, 25, _ELEMENTS - {"plain_text_input"})
    elif kind == "context":
        yield from _context(block)
    elif kind == "input":
        yield from _at("/label", _plain(block.get("label"), 2000))
        yield from _at("/element", _element(block.get("element"), _ELEMENTS - {"button", "overflow"}))
    elif kind == "rich_text":
        yield from slack_rich.problems(block)
    elif kind == "image" and not block.get("alt_text"):
        yield "/alt_text", "missing required field: alt_text"


def _section(block: Json) -> Iterator[Problem]:
    fields = block.get("fields")
    if "text" not in block and not fields:
        yield "", "missing required field: text or fields"
    if "text" in block:
        yield from _at("/text", _text(block["text"], 3000))
    if fields is not None and not 1 <= len(fields) <= 10:
        yield "/fields", "no more than 10 items allowed"
    for number, field in enumerate(fields or []):
        yield from _at(f"/fields/{number}", _text(field, 2000))
    if "accessory" in block:
        yield from _at("/accessory", _element(block["accessory"], _ELEMENTS - {"plain_text_input"} | {"image"}))


def _context(block: Json) -> Iterator[Problem]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 10:
        yield "/elements", "must have 1 to 10 items"
    for number, element in enumerate(elements):
        if not isinstance(element, dict) or element.get("type") != "image":
            yield from _at(f"/elements/{number}", _text(element, 3000))


def _elements(block: Json, most: int, allowed: set[str]) -> Iterator[Problem]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= most:
        yield "/elements", f"must have 1 to {most} items"
    ids = [e.get("action_id") for e in elements if isinstance(e, dict) and e.get("action_id")]
    if len(ids) != len(set(ids)):
        yield "/elements", "action_id already exists in this block"
    for number, element in enumerate(elements):
        yield from _at(f"/elements/{number}", _element(element, allowed))


def _element(element: object, allowed: set[str]) -> Iterator[Problem]:
    if not isinstance(element, dict) or element.get("type") not in allowed:
        yield "/type", f"unsupported type: {element.get('type') if isinstance(element, dict) else element}"
        return
    if len(str(element.get("action_id", ""))) > 255:
        yield "/action_id", "must be less than 256 characters"
    kind = element["type"]
    if kind == "button":
        yield from _button(element)
    elif kind in {"static_select", "overflow", "radio_buttons", "checkboxes"}:
        yield from _options(element, {"static_select": 100, "overflow": 5}.get(kind, 10))
    elif kind == "plain_text_input" and not 0 < int(element.get("max_length", 3000)) <= 3000:
        yield "/max_length", "must be between 1 and 3000"
    if "placeholder" in element:
        yield from _at("/placeholder", _plain(element["placeholder"], 150))
    if "confirm" in element:
        yield from _at("/confirm", _confirm(element["confirm"]))


def _button(element: Json) -> Iterator[Problem]:
    yield from _at("/text", _plain(element.get("text"), 75))
    for key, most in (("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        if len(str(element.get(key, ""))) > most:
            yield f"/{key}", f"must be less than {most + 1} characters"
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield "/style", "must be primary or danger"


def _options(element: Json, most: int) -> Iterator[Problem]:
    options = element.get("options") or []
    if not 1 <= len(options) <= most:
        yield "/options", f"must have 1 to {most} items"
    for number, option in enumerate(options):
        yield from _at(f"/options/{number}/text", _text(option.get("text"), 75))
        if not 0 < len(str(option.get("value", ""))) <= 150:
            yield f"/options/{number}/value", "must be between 1 and 150 characters"


def _confirm(confirm: Json) -> Iterator[Problem]:
    yield from _at("/title", _plain(confirm.get("title"), 100))
    yield from _at("/text", _text(confirm.get("text"), 300))
    for key in ("confirm", "deny"):
        if key in confirm:
            yield from _at(f"/{key}", _plain(confirm[key], 30))


def _plain(text: object, most: int) -> Iterator[Problem]:
    if isinstance(text, dict) and text.get("type") != "plain_text":
        yield "/type", "must be plain_text"
    yield from _text(text, most)


def _text(text: object, most: int) -> Iterator[Problem]:
    if not isinstance(text, dict) or text.get("type") not in {"plain_text", "mrkdwn"}:
        yield "", "missing required field: text"
    elif not 0 < len(text.get("text", "")) <= most:
        yield "/text", f"must be more than 0 and less than {most + 1} characters"


def _at(where: str, found: Iterator[Problem]) -> Iterator[Problem]:
    for more, text in found:
        yield where + more, text
