"""Tests of every sentence a user can read."""
