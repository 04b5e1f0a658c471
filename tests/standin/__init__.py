"""Servers that stand in for the real ones: real HTTP on the loopback, shaped by the vendors' own descriptions."""
