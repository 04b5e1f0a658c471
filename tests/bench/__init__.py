"""Tests of the benchmarks' own rules."""
