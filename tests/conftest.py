"""Settings of all tests: property tests draw the same examples each time in CI."""

import os

import torch
from hypothesis import HealthCheck, settings


settings.register_profile("ci", deadline=None, derandomize=True, max_examples=50)
settings.register_profile(
    "dev", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
torch.set_num_threads(1)
