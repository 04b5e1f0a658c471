"""The road from the inbox to the outbox, and the command line on top of it."""
