"""The shapes of graphs, one file a topology."""
