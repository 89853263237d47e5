"""Parameters that vary: over time, from agent to agent, or from replica to replica."""
