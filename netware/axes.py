"""Names of the axes that a probe's readings may have; they become index columns of the metrics."""

REPLICA = "replica"
AGENT = "agent"
LAYER = "layer"
UNIT = "unit"
ITERATION = "iteration"
SAMPLE = "sample"
LAG = "lag"
DEPTH = "depth"
SIZE = "size"
TOPIC = "topic"

INDEX_COLUMNS = (AGENT, LAYER, UNIT, ITERATION, SAMPLE, LAG, DEPTH, SIZE, TOPIC)
