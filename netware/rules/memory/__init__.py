"""Rules of associative memories."""
