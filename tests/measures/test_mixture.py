"""Information in a mixture of Gaussians, against integrals and limits."""

from math import log2

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm
from torch import Tensor

from netware.measures.mixture import information


def noise(agents: int, draws: int, samples: int, units: int) -> Tensor:
    generator = torch.Generator().manual_seed(5)
    return torch.randn(agents, draws, samples, units, generator=generator, dtype=torch.float64)


def entropy_on_the_line(centres: list[float], sigma: float) -> float:
    """Integrates -p log2 p of the mixture."""

    def integrand(t: float) -> float:
        p = float(np.mean(norm.pdf(t, centres, sigma)))
        return -p * log2(p) if p > 0 else 0.0

    low, high = min(centres) - 10 * sigma, max(centres) + 10 * sigma
    return quad(integrand, low, high, limit=400, points=centres)[0]


@pytest.mark.parametrize("sigma", [0.1, 0.5, 2.0])
def test_on_the_line_it_is_the_difference_of_entropies(sigma: float) -> None:
    centres, labels = [0.0, 0.3, 1.0, 2.5], torch.tensor([0, 1, 0, 1])
    places = torch.tensor(centres, dtype=torch.float64)[None, :, None]
    alike = (labels[:, None] == labels)[None]
    z = noise(1, 20_000, 4, 1)
    about_input, about_label = information(places, alike, z, sigma)
    whole = entropy_on_the_line(centres, sigma)
    given_x = entropy_on_the_line([0.0], sigma)
    given_y = np.mean([entropy_on_the_line(c, sigma) for c in ([0.0, 1.0], [0.3, 2.5])])
    # 80 000 draws of a spread of about a bit: 5 sd are 0.02.
    assert about_input.item() == pytest.approx(whole - given_x, abs=0.02)
    assert about_label.item() == pytest.approx(whole - given_y, abs=0.02)
    assert about_label <= about_input + 1e-9


def test_far_apart_all_is_known_and_in_one_place_nothing() -> None:
    labels = torch.arange(8) // 4
    alike = (labels[:, None] == labels)[None].expand(2, -1, -1)
    apart = torch.eye(8, dtype=torch.float64)
    places = torch.stack([1e100 * apart, 0 * apart])
    about_input, about_label = information(places, alike, noise(2, 50, 8, 8), 0.05)
    assert about_input.tolist() == pytest.approx([3.0, 0.0], abs=1e-12)
    assert about_label.tolist() == pytest.approx([1.0, 0.0], abs=1e-12)
