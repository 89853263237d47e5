"""Flocking: netware's rules against Mesa and scipy's k-d tree.

A step is everything: who is near, the mean headings, the noise, the move. Density is in agents per
radius squared. Targets, at density 4: 1.3 times the best torch row of our notes or less (the column
`notes`), 400 times Mesa at 10 000 agents; 20 times Mesa's own example of 200 and 400 boids.

Before anything is timed, a step without noise must be that of the k-d tree, bird by bird, a step
with noise must stay as near to it as the noise allows, and each bird must move as far as it flies;
boids must do what a loop over all pairs does.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import cos, sin, tau

import mesa
import numpy as np
import torch
from mesa.examples.basic.boid_flockers.model import BoidFlockers
from mesa.experimental.continuous_space import ContinuousSpace, ContinuousSpaceAgent
from scipy.spatial import KDTree
from timing import arguments, must, must_agree, seconds, written
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.population import Population
from netware.process.settings import keep_freed_memory
from netware.rules.base import Acting
from netware.rules.flocking.reynolds import Reynolds
from netware.rules.flocking.vicsek import Vicsek
from netware.space.box import Space
from netware.space.headings import anywhere
from netware.world import World


NOISE, SPEED = 1.0, 0.03
MOST_MESA = 10_000
FEW, TOLERANCE = 20, 1e-4
NOTES = {
    (1_000, 0.5): (0.68, 0.72),
    (1_000, 4): (0.90, 0.89),
    (10_000, 0.5): (2.3, 2.4),
    (10_000, 4): (4.9, 5.3),
    (100_000, 0.5): (13.8, 14.9),
    (100_000, 4): (29.2, 22.9),
    (1_000_000, 0.5): (152.0, 134.0),
    (1_000_000, 4): (328.0, 204.0),
}


class Netware:
    """Flies all birds of all replicas by netware's rule."""

    def __init__(self, agents: int, box: float, replicas: int = 1):
        draws, space = Draws.of(1, replicas), Space(2, box)
        position = draws.stream(Purpose.STATE, "position", agents).uniform(0.0, box, (2,))
        heading = anywhere(draws.stream(Purpose.STATE, "heading", agents).uniform())
        state = {"position": space.wrap(position), "heading": heading}
        birds = Population("birds", agents, replicas, state=state)
        self.world = World(draws, {"birds": birds}, space=space)
        self.rule = Vicsek("birds", 1.0, SPEED, NOISE)

    def steps(self) -> int:
        return self.world.step

    def column(self, name: str) -> Tensor:
        return self.world["birds"][name]

    def step(self) -> None:
        self.world = self.rule.apply(self.world, Acting("fly")).advanced()


class Boids(Netware):
    """Flies all birds by the three rules of Reynolds, with the weights of Mesa's example."""

    def __init__(self, agents: int, box: float, radius: float):
        super().__init__(agents, box)
        birds = self.world["birds"]
        birds = birds.with_state({"velocity": birds["heading"]})
        self.world = self.world.with_population(birds)
        self.rule = Reynolds("birds", radius, 1.0, 0.015, 0.05, 0.03, slowest=1.0, fastest=1.0)


class ByTree:
    """Flies all birds by scipy: pairs of a k-d tree, sums by bincount."""

    def __init__(self, box: float, position: Tensor, heading: Tensor):
        self.box, self.chance = box, np.random.default_rng(1)
        # As float64, a coordinate of just below the box in float32 is still below it.
        self.position = position.double().numpy()
        self.angle = np.arctan2(*heading.double().numpy().T[::-1])
        self.noise, self.steps = NOISE, 0

    def step(self) -> None:
        self.steps += 1
        agents = len(self.angle)
        one, other = (
            KDTree(self.position, boxsize=self.box).query_pairs(1.0, output_type="ndarray").T
        )
        total = []
        for own in (np.cos(self.angle), np.sin(self.angle)):
            total.append(
                own + np.bincount(one, own[other], agents) + np.bincount(other, own[one], agents)
            )
        noise = self.chance.uniform(-self.noise / 2, self.noise / 2, agents)
        self.angle = np.arctan2(total[1], total[0]) + noise
        way = SPEED * np.stack([np.cos(self.angle), np.sin(self.angle)], 1)
        self.position = (self.position + way) % self.box


class Bird(ContinuousSpaceAgent):
    """A bird of the Mesa loop."""

    def __init__(
        self, space: ContinuousSpace, model: mesa.Model, position: np.ndarray, angle: float
    ):
        super().__init__(space, model)
        self.position, self.angle = position, angle

    def step(self) -> None:
        near, _ = self.get_neighbors_in_radius(radius=1.0)
        angles = np.array([self.angle, *(bird.angle for bird in near)])
        mean = np.arctan2(np.sin(angles).sum(), np.cos(angles).sum())
        self.angle = mean + NOISE * (self.random.random() - 0.5)
        self.position = self.position + SPEED * np.array([cos(self.angle), sin(self.angle)])


