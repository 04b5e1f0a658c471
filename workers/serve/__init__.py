"""`trust-alerts serve`: the whole app on one machine, or one role of it."""

from workers.serve.supervisor import serve

__all__ = ["serve"]
