"""Graph mathematics on edges, without meaning: shapes, Laplacian, spectrum, colouring, files."""
