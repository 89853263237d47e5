import torch

from netware.rules.rewiring.preferential_rewiring import PreferentialRewiring
from netware.rules.rewiring.random_rewiring import RandomRewiring
from tests.rules.rewiring.graphs import after, world


def spread(now) -> float:
    return float(now.edges["knows"].in_degree.double().var())


def test_the_rich_get_richer():
    before = world(agents=300)
    rich = spread(after(before, PreferentialRewiring("people", "knows", 0.2), 60))
    plain = spread(after(before, RandomRewiring("people", "knows", 0.2), 60))
    assert rich > 2 * plain


def test_whoever_has_many_links_is_found_so_much_more_often():
    """A hub with a share of all ends is the new end of that share of moves."""
    agents, hub = 1000, 400
    source = torch.cat([torch.arange(1, hub + 1), torch.arange(hub + 1, agents - 1, 2)])
    target = torch.cat([torch.zeros(hub, dtype=torch.long), torch.arange(hub + 2, agents, 2)])
    before = world(agents=agents, replicas=1)
    edges = type(before.edges["knows"]).from_pairs(
        torch.cat([source, target]), torch.cat([target, source]), agents, agents
    )
    before = before.with_edges("knows", edges)
    now = after(before, PreferentialRewiring("people", "knows", 1.0), 1).edges["knows"]
    # Other links move to the hub with probability hub / ends; half of its own links stay with it
    # and move to one of the others' ends with probability 2 others / ends.
    others = len(source) - hub
    known = torch.zeros(agents, dtype=torch.bool)
    known[: hub + 1] = True
    gained = int((~known[now.source[now.target == 0].long()]).sum())
    expected = 2 * others * hub / edges.count
    assert abs(gained - expected) < 4 * expected**0.5
