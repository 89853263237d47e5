"""From bytes to a document with positions."""
