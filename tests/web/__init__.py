"""The web part: what arrives, what is answered, what is stored."""
