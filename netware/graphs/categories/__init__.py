"""Categories: free and finite ones, and presheaves on them."""
