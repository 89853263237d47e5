"""Coalition games: what a coalition of agents is worth, one file each."""
