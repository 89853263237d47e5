"""Which members suit which populations, what they need beside them, and parameters of one kind."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from tests.laws.themes import MEMORIES


LEARNING = ("network", "recursive", "steered", "adapted")
NETS = (*LEARNING, "denoiser", "features")

THEMES_OF: Mapping[str, tuple[str, ...]] = {
    # tasks
    "gaussian_mixture": ("denoiser",),
    "random_patterns": ("memory",),
    "one_hot": ("network", "features"),
    # models
    "urn": ("recursive",),
    "low_rank": ("adapted",),
    "neurashed": ("features",),
    "denoiser": ("denoiser",),
    "gaussian_denoiser": ("denoiser",),
    **{name: ("memory",) for name in MEMORIES},
    # rules
    "control_representation": ("steered",),
    "cucker_smale": ("moving",),
    "denoising": ("denoiser",),
    "freeze": ("network", "recursive"),
    "gradient": LEARNING,
    "hebbian": ("network",),
    "low_rank_control": ("adapted",),
    "neurashed_growth": ("features",),
    "noise_prediction": ("denoiser",),
    "noising": ("denoiser",),
    "olfati_saber": ("moving",),
    "read_representation": ("steered", "adapted", "network"),
    "asynchronous_recall": ("memory",),
    "recall": ("memory",),
    "reynolds": ("moving",),
    "steer": ("moving",),
    "vicsek": ("moving",),
    "weight_consensus": (*NETS, "memory"),
    "agent_lesion": (*NETS, "memory"),
    "lesion": (*NETS, "memory"),
    "neuron_lesion": ("network", "recursive"),
    "noise": ("plain", "memory", "moving", "network"),
    # probes
    "accessible_nodes": ("network",),
    "accuracy": LEARNING,
    "active_neurons": ("recursive",),
    "binder_cumulant": ("moving",),
    "capacity_used": ("recursive", "network"),
    "cluster_sizes": ("moving",),
    "connectivity": ("network", "adapted"),
    "correctness": (*LEARNING, "memory"),
    "depth_used": ("recursive",),
    "effective_nodes": ("features",),
    "embedding_dimension": ("network",),
    "energy": ("memory",),
    "entropy_increments": ("network",),
    "explained_variance": ("network",),
    "iteration_accuracy": ("recursive",),
    "linear_pieces": ("network",),
    "local_elasticity": LEARNING,
    "loss": LEARNING,
    "momentum": ("moving",),
    "mutual_information": ("network", "recursive"),
    "neuron_activity": ("recursive",),
    "nodal_connectivity": ("network",),
    "number_fluctuations": ("moving",),
    "order_parameter": ("moving",),
    "overlap": ("memory",),
    "pairwise_disagreement": LEARNING,
    "representation_score": ("steered",),
    "structure_formation": ("network",),
    "susceptibility": ("moving",),
    "synaptic_length": ("recursive",),
    "velocity_correlation": ("moving",),
    "wasserstein": ("denoiser",),
    "weight_growth": ("network",),
    "disagreement": ("plain", "moving", "memory", "network"),
}
SUITS_ALL = ("headcount", "birth", "death", "algebraic_connectivity", "relational_signature")
REWIRING = ("homophily", "preferential_rewiring", "random_rewiring")

COMPANIONS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "avalanche": ("threshold_avalanche", {}),
    "coalition_sizes": ("merge_and_split", {}),
    "magnetisation": ("ising", {}),
    "payoff": ("best_response", {}),
    "shares": ("log_linear_learning", {}),
    "volatility": ("minority_game", {}),
}
"""What a probe reads that a rule keeps."""


def matrix(chance: Random) -> list[list[float]]:
    """Returns a game of two strategies."""
    return [[chance.choice((-1.0, 0.0, 1.0, 2.0, 0.3)) for _ in range(2)] for _ in range(2)]


def of(*choices: Any) -> Callable[[Random], Any]:
    """Returns a parameter that is one of some values."""
    return lambda chance: chance.choice(choices)


OWN_DRAWS: Mapping[str, Callable[[Random], Any]] = {
    "payoff": matrix,
    "waves": of(1, 5, 50),
    "drives": of(1, 3),
    "orders": of(1, 8),
    "permutations": of(1, 9),
    "shuffles": of(1, 3),
    "draws": of(1, 6),
    "points": of(3, 12),
    "leaders": of([], [0], [1, 0]),
    "layers": of(["hidden1"]),
    "layer": of("hidden1"),
    "part": of("output"),
    "trains": of(["weights"]),
    "loss": of("auto"),
    "direction": of([]),
    "origin": of([]),
    "obstacles": of([]),
    "goal": of(None),
    "goal_velocity": of(None),
    "paces": of([]),
    "dynamics": of([[1.0]], [[0.5]]),
    "multi_head": of(0),
    "radius": of(0.3, 1.0, 2.5),
    "context": of(0),
    "smallest": of(1, 2),
    "largest": of(3, 60),
    "low": of(-1.0, 0.0),
    "high": of(0.5, 1.0),
    "slowest": of(0.0, 0.2),
    "warmup": of(0, 1, 2),
    "delay": of(1.0, 2.0),
    "multiply": of(1.0, 0.5),
    "decay": of(1.0, 0.95, 0.1),
    "growth": of(1.05, 2.0),
    "rate": of(0.01, 0.3, 1.0),
    "gain": of(0.01, 0.1, 0.25),
}
"""Parameters by name whose type alone says too little, or too much for a small scenario."""

TASTE: Mapping[tuple[str, str], Callable[[Random], Any]] = {
    ("nodal_growth", "growth"): of("growth"),
    ("neurashed_growth", "gain"): of("multiply", "add"),
    ("neurashed_growth", "loss"): of("multiply"),
    ("dependency", "delay"): of(0, 1, 1),
    ("relational_signature", "equal"): of([]),
    ("class_spread", "equal"): of([]),
    ("random_geometric", "radius"): of(0.4, 1.5),
    ("representation_score", "positive"): of(0, 1),
    ("representation_score", "state"): of("direction"),
    ("representation_score", "layer"): of("hidden1"),
    ("read_representation", "positive"): of(1),
    ("read_representation", "negative"): of(0),
    ("read_representation", "pairs"): of(1, 2),
    ("hebbian", "rate"): of(0.01, 0.1),
    ("merge_and_split", "state"): of("coalition"),
}
"""Parameters of one member."""


def themes_of(family: str, name: str) -> tuple[str, ...]:
    """Names the themes of the populations that a member suits."""
    if name in SUITS_ALL:
        return ("plain", "plain", "moving", "network", "memory")
    other = ("network",) if family in ("tasks", "models", "optimisers") else ("plain",)
    return THEMES_OF.get(name, other)
