"""Values of each agent and of each replica: against loops and against single runs."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.consensus.hegselmann_krause import HegselmannKrause
from netware.rules.perturbation.noise import Noise
from netware.varying.among_agents import Normal, OfColumn, PerReplica, Uniform, Values
from netware.world import World
from tests.simulation.worlds import RING, model


GAIN = "rules.agree.gain="
ACTING = Acting("shake")


def world(identity=None, seed=3, agents=6, replicas=2) -> World:
    state = {"output": torch.linspace(0, 1, agents * replicas, dtype=torch.float64)}
    if identity is not None:
        state |= {"identity": identity, "alive": torch.ones(len(identity), dtype=torch.bool)}
    people = Population("people", agents, replicas, state=state, dtype=torch.float64)
    return World(Draws.of(seed, replicas), {"people": people})


def value(varying, where: World, acting: Acting = ACTING) -> torch.Tensor:
    found = acting.value(where, Noise("people", varying), "sd")
    assert isinstance(found, torch.Tensor)
    return found


@given(st.integers(0, 2**31), st.floats(0, 2), st.floats(0, 2))
def test_draws_stay_in_their_bounds_and_are_the_same_at_every_step(seed, low, width):
    here = world(seed=seed)
    for varying in (
        Uniform((low, low + width)),
        Normal((low, 1.0), (low, low + width + 1e-3)),
    ):
        drawn = value(varying, here)
        assert bool(((drawn >= low) & (drawn <= low + width + 1e-3)).all())
        assert torch.equal(drawn, value(varying, here.advanced()))
        some = torch.tensor([7, 2])
        assert torch.equal(drawn[some], value(varying, here, Acting("shake", some)))


def test_a_draw_belongs_to_the_identity_the_rule_and_the_field():
    first = value(Uniform((0.0, 1.0)), world(torch.arange(6).repeat(2)))
    order = torch.tensor([3, 1, 0, 5, 2, 4])
    second = value(Uniform((0.0, 1.0)), world(order.repeat(2)))
    assert torch.equal(second[:6], first[:6][order])
    born = value(Uniform((0.0, 1.0)), world(torch.tensor([0, 1, 99, 3, 4, 5]).repeat(2)))
    assert born[2] != first[2] and torch.equal(born[3:6], first[3:6])
    other = value(Uniform((0.0, 1.0)), world(), Acting("other"))
    assert bool((other != first).all())


def test_a_cut_normal_has_its_mean():
    drawn = value(Normal((2.0, 0.5), (1.0, 3.0)), world(agents=20_000, replicas=1))
    assert float(drawn.mean()) == pytest.approx(2.0, abs=0.02)
    # A standard normal cut off at +-2 has the standard deviation 0.8796.
    assert float(drawn.std()) == pytest.approx(0.5 * 0.8796, abs=0.01)


def test_noise_of_each_agents_own_size():
    here = world()
    sizes = (0.0, 1.0, 2.0, 0.0, 0.5, 3.0)
    shaken = Noise("people", Values(sizes)).apply(here, ACTING)["people"]["output"]  # pyright: ignore
    once = Noise("people", 1.0).apply(here, ACTING)["people"]["output"]
    before = here["people"]["output"]
    for agent in range(12):
        expected = before[agent] + sizes[agent % 6] * (once[agent] - before[agent])
        assert float(shaken[agent]) == pytest.approx(float(expected), abs=1e-12)


@pytest.mark.parametrize("acting", [None, torch.tensor([1, 8])])
def test_bounds_of_confidence_of_each_agents_own(acting):
    here = world()
    bounds = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)
    rule = HegselmannKrause("people", Values(bounds), state="output")  # pyright: ignore
    found = rule.apply(here, Acting("listen", acting))["people"]["output"]
    x = here["people"]["output"]
    for agent in range(12) if acting is None else acting.tolist():
        own = x.view(2, 6)[agent // 6]
        near = own[(own - x[agent]).abs() <= bounds[agent % 6] + 1e-9]
        assert float(found[agent]) == pytest.approx(float(near.mean()), abs=1e-12)


def test_equal_values_give_the_bytes_of_the_number():
    here = world()
    for varying in (Values((0.3,) * 6), PerReplica((0.3, 0.3)), Uniform((0.3, 0.3))):
        listened = HegselmannKrause("people", varying, state="output").apply(here, ACTING)  # pyright: ignore
        number = HegselmannKrause("people", 0.3, state="output").apply(here, ACTING)
        assert torch.equal(listened["people"]["output"], number["people"]["output"])


def test_replicas_with_values_of_their_own_are_single_runs(tmp_path):
    both = model(tmp_path, GAIN + "{per_replica: [0.1, 0.3]}")
    singles = [model(tmp_path, GAIN + f"{gain}") for gain in (0.1, 0.3)]
    for _ in range(10):
        for one in (both, *singles):
            one.step()
    for replica, single in enumerate(singles):
        expected = single.world.per_replica(single.world["nodes"]["x"])[replica]
        found = both.world.per_replica(both.world["nodes"]["x"])[replica]
        assert (found - expected).abs().max() < 1e-6


def test_a_column_is_read_at_each_step_and_held_to_the_range():
    here = world().with_state("people", size=torch.full((12,), 0.5, dtype=torch.float64))
    assert value(OfColumn("size"), here).tolist() == [0.5] * 12
    worse = here["people"]["size"].clone()
    worse[4] = -0.25
    with pytest.raises(ScenarioError, match=r"rules\.shake\.sd\.column: .*value -0\.25"):
        value(OfColumn("size"), here.with_state("people", size=worse))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{uniform: [0.3, 0.1]}", r"gain\.uniform: S-RANGE bounds 0\.3 and 0\.1"),
        ("{uniform: [-0.3, 0.1]}", r"gain\.uniform\[0\]: S-RANGE -0\.3 is out of range"),
        ("{normal: [1, 1]}", r"gain\.within: S-MISSING"),
        ("{normal: [1, 1], within: [90, 99]}", r"gain\.within: S-RANGE bounds that hold 0e"),
        ("{values: [1, 2]}", r"gain\.values: S-RANGE 2 values for 6 agents"),
        ("{per_replica: [1]}", r"gain\.per_replica: S-RANGE 1 values for 2 replicas"),
        ("{column: z}", r"gain\.column: 'z', no column"),
    ],
)
def test_mistakes_are_refused_at_their_place(tmp_path, written, expected):
    with pytest.raises(ScenarioError, match=expected) as caught:
        model(tmp_path, text=RING.replace("gain: 0.2", f"gain: {written}"))
    assert "scenario.yaml:14:" in str(caught.value)


def test_a_list_does_not_fit_agents_that_are_born():
    with pytest.raises(ScenarioError, match="may be born or die"):
        value(Values((0.1,) * 6), world(torch.arange(6).repeat(2)))
