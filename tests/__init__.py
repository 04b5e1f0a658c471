"""The tests; each folder holds those of one part."""
