"""The migrations in order: `vNNNN_what.py`. A released one is never edited."""
