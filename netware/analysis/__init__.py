"""Statistics, figures and reports; reads run folders only."""
