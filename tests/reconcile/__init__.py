"""Comparing with GitHub, against a stateful stand-in."""
