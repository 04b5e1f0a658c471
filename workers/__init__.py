"""What the app does: facts, detectors, messages, jobs and the command line."""
