"""Tests of looking into releases, against a stand-in for GitHub."""
