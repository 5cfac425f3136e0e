namespace Vigie.Agent;

static class AgentProgram
{
    static int Main() => 0;
}
