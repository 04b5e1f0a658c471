"""Every event that moves trust, with the payload for it, its harmless twin, and what must come of both."""
