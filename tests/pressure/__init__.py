"""What people write, and what is heard in it."""
