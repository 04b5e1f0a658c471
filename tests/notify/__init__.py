"""Tests of how messages reach people, and how people's decisions come back."""
