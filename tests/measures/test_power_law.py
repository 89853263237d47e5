"""The exponent of a truncated power law: found in samples, against a grid, and undefined cases."""

import numpy as np
import pytest
import torch

from netware.measures.power_law import exponent


@pytest.mark.parametrize("tau", [0.0, 1.5, 2.5])
def test_it_finds_the_exponent_that_sizes_were_drawn_with(tau):
    sizes = np.arange(2, 61)
    law = sizes**-tau / (sizes**-tau).sum()
    counts = np.zeros((3, 200), dtype=np.int64)
    for row in range(3):
        counts[row, 1:60] = np.random.default_rng(row).multinomial(200_000, law)
    counts[:, 0], counts[:, 60:] = 10**6, 777
    found = exponent(torch.from_numpy(counts), 2, 60)
    torch.testing.assert_close(found, torch.full_like(found, tau), rtol=0, atol=0.02)


def test_it_is_the_most_likely_one():
    counts = torch.from_numpy(np.random.default_rng(4).integers(0, 20, 30))
    log_size = np.log(np.arange(3, 26))
    here = counts.numpy()[2:25]
    grid = np.arange(-1, 3, 0.001)
    likely = -grid * (here @ log_size) - here.sum() * np.log(
        np.exp(-grid[:, None] * log_size).sum(1)
    )
    assert float(exponent(counts, 3, 25)) == pytest.approx(grid[np.argmax(likely)], abs=1e-3)


def test_without_two_sizes_there_is_no_exponent():
    counts = torch.zeros((2, 10), dtype=torch.int64)
    counts[1, 4] = 9
    assert bool(exponent(counts, 2, 8).isnan().all())
