"""Source archives compared with the tagged tree, without unpacking anything to disk.

    listing = contents.read(file, Limits(), Tree(...))
    comparison = compare.compare(listing, tree, earlier=[...])

An archive comes from strangers: whatever it holds, the answer is a listing or `Unfit` with a plain sentence, in bounded
time and memory. Nothing is written, followed or executed.
"""

from __future__ import annotations
