"""Rules that disturb: noise and lesions."""
