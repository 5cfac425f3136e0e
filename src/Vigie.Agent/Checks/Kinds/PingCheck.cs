using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Vigie.Agent.Checks.Kinds;

/// <summary>
/// Whether a host answers echoes: <c>ping 192.0.2.1 count 5 warning 50ms</c>. Sent by the kernel's ICMP sockets for everybody, where
/// net.ipv4.ping_group_range allows them, else as the system's ping does.
/// </summary>
sealed class PingCheck(CheckPlan plan, string host, int count, Limits limits, TimeProvider time)
    : NetworkCheck(plan, host, time)
{
    static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200), Wait = TimeSpan.FromSeconds(2);

    const int EchoV4 = 8, EchoV6 = 128;

    [ModuleInitializer]
    internal static void Register() => CheckKinds.Add("ping", "ping 192.0.2.1 count 5 warning 50ms critical 200ms", static (plan, arguments, context) =>
    {
        string host = arguments.Word("the host");
        double count = arguments.Number("count") ?? 3;
        if (count is not (>= 1 and <= 20))
            arguments.Wrong("count: a number from 1 to 20 was expected");
        return new PingCheck(plan, host, (int)count, Limits.Read(arguments), context.Time);
    });

    protected override async ValueTask<CheckResult> LookAsync(CancellationToken ct)
    {
        var address = IPAddress.TryParse(Target, out var given) ? given : (await Dns.GetHostAddressesAsync(Target, ct))[0];
        var times = new List<TimeSpan>();
        using (var socket = TryOpen(address))
            for (int i = 0; i < count; i++)
            {
                if (i > 0)
                    await Task.Delay(Between, Time, ct);
                if ((socket is null ? await BySystemAsync(address, ct) : await EchoAsync(socket, address, i, ct)) is { } took)
                    times.Add(took);
            }
        return Judge(address, times);
    }

    CheckResult Judge(IPAddress address, List<TimeSpan> times)
    {
        double loss = 1 - ((double)times.Count / count);
        var lost = new CheckValue("loss", loss, CheckUnit.Ratio, Min: 0, Max: 1);
        string name = Target == address.ToString() ? Target : $"{Target} ({address})";
        if (times.Count == 0)
            return new(Plan.Name, CheckState.Critical, $"{name} answered none of {count} echoes", Figures: [lost]);
        var average = TimeSpan.FromTicks((long)times.Average(t => t.Ticks));
        var state = limits.Of(average);
        return new(Plan.Name, state == CheckState.Ok && loss > 0 ? CheckState.Warning : state,
            $"{name} answered {times.Count} of {count} echoes, in {Limits.Text(average)} on average",
            Figures: [limits.Value("time", average), lost]);
    }

    /// <summary>Null where everybody's ICMP sockets are not allowed.</summary>
    static Socket? TryOpen(IPAddress address)
    {
        bool v4 = address.AddressFamily == AddressFamily.InterNetwork;
        try
        {
            var socket = new Socket(address.AddressFamily, SocketType.Dgram, v4 ? ProtocolType.Icmp : ProtocolType.IcmpV6);
            return socket;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    async Task<TimeSpan?> EchoAsync(Socket socket, IPAddress address, int sequence, CancellationToken ct)
    {
        // type, code, checksum and identifier (the kernel fills both in), sequence, and something to carry
        var echo = new byte[40];
        echo[0] = (byte)(address.AddressFamily == AddressFamily.InterNetwork ? EchoV4 : EchoV6);
        BinaryPrimitives.WriteUInt16BigEndian(echo.AsSpan(6), (ushort)sequence);
        using var limit = new CancellationTokenSource(Wait, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        long began = Time.GetTimestamp();
        try
        {
            var to = new IPEndPoint(address, 0);
            await socket.SendToAsync(echo, to, either.Token);
            var answer = new byte[1024];
            while (true)
            {
                var received = await socket.ReceiveFromAsync(answer, to, either.Token);
                if (received.ReceivedBytes >= 8 && BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6)) == sequence)
                    return Time.GetElapsedTime(began);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
        catch (SocketException)
        {
            return null; // the network says that there is no way
        }
    }

    async Task<TimeSpan?> BySystemAsync(IPAddress address, CancellationToken ct)
    {
        try
        {
            using var ping = new Ping();
            long began = Time.GetTimestamp();
            var reply = await ping.SendPingAsync(address, Wait, cancellationToken: ct);
            if (reply.Status != IPStatus.Success)
                return null;
            // Whole milliseconds are told; below one, what has passed here is nearer, unless starting a program was part of it.
            var passed = Time.GetElapsedTime(began);
            return reply.RoundtripTime > 0 ? TimeSpan.FromMilliseconds(reply.RoundtripTime)
                : passed < TimeSpan.FromMilliseconds(1) ? passed : TimeSpan.FromMilliseconds(1);
        }
        catch (Exception e) when (e is PlatformNotSupportedException or PingException)
        {
            throw new InvalidOperationException("the agent may not send echoes; allow it with: sysctl -w net.ipv4.ping_group_range='0 2147483647', "
                + "or install the package iputils-ping", e);
        }
    }
}