class MesaLoop:
    """Flies one bird after another, as Mesa's own example does."""

    def __init__(self, agents: int, box: float):
        model = mesa.Model(seed=1)
        space = ContinuousSpace(
            [[0, box], [0, box]], torus=True, random=model.random, n_agents=agents
        )
        chance = np.random.default_rng(1)
        for position in chance.uniform(0, box, (agents, 2)):
            Bird(space, model, position, chance.uniform(0, tau))
        self.model, self.box = model, box

    def step(self) -> None:
        self.model.agents.shuffle_do("step")


def apart(one: np.ndarray, other: np.ndarray, box: float) -> np.ndarray:
    """Returns the shortest way from some positions to others, or between numbers on a circle."""
    return (other - one + box / 2) % box - box / 2


def must_fly(own: Netware, box: float) -> None:
    """Holds the rule to the k-d tree: a step without noise, and one with noise."""
    position, heading = own.column("position"), own.column("heading")
    tree = ByTree(box, position, heading)
    tree.noise = 0.0
    tree.step()
    still = replace(own.rule, noise=0.0).apply(own.world, Acting("fly"))["birds"]
    own.step()
    angles = [np.arctan2(*x.double().numpy().T[::-1]) for x in (still["heading"], heading)]
    angles.append(np.arctan2(*own.column("heading").double().numpy().T[::-1]))
    wrong = np.abs(apart(angles[0], tree.angle, tau)) > TOLERANCE
    way = apart(still["position"].double().numpy(), tree.position, box)
    # Positions are float32.
    rounding = box * 2**-22
    wrong |= np.abs(way).max(1) > TOLERANCE + rounding
    # Two birds as far apart as the radius, to rounding, are near in one and not in the other.
    must(f"birds fly as by the k-d tree, not {wrong.sum()} in another way", wrong.mean() < 1e-4)
    turned = np.abs(apart(angles[1], tree.angle, tau))
    must("birds turn", turned.mean() > 0.01)
    noise = np.abs(apart(angles[0], angles[2], tau))
    must("noise is within its width", noise.max() <= NOISE / 2 + TOLERANCE)
    spread = NOISE / 48**0.5 / len(noise) ** 0.5
    must("noise is that of its width", abs(noise.mean() - NOISE / 4) < 5 * spread + TOLERANCE)
    moved = apart(position.double().numpy(), own.column("position").double().numpy(), box)
    far = torch.from_numpy(np.hypot(*moved.T))
    must_agree("ways of birds", far, torch.full_like(far, SPEED), TOLERANCE + rounding / SPEED)


def must_fly_by_mesa(loop: MesaLoop) -> None:
    """Holds Mesa's birds, a few of them one by one, to the mean over all that are near."""
    birds, box = list(loop.model.agents), loop.box
    for bird in birds[:FEW]:
        where, angle = np.array([b.position for b in birds]), np.array([b.angle for b in birds])
        near = np.hypot(*apart(bird.position, where, box).T) <= 1.0
        mean = np.arctan2(np.sin(angle[near]).sum(), np.cos(angle[near]).sum())
        before = np.array(bird.position)
        bird.step()
        must("Mesa's bird turns", abs(apart(mean, bird.angle, tau)) <= NOISE / 2 + TOLERANCE)
        far = np.hypot(*apart(before, np.array(bird.position), box))
        must("Mesa's bird moves", abs(far - SPEED) < TOLERANCE)
    before = np.array([bird.position for bird in birds])
    loop.step()
    after = np.array([bird.position for bird in birds])
    far = torch.from_numpy(np.hypot(*apart(before, after, box).T))
    must_agree("ways of Mesa's birds", far, torch.full_like(far, SPEED), TOLERANCE)


def must_be_boids(own: Boids, box: float) -> None:
    """Holds the rule of Reynolds, for a few agents, to a loop over all pairs in float64."""
    x, v = (own.column(name).double() for name in ("position", "velocity"))
    rule, expected = own.rule, []
    for agent in range(FEW):
        gap = torch.from_numpy(apart(x[agent].numpy(), x.numpy(), box))
        r = gap.norm(dim=1)
        others = torch.arange(len(x)) != agent
        near, crowd = others & (r <= rule.radius), others & (r <= rule.crowding)
        wish = torch.zeros(2, dtype=torch.float64)
        if near.any():
            wish += rule.cohesion * gap[near].mean(0) + rule.alignment * (
                v[near].mean(0) - v[agent]
            )
        wish -= rule.separation * (gap[crowd] / r[crowd, None] ** 2).sum(0)
        turned = v[agent] + wish
        expected.append(turned / turned.norm())
    own.step()
    must_agree(
        "velocities of boids", own.column("velocity")[:FEW], torch.stack(expected), TOLERANCE
    )
    must("boids turn", (own.column("velocity") - v).abs().max() > 0.01)
    way = apart(x.numpy(), own.column("position").double().numpy(), box)
    must_agree("ways of boids", torch.from_numpy(way), own.column("velocity"), TOLERANCE)


