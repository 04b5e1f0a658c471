"""The app's face to the outside: webhooks, Slack, setup, health. Imports nothing but `github_app`."""
