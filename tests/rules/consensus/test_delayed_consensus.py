import pytest
import torch

from netware.errors import ScenarioError
from netware.rules.consensus.delayed_consensus import DelayedConsensus
from tests.rules.agreeing import ACTING, after, laplacian, numbers, path, ring, world_of


def integrated(x: torch.Tensor, delay: int, steps: int, dt: float) -> torch.Tensor:
    """Returns x after as many steps of the trapezoidal rule, all of the past kept in a list."""
    matrix = torch.from_numpy(laplacian(ring(len(x))))
    states = [x] * delay + [x]
    for _ in range(steps):
        heard = (states[-1 - delay] + states[-delay]) / 2
        states.append(states[-1] - 0.5 * dt * (matrix @ heard.view(len(x), -1)).view_as(x))
    return states[-1]


@pytest.mark.parametrize("delay", [1, 2, 7])
@pytest.mark.parametrize("size", [(), (3,)])
def test_what_is_heard_is_as_old_as_the_delay(delay, size):
    x, dt = numbers(delay, 6, *size), 0.25
    world = world_of(x, ring(6), dt=dt)
    rule = DelayedConsensus("people", "talks", delay * dt, gain=0.5)
    for steps in (1, delay, 3 * delay + 2):
        found = after(world, rule, steps)["people"]["output"]
        assert (found - integrated(x, delay, steps, dt)).abs().max() < 1e-12


def test_it_is_of_second_order_in_dt():
    """Two agents with a_12 = a_21 = 1/2 obey y' = -y(t - 1), y = x_1 - x_2, 1 for t <= 0.

    The solution has polynomials as its steps: y(3) = 1 - 3 + 2^2 / 2 - 1 / 6.
    """
    x = torch.tensor([0.5, -0.5], dtype=torch.float64)
    errors = []
    for steps in (8, 16, 32):
        world = world_of(x, path(2) / 2, dt=1 / steps)
        found = after(world, DelayedConsensus("people", "talks", 1.0), 3 * steps)
        y = float(found["people"]["output"] @ torch.tensor([1.0, -1.0], dtype=torch.float64))
        errors.append(abs(y - (1 - 3 + 2**2 / 2 - 1 / 6)))
    assert errors[0] / errors[1] == pytest.approx(4, rel=1e-6)
    assert errors[1] / errors[2] == pytest.approx(4, rel=1e-6)


def test_the_mean_is_kept_and_each_step_writes_two_columns_alone():
    world = world_of(numbers(3, 6), ring(6), dt=0.1)
    rule = DelayedConsensus("people", "talks", 0.5)
    world = rule.prepare(world, ACTING)
    before = dict(world["people"].state)
    later = rule.apply(world, ACTING)["people"].state
    changed = [name for name, values in later.items() if values is not before[name]]
    assert changed == ["output"]
    late = after(world, rule, 100)["people"]["output"]
    assert float(late.mean()) == pytest.approx(float(before["output"].mean()), abs=1e-13)


@pytest.mark.parametrize(("delay", "steps", "dt"), [(0.25, "2.5", "0.125"), (0.01, "0.1", "0.01")])
def test_a_delay_between_steps_is_refused_with_what_to_write(delay, steps, dt):
    world = world_of(numbers(1, 4), ring(4), dt=0.1)
    with pytest.raises(ScenarioError) as refused:
        DelayedConsensus("people", "talks", delay).prepare(world, ACTING)
    assert str(refused.value) == (
        f"rules.agree.delay: {delay}, which is {steps} steps of dt = 0.1\n"
        "  expected: a whole number of steps, 1 or more\n"
        f"  fix: write 'dt: {dt}', or continuous_consensus for none"
    )
