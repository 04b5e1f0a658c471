"""Logs on stderr: one line for each event, beginning with the role, with fields as `name=value`."""

from __future__ import annotations

import logging
import re
import time

_STANDARD = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}
# A line break or an escape sequence from outside must not look like a line of ours, nor steer a terminal.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_QUIET = {"rq.worker": logging.WARNING, "alembic": logging.WARNING, "urllib3": logging.WARNING, "werkzeug": logging.WARNING}


class Line(logging.Formatter):
    """Formats a record, with its traceback if it has one, as a single line."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.role = role

    def format(self, record: logging.LogRecord) -> str:
        """Return `role time level logger: message name=value ...`; the time is UTC."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        text = f"{record.getMessage()}{_fields(record)}"
        if record.exc_info:
            text += " | " + " | ".join(part.strip() for part in self.formatException(record.exc_info).splitlines())
        level = record.levelname.lower()
        return f"{self.role:<8} {at}.{record.msecs:03.0f}Z {level:<7} {record.name}: {_CONTROL.sub(' ', text)}"


def _fields(record: logging.LogRecord) -> str:
    return "".join(f" {name}={value}" for name, value in record.__dict__.items() if name not in _STANDARD)


def configure(role: str) -> None:
    """Send everything from INFO on to stderr, each line beginning with the role."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line(role))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
