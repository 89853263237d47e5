"""Games: rules by which agents play, imitate, learn and form coalitions."""
