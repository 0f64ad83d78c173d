// AgentContract