def must_be_mesas_boids(example: BoidFlockers, box: float) -> None:
    """Holds the boids of Mesa's example to flying, in a step, the way of their new direction."""
    before = np.array([boid.position for boid in example.agents])
    course = np.array([boid.direction for boid in example.agents])
    example.step()
    way = apart(before, np.array([boid.position for boid in example.agents]), box)
    after = np.array([boid.direction for boid in example.agents])
    must_agree("ways of Mesa's boids", torch.from_numpy(way), torch.from_numpy(after), TOLERANCE)
    must("Mesa's boids turn", np.abs(after - course).max() > 0.01)


def measured(agents: int, density: float, quick: bool, threads: int) -> dict[str, float]:
    box = (agents / density) ** 0.5
    own = Netware(agents, box)
    must_fly(own, box)
    tree = ByTree(box, own.column("position"), own.column("heading"))
    contenders: dict[str, Callable[[], object]] = {"netware": own.step, "k-d tree": tree.step}
    steps = {"netware": own.steps, "k-d tree": partial(getattr, tree, "steps")}
    times = seconds(contenders, 3 if quick or agents >= 10**6 else 9, threads, steps)
    if agents <= (1_000 if quick else MOST_MESA):
        loop = MesaLoop(agents, box)
        must_fly_by_mesa(loop)
        times |= seconds({"mesa": loop.step}, 1, threads)
    return times


def batched(agents: int, box: float, replicas: int, threads: int) -> float:
    """Returns the time of a step of one of many replicas; the first must fly as if alone."""
    many, one = Netware(agents, box, replicas), Netware(agents, box)
    many.step()
    one.step()
    for name in ("position", "heading"):
        must_agree(f"{name}s of a replica", many.column(name)[:agents], one.column(name), TOLERANCE)
    others = many.column("position").view(replicas, agents, 2)
    must("replicas differ", all(not torch.equal(others[0], other) for other in others[1:]))
    return seconds({"batch": many.step}, 5, threads, {"batch": many.steps})["batch"] / replicas


def show(agents: int, density: float, times: dict[str, float], threads: int) -> None:
    own = times["netware"]
    others = "".join(
        f"   {name} {taken * 1e3:9.2f} ({taken / own:6.1f} x)"
        for name, taken in times.items()
        if name != "netware"
    )
    note = NOTES.get((agents, density))
    beside = (
        f"   notes {note[threads > 1]:6.1f} ({own * 1e3 / note[threads > 1]:4.2f} of it)"
        if note
        else ""
    )
    print(f"  {agents:9,} agents, density {density:3}: netware {own * 1e3:8.3f}{others}{beside}")


def main() -> None:
    options = arguments(__doc__ or "").parse_args()
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    figures = {}
    print(f"Vicsek, milliseconds per step, {options.threads} threads:")
    for agents in (
        (1_000, 10_000, 100_000) if options.quick else (1_000, 10_000, 100_000, 1_000_000)
    ):
        for density in (0.5, 4):
            times = measured(agents, density, options.quick, options.threads)
            figures[f"{agents}, density {density}"] = times
            show(agents, density, times, options.threads)
    print("The two sizes of Mesa's framework comparison, one run and 100 replicas in one batch:")
    for agents, box, radius in ((200, 100.0, 5.0), (400, 150.0, 15.0)):
        box, density = box / radius, agents * radius**2 / box**2
        times = measured(agents, density, options.quick, options.threads)
        many = batched(agents, box, 100, options.threads)
        figures[f"{agents}, density {density:.2f}"] = times | {"netware, one of 100": many}
        show(agents, round(density, 2), times, options.threads)
        print(f"    in a batch of 100: {many * 1e3:.3f} a step of one replica")
    print("Mesa's own example of boids, at the same two sizes, against netware's rule of Reynolds:")
    for agents, box, radius in ((200, 100, 5.0), (400, 150, 15.0)):
        example = BoidFlockers(
            population_size=agents, width=box, height=box, speed=1, vision=radius, separation=1,
            cohere=0.03, separate=0.015, match=0.05, seed=1,
        )  # fmt: skip
        own = Boids(agents, box, radius)
        must_be_boids(own, box)
        must_be_mesas_boids(example, box)
        times = seconds(
            {"netware": own.step, "mesa": example.step},
            3 if options.quick else 9,
            options.threads,
            {"netware": own.steps, "mesa": partial(getattr, example, "steps")},
        )
        figures[f"{agents} boids"] = times
        show(agents, round(agents * radius**2 / box**2, 2), times, options.threads)
    written(options.out, {"threads": options.threads, "seconds_per_step": figures})


if __name__ == "__main__":
    main()
