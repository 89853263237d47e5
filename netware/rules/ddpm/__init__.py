"""The noising and denoising loop of diffusion models, and how its denoisers learn."""
