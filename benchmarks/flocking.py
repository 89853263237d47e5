"""Flocking: netware's rules against Mesa, scipy's k-d tree, and pyvicsek if installed.

A step is everything: who is near, the mean headings, the noise, the move. Density is in agents per
radius squared. Targets, at density 4: 1.3 times the best torch row of our notes or less (the column
`notes`), 400 times Mesa at 10 000 agents; 20 times Mesa's own example of 200 and 400 boids.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from math import cos, pi, sin, tau

import mesa
import numpy as np
import torch
from mesa.examples.basic.boid_flockers.model import BoidFlockers
from mesa.experimental.continuous_space import ContinuousSpace, ContinuousSpaceAgent
from scipy.spatial import KDTree
from timing import arguments, seconds, written

from netware.allocator import keep_freed_memory
from netware.draws import Draws, Purpose
from netware.headings import anywhere
from netware.population import Population
from netware.rules.base import Turn
from netware.rules.flocking.reynolds import Reynolds
from netware.rules.flocking.vicsek import Vicsek
from netware.space import Space
from netware.world import World


NOISE, SPEED = 1.0, 0.03
MOST_MESA = 10_000
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

    def step(self) -> None:
        self.world = self.rule.apply(self.world, Turn("fly")).advanced()


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

    def __init__(self, agents: int, box: float):
        self.box, self.chance = box, np.random.default_rng(1)
        self.position = self.chance.uniform(0, box, (agents, 2))
        self.angle = self.chance.uniform(-pi, pi, agents)

    def step(self) -> None:
        agents = len(self.angle)
        one, other = (
            KDTree(self.position, boxsize=self.box).query_pairs(1.0, output_type="ndarray").T
        )
        total = []
        for own in (np.cos(self.angle), np.sin(self.angle)):
            total.append(
                own + np.bincount(one, own[other], agents) + np.bincount(other, own[one], agents)
            )
        noise = self.chance.uniform(-NOISE / 2, NOISE / 2, agents)
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
        self.model = model

    def step(self) -> None:
        self.model.agents.shuffle_do("step")


def pyvicsek(agents: int, box: float) -> Callable[[], object] | None:
    """Returns a step of pyvicsek, where that package is installed."""
    if find_spec("vicsek") is None:
        return None
    other = import_module("vicsek")
    birds = other.initialize_random_particles(agents, box, SPEED, 2, seed=1)
    return other.Vicsek(box, birds, 1.0, SPEED, NOISE / 3, seed=1).step


def measured(agents: int, density: float, quick: bool, threads: int) -> dict[str, float]:
    box = (agents / density) ** 0.5
    contenders: dict[str, Callable[[], object]] = {
        "netware": Netware(agents, box).step,
        "k-d tree": ByTree(agents, box).step,
    }
    if other := pyvicsek(agents, box):
        contenders["pyvicsek"] = other
    times = seconds(contenders, 3 if quick or agents >= 10**6 else 9, threads)
    if agents <= (1_000 if quick else MOST_MESA):
        times |= seconds({"mesa": MesaLoop(agents, box).step}, 1, threads)
    return times


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
        many = seconds({"batch": Netware(agents, box, 100).step}, 5, options.threads)["batch"] / 100
        figures[f"{agents}, density {density:.2f}"] = times | {"netware, one of 100": many}
        show(agents, round(density, 2), times, options.threads)
        print(f"    in a batch of 100: {many * 1e3:.3f} a step of one replica")
    print("Mesa's own example of boids, at the same two sizes, against netware's rule of Reynolds:")
    for agents, box, radius in ((200, 100, 5.0), (400, 150, 15.0)):
        example = BoidFlockers(
            population_size=agents, width=box, height=box, speed=1, vision=radius, separation=1,
            cohere=0.03, separate=0.015, match=0.05, seed=1,
        )  # fmt: skip
        contenders = {"netware": Boids(agents, box, radius).step, "mesa": example.step}
        times = seconds(contenders, 3 if options.quick else 9, options.threads)
        figures[f"{agents} boids"] = times
        show(agents, round(agents * radius**2 / box**2, 2), times, options.threads)
    written(options.out, {"threads": options.threads, "seconds_per_step": figures})


if __name__ == "__main__":
    main()
