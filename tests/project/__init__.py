"""Tests of the project itself: its documents, dependencies, layout and house rules."""
