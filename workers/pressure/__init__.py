"""Pressure on maintainers: reading what somebody wrote, and naming the signals in it.

Pure, linear in the length of the text, and about a kind of sentence, never about a kind of person: nearly everybody
who writes like this is sincere.
"""
