namespace Vigie.Hub;

static class HubProgram
{
    static int Main() => 0;
}
