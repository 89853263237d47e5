"""Random numbers as a pure function of seed, replica, agent id, step, purpose and counter."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import IntEnum
from math import prod, tau
from typing import Any
from zlib import crc32

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


M0, M1 = 0xD2511F53, 0xCD9E8D57
W0, W1 = 0x9E3779B9, 0xBB67AE85
MASK = 0xFFFFFFFF
ROUNDS = 10
CACHED_BLOCKS = 1 << 14
MOST_WORDS = 1 << 33
TWISTER = slice(24, 24 + 8 * 624)
"""Where the words of PyTorch's generator stand in its state, after its seed and its place."""

SeedLike = int | np.integer | np.random.Generator | np.random.SeedSequence | list[int] | None


class Purpose(IntEnum):
    """What a number is drawn for; append only, a number is never used again."""

    WEIGHTS = 1
    STATE = 2
    TOPOLOGY = 3
    TASK = 4
    CORRUPTION = 5
    RULE = 6
    ORDER = 7
    BATCH = 8
    REWIRING = 9
    PROBE = 10
    PANEL = 11
    MESA = 12
    PARAMETER = 13


def philox(c0: Tensor, c1: Tensor, c2: Tensor, c3: Tensor, k0, k1) -> tuple[Tensor, ...]:
    """Returns the four 32-bit words of each counter under Philox 4x32-10; overwrites c0 and c2.

    Counters are int64 tensors of 32-bit values; keys are integers or tensors that broadcast. On a
    CPU the rounds run in NumPy, on the same memory: two to four times faster.

    Source: Salmon et al. (2011), Proc. SC11, doi:10.1145/2063384.2063405.
    """
    if c0.device.type != "cpu":
        return rounds(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k.numpy() if isinstance(k, Tensor) else k for k in (k0, k1))
    words = rounds(c0.numpy(), c1.numpy(), c2.numpy(), c3.numpy(), k0, k1)
    return tuple(torch.from_numpy(word) for word in words)


def rounds(c0, c1, c2, c3, k0, k1):
    """Runs ten rounds on arrays or tensors of int64; overwrites c0 and c2.

    Products wrap modulo 2^64 in int64, so a masked shift gives the right high word.
    """
    for turn in range(ROUNDS):
        if turn:
            k0, k1 = (k0 + W0) & MASK, (k1 + W1) & MASK
        c0 *= M0
        c2 *= M1
        n0, n2 = c2 >> 32, c0 >> 32
        n0 &= MASK
        n0 ^= c1
        n0 ^= k0
        n2 &= MASK
        n2 ^= c3
        n2 ^= k1
        c2 &= MASK
        c0 &= MASK
        c0, c1, c2, c3 = n0, c2, n2, c0
    return c0, c1, c2, c3


def key_of(seed: int) -> tuple[int, int]:
    """Returns the two 32-bit key words of a run's seed."""
    first, second = np.random.SeedSequence(seed).generate_state(2, np.uint32)
    return int(first), int(second)


def seed_of(given: SeedLike) -> int | None:
    """Returns the seed that Mesa's `seed` or `rng` stands for, or None for none.

    A whole number is itself; whatever else `numpy.random.default_rng` takes (a generator, a seed
    sequence, a list) gives a number drawn from it.
    """
    if given is None:
        return None
    if isinstance(given, (int, np.integer)):
        return int(given)
    return int(np.random.default_rng(given).integers(2**63 - 1))


def replica_seeds(seed: int, replicas: int) -> tuple[int, ...]:
    """Returns the seed of each replica: the run's own for replica 0, derived ones for the rest."""

    def derived(replica: int) -> int:
        words = np.random.SeedSequence(seed, spawn_key=(replica,)).generate_state(2, np.uint32)
        return (int(words[0]) << 31 | int(words[1]) >> 1) & (2**63 - 1)

    return (seed, *(derived(replica) for replica in range(1, replicas)))


