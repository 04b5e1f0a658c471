"""What GitHub publishes about its REST API, as far as the app uses it, and the check of every request against it."""
