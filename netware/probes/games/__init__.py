"""Games: probes of strategies, payoffs and the values of coalitions."""
