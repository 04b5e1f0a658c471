"""Tests of the comparison of source archives with their tags."""
