"""Local stand-ins for the GitHub and Slack APIs: they keep state, and refuse what the real ones refuse.

Each rule names the vendor's page it follows. They serve the demo and the tests; nothing here ships in the wheel.
"""
