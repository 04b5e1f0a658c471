"""Settings: anything JSON can hold becomes flat, sorted, bounded text that compares by name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from github_app.estate import (
    LONGEST_NAME,
    LONGEST_VALUE,
    MOST_SETTINGS,
    Difference,
    Setting,
    differences,
    settings,
    value_of,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=30,
)


def test_nested_data_becomes_flat() -> None:
    """Objects are joined with dots, members of lists are settings of their own, null says nothing."""
    found = settings({
        "reviews": {"count": 2, "code_owners": True, "teams": None},
        "checks": [{"context": "build", "app": 3}, {"context": "test"}],
        "include": ["main", "release/*"],
    })  # fmt: skip
    assert found == (
        Setting(name="checks:build.app", value="3"),
        Setting(name="checks:build.context", value="build"),
        Setting(name="checks:test.context", value="test"),
        Setting(name="include:main", value="yes"),
        Setting(name="include:release/*", value="yes"),
        Setting(name="reviews.code_owners", value="true"),
        Setting(name="reviews.count", value="2"),
    )
    assert value_of(found, "reviews.count") == "2"
    assert value_of(found, "nothing", "none") == "none"
    assert value_of(None, "reviews.count") == ""


def test_the_order_of_a_list_says_nothing() -> None:
    """GitHub may list the same members in another order."""
    one = settings({"a": ["x", "y"], "b": [{"context": "p", "z": 1}, {"context": "q"}]})
    assert one == settings({"b": [{"context": "q"}, {"z": 1, "context": "p"}], "a": ["y", "x"]})


def test_too_much_is_cut_and_still_differs() -> None:
    """Beyond the bounds a hash stands for the rest, so that a change of it is not lost."""
    many = {f"n{i:05}": "v" for i in range(MOST_SETTINGS + 50)}
    one, other = settings(many), settings({**many, f"n{MOST_SETTINGS + 40:05}": "w"})
    assert len(one) <= MOST_SETTINGS + 1
    assert one != other
    assert settings({"a": "x" * 10_000 + "1"}) != settings({"a": "x" * 10_000 + "2"})


@given(st.dictionaries(st.text(max_size=300), JSON, max_size=6))
def test_anything_becomes_storable_settings(data: dict[str, object]) -> None:
    """Sorted, each name once, within the bounds, nothing a database refuses; and the same again for the same."""
    found = settings(data)
    names = [s.name for s in found]
    assert names == sorted(set(names))
    for setting in found:
        assert len(setting.name) <= LONGEST_NAME
        assert len(setting.value) <= LONGEST_VALUE
        assert "\0" not in setting.name + setting.value
        (setting.name + setting.value).encode("utf-8")
    assert settings(data) == found
    assert differences(found, found) == []


def test_differences_are_told_by_name() -> None:
    """What came, what went and what is another value now."""
    assert differences(settings({"a": 1, "b": 2, "c": 3}), settings({"a": 1, "b": 4, "d": 5})) == [
        Difference(name="b", before="2", after="4"),
        Difference(name="c", before="3", after=None),
        Difference(name="d", before=None, after="5"),
    ]
