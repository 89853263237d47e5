"""A document as text for people and editors."""