@dataclass(frozen=True)
class Draws:
    """The source of all chance in a run: one key per replica and nothing that changes."""

    keys: Int[Tensor, "replicas 2"]

    @classmethod
    def of(cls, seed: int, replicas: int = 1, device: torch.device | str = "cpu") -> "Draws":
        """Makes the source for a run's seed."""
        keys = [key_of(own) for own in replica_seeds(seed, replicas)]
        return cls(torch.tensor(keys, dtype=torch.int64, device=device))

    def stream(self, purpose: Purpose, name: str, agents: int, step: int = 0) -> "Stream":
        """Opens the numbers of one use: `name` tells two uses of one purpose apart.

        The name goes into the key, so adding a population or a rule moves no other part's numbers.
        Open one stream for each draw: two draws from one stream give the same numbers.
        """
        salted = self.keys.clone()
        salted[:, 1] ^= crc32(name.encode())
        return Stream(salted, int(purpose), step, agents)


@dataclass(frozen=True)
class Stream:
    """Numbers for every agent of a population, replica by replica, at one step for one purpose.

    Counter: c0 = id low 32; c1 = id high 16, block low 16; c2 = step; c3 = purpose, block high 16.
    One number per agent uses block = id // 4 and lane = id % 4; `size` numbers per agent use
    the agent's own blocks.

    Args:
        keys: Key of each replica, salted with the name of the use.
        purpose: Member of `Purpose`.
        step: Step of the simulation.
        agents: Agents per replica.
        ids: Ids of the agents that draw, or None for all of each replica. [1]
        replica: Replica of each of them, or None for all.
        identity: Id of the agent at each flat position, or None where it is the position in the
            replica: so it is until agents are born.
    """

    keys: Int[Tensor, "replicas 2"]
    purpose: int
    step: int
    agents: int
    ids: Int[Tensor, " drawing"] | None = None
    replica: Int[Tensor, " drawing"] | None = None
    identity: Int[Tensor, " agents"] | None = None

    def of(self, chosen: Int[Tensor, " drawing"] | None) -> "Stream":
        """Narrows the stream to the agents at the flat positions `chosen` (all if None)."""
        if chosen is None:
            return self
        ids = chosen % self.agents if self.identity is None else self.identity[chosen]
        return replace(self, ids=ids, replica=chosen // self.agents)

    def identified(self, identity: Int[Tensor, " agents"] | None) -> "Stream":
        """Addresses the numbers by ids that are not positions; by positions if None."""
        if identity is None:
            return self
        every = torch.arange(len(identity), device=identity.device)
        return replace(self, identity=identity).of(every)

    def words(self, size: tuple[int, ...] = ()) -> Int[Tensor, "drawing *size"]:
        """Draws 32-bit words: shape `(agents of all replicas,) + size`."""
        many = prod(size)
        if many > MOST_WORDS:
            raise ValueError(f"{many} numbers per agent exceed the counter's {MOST_WORDS}")
        if not size:
            return self._one_each()
        device = self.keys.device
        blocks = torch.arange(-(-many // 4), device=device)
        if self.ids is None or self.replica is None:
            ids = torch.arange(self.agents, device=device).repeat(len(self.keys))
            replica = torch.arange(len(self.keys), device=device).repeat_interleave(self.agents)
        else:
            ids, replica = self.ids, self.replica
        rows = [
            self._blocks(some_ids[:, None], blocks[None, :], self.keys[some_replica])
            for some_ids, some_replica in zip(
                ids.split(rows_at_once(len(blocks))),
                replica.split(rows_at_once(len(blocks))),
                strict=True,
            )
        ]
        return torch.cat(rows).flatten(1)[:, :many].reshape(len(ids), *size)

    def _one_each(self) -> Tensor:
        """Draws one word per agent, four consecutive ids from one block."""
        zero = torch.zeros(1, dtype=torch.int64, device=self.keys.device)
        if self.ids is not None and self.replica is not None:
            words = self._blocks(self.ids[:, None] // 4, zero, self.keys[self.replica])
            return words[:, 0].gather(1, (self.ids % 4)[:, None])[:, 0]
        quads = torch.arange(-(-self.agents // 4), device=self.keys.device)
        parts = [
            self._blocks(some[None, :], zero, self.keys).flatten(1)
            for some in quads.split(rows_at_once(len(self.keys)))
        ]
        return torch.cat(parts, 1)[:, : self.agents].flatten()

    def _blocks(self, ids: Tensor, blocks: Tensor, keys: Tensor) -> Tensor:
        """Computes whole blocks for broadcast ids and block numbers; 4 words on the last axis."""
        shape = np.broadcast_shapes(ids.shape, blocks.shape, (len(keys), 1))
        c0 = (ids & MASK).expand(shape).clone()
        c1 = (((ids >> 32) << 16) | (blocks & 0xFFFF)).expand(shape)
        c2 = torch.full(shape, self.step & MASK, dtype=torch.int64, device=c0.device)
        c3 = (self.purpose | ((blocks >> 16) << 16)).expand(shape)
        one_key = len(keys) == 1
        k0 = int(keys[0, 0]) if one_key and keys.device.type == "cpu" else keys[:, :1]
        k1 = int(keys[0, 1]) if one_key and keys.device.type == "cpu" else keys[:, 1:]
        return torch.stack(philox(c0, c1, c2, c3, k0, k1), -1)

    def uniform(
        self, low: float = 0.0, high: float = 1.0, size: tuple[int, ...] = (), dtype=torch.float32
    ) -> Float[Tensor, "drawing *size"]:
        """Draws from U[low, high): 24 bits in float32, 32 bits in float64."""
        words = self.words(size)
        if dtype == torch.float64:
            unit = words.to(dtype).mul_(2.0**-32)
        else:
            unit = (words >> 8).to(torch.float32).mul_(2.0**-24)
        return unit.mul_(high - low).add_(low)

    def normal(
        self, mean: float = 0.0, sd: float = 1.0, size: tuple[int, ...] = (), dtype=torch.float32
    ) -> Float[Tensor, "drawing *size"]:
        """Draws from N(mean, sd^2) by Box-Muller in float64, rounded once."""
        pairs = self.words((*size, 2)).to(torch.float64)
        radius = (pairs[..., 0].add(0.5).mul_(2.0**-32)).log_().mul_(-2).sqrt_()
        angle = pairs[..., 1].mul(tau * 2.0**-32)
        return (radius * angle.cos_()).mul_(sd).add_(mean).to(dtype)

    def integers(self, below: int, size: tuple[int, ...] = ()) -> Int[Tensor, "drawing *size"]:
        """Draws from {0, ..., below - 1}; bias at most below / 2^32."""
        return (self.words(size) * below) >> 32

    def bernoulli(self, p: float, size: tuple[int, ...] = ()):
        """Draws True with probability p, by comparing integers: the same on every device."""
        return self.words(size) < round(p * 2**32)

    def order(self, present: Bool[Tensor, " drawing"] | None = None) -> Int[Tensor, " drawing"]:
        """Draws one permutation of each replica's agents, as flat positions.

        Those who are not `present` come last; the others are in the order that they have anyway.
        """
        keys = self.words((2,))
        key = (keys[:, 0] << 31 | keys[:, 1] >> 1).view(len(self.keys), self.agents)
        if present is not None:
            key = key.masked_fill(~present.view_as(key), torch.iinfo(key.dtype).max)
        first = torch.arange(len(self.keys), device=key.device)[:, None] * self.agents
        return (key.argsort(dim=1, stable=True) + first).flatten()


def rows_at_once(width: int) -> int:
    """Returns how many rows of `width` blocks keep the rounds of Philox in cache."""
    return max(1, CACHED_BLOCKS // max(1, width))


@contextmanager
def chance_of_others_restored() -> Iterator[None]:
    """Puts the generators of PyTorch, NumPy and Python back once the block ends.

    Code of the user's draws from these; nothing of netware's own does.
    """
    numpy, python = np.random.get_state(), random.getstate()
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            np.random.set_state(numpy)
            random.setstate(python)


def seed_others(seed: int) -> None:
    """Seeds the generators of PyTorch, NumPy and Python with 63 bits.

    By itself PyTorch takes 32, with which two of 100,000 agents are likely to begin alike. So it
    gets the state that NumPy makes of all of them; both are the same twister, MT19937.
    """
    low, high = seed & MASK, seed >> 32
    np.random.seed([low, high, 1])
    words: Any = np.random.get_state()
    torch.default_generator.manual_seed(low)
    state = torch.default_generator.get_state()
    state.numpy()[TWISTER].view(np.uint64)[:] = words[1]
    torch.default_generator.set_state(state)
    np.random.seed([low, high])
    random.seed(seed)


def chance_of_others() -> tuple[bytes, ...]:
    """Returns marks of the three generators: one that differs has drawn in between."""
    kind, keys, *rest = np.random.get_state()
    numpy = repr((kind, rest)).encode() + np.asarray(keys).tobytes()
    state: Any = torch.default_generator.get_state().numpy().tobytes()
    return state, numpy, repr(random.getstate()).encode()
