"""What learning rules share: losses, optimisers, lineage, minibatches, shards."""
