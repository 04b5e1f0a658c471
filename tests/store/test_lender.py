"""The databases that tests share one after another: nothing of a test is left for the next."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import text

from github_app.store import Store
from tests.postgres import Lender
from tests.store.samples import delivery


def test_what_is_lent_again_is_as_new(postgres_lender: Lender) -> None:
    """Rows are gone, also of a connection that was left open, and numbers begin anew."""
    with postgres_lender.lend() as url:
        left = Store.open(url)
        left.inbox.accept([delivery("a"), delivery("b")])
        forgotten = left.engine.connect()
        assert forgotten.execute(text("SELECT max(seq) FROM deliveries")).scalar() == 2
    with postgres_lender.lend() as again, closing(Store.open(again)) as opened:
        assert again == url
        assert opened.is_current()
        opened.inbox.accept([delivery("c")])
        with opened.engine.connect() as connection:
            assert connection.execute(text("SELECT min(seq), count(*) FROM deliveries")).one() == (1, 1)
    forgotten.invalidate()
    left.close()


def test_what_comes_back_with_other_tables_is_not_lent_again(postgres_lender: Lender) -> None:
    """A test that broke the tables, or took them back to another revision, breaks nobody else's."""
    for harm in (
        "ALTER TABLE deliveries RENAME TO gone",
        "ALTER TABLE bodies ALTER COLUMN body DROP NOT NULL",
        "DROP TABLE alembic_version",
        "UPDATE alembic_version SET version_num = '0001'",
    ):
        with postgres_lender.lend() as url, closing(Store.open(url)) as opened, opened.begin() as connection:
            connection.execute(text(harm))
        with postgres_lender.lend() as other, closing(Store.open(other)) as opened:
            assert other != url, harm
            assert opened.is_current(), harm
