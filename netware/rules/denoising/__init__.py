"""Rules of noising and denoising."""
