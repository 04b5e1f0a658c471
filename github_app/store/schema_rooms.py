"""The table of what each Slack channel got lately, for its budget."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from github_app.store.columns import KEY, Time, Words
from github_app.store.schema import metadata

# One row for each message that was let through; the room "" is the app's own channel.
room_posts = Table(
    "room_posts",
    metadata,
    Column("target", Words(KEY), primary_key=True),
    Column("room", Words(KEY), nullable=False),
    Column("at", Time, nullable=False),
    Index("room_posts_of_room", "room", "at"),
)
