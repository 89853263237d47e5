import torch

from netware.models.layers import geometry
from netware.models.layers.geometry import distances, sites, synaptic_length


LIKE = torch.zeros(1, dtype=torch.float64)


def test_every_site_of_the_lattice_has_one_neuron() -> None:
    site = sites((4, 3, 5), 2, LIKE)
    assert site.shape == (60, 3)
    assert len({tuple(one) for one in site.tolist()}) == 60
    assert site.amax(0).tolist() == [3, 2, 4]


def test_an_image_lies_on_the_first_plane_row_by_row() -> None:
    site = sites((4, 3, 2), 1, LIKE)
    assert site[:5].tolist() == [[0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0], [0, 1, 0]]
    assert bool((site[:12, 2] == 0).all())


def test_outputs_lie_at_the_centre_of_the_last_plane() -> None:
    assert sites((3, 3, 2), 1, LIKE)[-1].tolist() == [1, 1, 1]
    assert sites((4, 4, 6), 4, LIKE)[-4:].tolist() == [[1, 1, 5], [2, 1, 5], [1, 2, 5], [2, 2, 5]]
    assert sites((2, 2, 2), 0, LIKE)[-1].tolist() == [1, 1, 1]


def test_distances_stretch_along_z() -> None:
    a = torch.tensor([[0.0, 0.0, 0.0]], dtype=torch.float64)
    b = torch.tensor([[3.0, 4.0, 0.0], [0.0, 0.0, 2.0]], dtype=torch.float64)
    assert distances(a, b, 1.0).tolist() == [[5.0, 2.0]]
    assert distances(a, b, 9.0).tolist() == [[5.0, 6.0]]


def test_length_is_the_sum_over_ordered_pairs_of_different_neurons() -> None:
    generator = torch.Generator().manual_seed(3)
    w = torch.randn(2, 12, 12, generator=generator, dtype=torch.float64)
    site = sites((2, 3, 2), 1, w)
    for gamma in (0.0, 1.0, 2.5):
        wanted = [
            sum(
                abs(w[agent, j, i].item()) * torch.dist(site[i], site[j]).item() ** gamma
                for i in range(12)
                for j in range(12)
                if i != j
            )
            for agent in range(2)
        ]
        got = synaptic_length(w, site, 1.0, gamma)
        assert torch.allclose(got, torch.tensor(wanted, dtype=torch.float64))


def test_a_large_lattice_is_summed_block_by_block(monkeypatch) -> None:
    generator = torch.Generator().manual_seed(3)
    w = torch.randn(2, 60, 60, generator=generator, dtype=torch.float64)
    site = sites((5, 4, 3), 1, w)
    whole = synaptic_length(w, site, 2.0, 1.0)
    monkeypatch.setattr(geometry, "BLOCK", 7 * 60)
    assert torch.allclose(synaptic_length(w, site, 2.0, 1.0), whole)


def test_length_may_be_differentiated() -> None:
    w = torch.tensor([[[0.0, -2.0], [1.0, 3.0]]], dtype=torch.float64, requires_grad=True)
    site = torch.tensor([[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]], dtype=torch.float64)
    (slope,) = torch.autograd.grad(synaptic_length(w, site, 1.0, 1.0).sum(), [w])
    assert slope.tolist() == [[[0.0, -2.0], [2.0, 0.0]]]
