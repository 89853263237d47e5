"""Rules by which opinions attract each other while they are near."""
