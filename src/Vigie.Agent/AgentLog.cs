namespace Vigie.Agent;

public enum AgentLogLevel { Information, Warning, Error }

/// <summary>Where the agent tells what people should know. Called from any thread; must not throw.</summary>
public delegate void AgentLog(AgentLogLevel level, string message);
