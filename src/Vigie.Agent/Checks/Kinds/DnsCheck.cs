using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Vigie.Agent.Checks.Kinds;

/// <summary>
/// Whether a name has its addresses: <c>dns www.example.org server 192.0.2.53 expect 192.0.2.80</c>. Asks the system's resolver, or the
/// server that is named.
/// </summary>
sealed class DnsCheck(CheckPlan plan, string name, IPEndPoint? server, bool v6, IReadOnlyList<IPAddress> expected, Limits limits, TimeProvider time)
    : NetworkCheck(plan, name, time)
{
    const int Port = 53;

    [ModuleInitializer]
    internal static void Register() => CheckKinds.Add("dns", "dns www.example.org server 192.0.2.53 type A expect 192.0.2.80",
        static (plan, arguments, context) =>
    {
        string name = arguments.Word("the name").TrimEnd('.');
        if (!DnsMessage.IsName(name))
            arguments.Wrong($"\"{name}\" is no name");
        IPEndPoint? server = null;
        if (arguments.Text("server") is { } text)
        {
            var (host, port) = TcpCheck.HostAndPort(text, Port);
            if (IPAddress.TryParse(host, out var address) && port > 0)
                server = new(address, port);
            else
                arguments.Wrong($"server: \"{text}\" is no address; write it like 192.0.2.53 or [2001:db8::53]:53");
        }
        string type = arguments.Text("type") ?? "A";
        if (type is not ("A" or "AAAA"))
            arguments.Wrong("type: A or AAAA was expected");
        var expected = new List<IPAddress>();
        foreach (var one in (arguments.Text("expect") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (IPAddress.TryParse(one, out var address))
                expected.Add(address);
            else
                arguments.Wrong($"expect: \"{one}\" is no address; write them with commas between");
        return new DnsCheck(plan, name, server, type is "AAAA", expected, Limits.Read(arguments), context.Time);
    });

    protected override async ValueTask<CheckResult> LookAsync(CancellationToken ct)
    {
        long began = Time.GetTimestamp();
        IReadOnlyList<IPAddress> found;
        try
        {
            found = server is null
                ? await Dns.GetHostAddressesAsync(Target, v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, ct)
                : await AskAsync(server, ct);
        }
        catch (FormatException e)
        {
            return Critical(e.Message);
        }
        var took = Time.GetElapsedTime(began);
        string addresses = string.Join(", ", found.Select(a => a.ToString()).Order(StringComparer.Ordinal));
        var missing = expected.Where(a => !found.Contains(a)).ToList();
        return new(Plan.Name, found.Count == 0 || missing.Count > 0 ? CheckState.Critical : limits.Of(took),
            CheckText.Line(found.Count == 0 ? $"{Target} has no address of type {(v6 ? "AAAA" : "A")}"
                : $"{Target} is {addresses}{(missing.Count > 0 ? $", not {string.Join(", ", missing)}" : "")}, in {Limits.Text(took)}"),
            Figures: [limits.Value("time", took)]);
    }

    async Task<IReadOnlyList<IPAddress>> AskAsync(IPEndPoint to, CancellationToken ct)
    {
        ushort id = (ushort)Random.Shared.Next(ushort.MaxValue);
        using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(to, ct);
        await socket.SendAsync(DnsMessage.Question(id, Target, v6), ct);
        var answer = new byte[4096];
        while (true)
        {
            int length = await socket.ReceiveAsync(answer, ct);
            if (DnsMessage.Addresses(answer.AsSpan(0, length), id, v6) is { } found)
                return found;
        }
    }
}
