"""`Run.weights` gives the weights of the agent and replica asked for, wherever there is room."""

import numpy as np
import pytest

import netware
from netware import NetwareModel
from netware.errors import StoreError
from tests.simulation.worlds import write


TEXT = """
netware: 1
name: roomy
seed: 3
steps: 3
replicas: 2
populations:
  nets:
    agents: 4
    capacity: 7
    model: {type: multilayer, inputs: 2, outputs: 1}
    state: {input: {normal: [0, 1], size: 2}}
rules:
  die: {type: death, on: nets, rate: RATE}
"""


@pytest.mark.parametrize("rate", ["0.0", "0.3"])
def test_every_agent_alive_has_its_own_and_no_one_else_has_any(tmp_path, rate) -> None:
    path = write(tmp_path, TEXT.replace("RATE", rate))
    run, model = netware.run(path, out=tmp_path / "runs"), NetwareModel(path)
    for _ in range(3):
        model.step()
    nets = model.world["nets"]
    assert nets.alive is not None
    weights, alive = nets.per_replica(nets.weights["w1"]), nets.per_replica(nets.alive)
    for replica in range(2):
        for agent in range(7):
            if alive[replica, agent]:
                found = run.weights("nets", agent, replica)["w1"]
                np.testing.assert_array_equal(found, weights[replica, agent].numpy())
            else:
                with pytest.raises(StoreError, match=f"no agent alive at place {agent}"):
                    run.weights("nets", agent, replica)
