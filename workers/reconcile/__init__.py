"""Reconcile: what GitHub says against what we know, for all that comes with no event.

`sources` declares what is looked at, `asking` asks cheaply, `loop` goes round, `compare` finds differences, and
`redeliver` has GitHub send again what it could not deliver. Differences become the same facts as events do.
"""
