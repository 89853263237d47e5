"""Settings of all tests: property tests draw more examples in CI, the same each time."""

import os

import torch
from hypothesis import HealthCheck, settings


settings.register_profile("ci", deadline=None, derandomize=True, max_examples=50)
settings.register_profile(
    "dev", deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
torch.set_num_threads(1)
