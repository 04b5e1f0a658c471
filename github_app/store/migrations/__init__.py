"""Numbered migrations, shipped with the package and run by `Store.migrate`; `versions` holds one file each."""

HEAD = "0014"
"""The newest revision. A process that finds it recorded need not load Alembic at all."""
