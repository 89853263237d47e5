"""A simulator of populations of neural agents, their typed relations and the rules between them."""
