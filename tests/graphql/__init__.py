"""What GitHub publishes about its GraphQL API, as far as the app uses it, and the check of every question against it."""
