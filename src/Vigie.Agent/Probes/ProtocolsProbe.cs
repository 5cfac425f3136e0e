using System.Runtime.CompilerServices;
using Vigie.Agent.Reading;
using Vigie.Core.Metrics;
using Vigie.Core.Otlp;

namespace Vigie.Agent.Probes;

/// <summary>
/// How TCP, UDP, IP and ICMP fare on this host, from /proc/net/snmp, netstat and sockstat: what is sent again, refused, lost or thrown away
/// is seen here and nowhere else. The kernel counts TCP and UDP over both versions of IP together; IP and ICMP are of version 4.
/// </summary>
sealed class ProtocolsProbe(ProbeContext context) : IProbe
{
    static readonly MetricInfo Connections = new("system.network.connection.count", "{connection}", MetricKind.Gauge,
        "TCP connections: those that stand (established), and closed ones whose late packets are waited for (time_wait).");
    static readonly MetricInfo Sockets =
        new("vigie.socket.count", "{socket}", MetricKind.Gauge, "Sockets in use, by protocol; those of TCP without the ones in time_wait.");
    static readonly MetricInfo SocketMemory =
        new("vigie.socket.memory", "By", MetricKind.Gauge, "Memory in the buffers of sockets, by protocol.");
    static readonly MetricInfo Orphans =
        new("vigie.tcp.orphans", "{socket}", MetricKind.Gauge, "TCP sockets that no program holds any more and that still have to send.");
    static readonly MetricInfo Segments = Count("vigie.tcp.segments", "segment", "TCP segments received and sent, without those sent again.");
    static readonly MetricInfo Resent = Count("vigie.tcp.segments.retransmitted", "segment", "TCP segments sent again because no answer came.");
    static readonly MetricInfo ResentFor = Count("vigie.tcp.retransmissions", "segment",
        "Some of the TCP segments sent again, by occasion: fast, slow_start, syn (opening a connection), lost (sent again and lost again).");
    static readonly MetricInfo Timeouts = Count("vigie.tcp.timeouts", "timeout", "How often TCP had to wait to the end for an answer that did not come.");
    static readonly MetricInfo Opens = Count("vigie.tcp.opens", "connection", "TCP connections begun by this host (active) and by others (passive).");
    static readonly MetricInfo Failures = Count("vigie.tcp.failures", "connection",
        "TCP connections that failed: attempt (not opened), reset (broken off), timeout (no answer), memory (no room for more).");
    static readonly MetricInfo ResetsSent = Count("vigie.tcp.resets.sent", "segment", "TCP segments sent to refuse or break off a connection.");
    static readonly MetricInfo Bad = Count("vigie.tcp.errors", "segment", "TCP segments received that were damaged.");
    static readonly MetricInfo Overflows = Count("vigie.tcp.listen.overflows", "connection",
        "Connections refused because a program did not take those that waited; its backlog is too short or it too slow.");
    static readonly MetricInfo ListenDrops = Count("vigie.tcp.listen.drops", "connection", "Connections refused for whatever reason, overflows included.");
    static readonly MetricInfo Cookies = Count("vigie.tcp.syncookies.sent", "packet", "Answers by cookie, which TCP gives when it is flooded with requests.");
    static readonly MetricInfo Dropped = Count("vigie.tcp.packets.dropped", "packet",
        "TCP packets thrown away by a full queue: backlog, pruned (memory is short), out_of_order, request (connections being opened), zero_window.");
    static readonly MetricInfo Pressures = Count("vigie.tcp.memory.pressures", "event", "How often TCP came to the point at which it has to save memory.");
    static readonly MetricInfo WaitOverflows =
        Count("vigie.tcp.time_wait.overflows", "socket", "Sockets that were not kept in time_wait because there were too many.");
    static readonly MetricInfo Datagrams = Count("vigie.udp.datagrams", "datagram", "UDP datagrams that programs have received and sent.");
    static readonly MetricInfo LostDatagrams = Count("vigie.udp.errors", "datagram",
        "UDP datagrams lost: no_port (nobody listens), receive_buffer and send_buffer (full), checksum (damaged).");
    static readonly MetricInfo Packets = Count("vigie.ip.packets", "packet", "IP packets received and sent by this host, loopback included.");
    static readonly MetricInfo Forwarded = Count("vigie.ip.forwarded", "packet", "IP packets passed on for others.");
    static readonly MetricInfo LostPackets = Count("vigie.ip.errors", "packet",
        "IP packets lost: header, address, protocol, receive and transmit (no room), no_route, reassembly, fragmentation.");
    static readonly MetricInfo Messages = Count("vigie.icmp.messages", "message", "ICMP messages received and sent.");
    static readonly MetricInfo Unreachable =
        Count("vigie.icmp.unreachable", "message", "ICMP messages received and sent that something can't be reached.");

    static readonly SampleAttribute Tcp = new("network.transport", "tcp"), Udp = new("network.transport", "udp"),
        Established = new("network.connection.state", "established"), TimeWait = new("network.connection.state", "time_wait"),
        Receive = new("network.io.direction", "receive"), Transmit = new("network.io.direction", "transmit");

    static readonly Figure[] Snmp =
    [
        new("Tcp CurrEstab", Connections, 1, Tcp, Established),
        new("Tcp InSegs", Segments, 1, Receive), new("Tcp OutSegs", Segments, 1, Transmit), new("Tcp RetransSegs", Resent, 1),
        new("Tcp ActiveOpens", Opens, 1, Type("active")), new("Tcp PassiveOpens", Opens, 1, Type("passive")),
        new("Tcp AttemptFails", Failures, 1, Reason("attempt")), new("Tcp EstabResets", Failures, 1, Reason("reset")),
        new("Tcp OutRsts", ResetsSent, 1), new("Tcp InErrs", Bad, 1),
        new("Udp InDatagrams", Datagrams, 1, Receive), new("Udp OutDatagrams", Datagrams, 1, Transmit),
        new("Udp NoPorts", LostDatagrams, 1, Reason("no_port")), new("Udp RcvbufErrors", LostDatagrams, 1, Reason("receive_buffer")),
        new("Udp SndbufErrors", LostDatagrams, 1, Reason("send_buffer")), new("Udp InCsumErrors", LostDatagrams, 1, Reason("checksum")),
        new("Ip InReceives", Packets, 1, Receive), new("Ip OutRequests", Packets, 1, Transmit), new("Ip ForwDatagrams", Forwarded, 1),
        new("Ip InHdrErrors", LostPackets, 1, Reason("header")), new("Ip InAddrErrors", LostPackets, 1, Reason("address")),
        new("Ip InUnknownProtos", LostPackets, 1, Reason("protocol")), new("Ip InDiscards", LostPackets, 1, Reason("receive")),
        new("Ip OutDiscards", LostPackets, 1, Reason("transmit")), new("Ip OutNoRoutes", LostPackets, 1, Reason("no_route")),
        new("Ip ReasmFails", LostPackets, 1, Reason("reassembly")), new("Ip FragFails", LostPackets, 1, Reason("fragmentation")),
        new("Icmp InMsgs", Messages, 1, Receive), new("Icmp OutMsgs", Messages, 1, Transmit),
        new("Icmp InDestUnreachs", Unreachable, 1, Receive), new("Icmp OutDestUnreachs", Unreachable, 1, Transmit),
    ];

    static readonly Figure[] Netstat =
    [
        new("TcpExt ListenOverflows", Overflows, 1), new("TcpExt ListenDrops", ListenDrops, 1), new("TcpExt SyncookiesSent", Cookies, 1),
        new("TcpExt TCPTimeouts", Timeouts, 1),
        new("TcpExt TCPFastRetrans", ResentFor, 1, Type("fast")), new("TcpExt TCPSlowStartRetrans", ResentFor, 1, Type("slow_start")),
        new("TcpExt TCPSynRetrans", ResentFor, 1, Type("syn")), new("TcpExt TCPLostRetransmit", ResentFor, 1, Type("lost")),
        new("TcpExt TCPAbortOnTimeout", Failures, 1, Reason("timeout")), new("TcpExt TCPAbortOnMemory", Failures, 1, Reason("memory")),
        new("TcpExt TCPBacklogDrop", Dropped, 1, Reason("backlog")), new("TcpExt RcvPruned", Dropped, 1, Reason("pruned")),
        new("TcpExt TCPOFODrop", Dropped, 1, Reason("out_of_order")), new("TcpExt TCPReqQFullDrop", Dropped, 1, Reason("request")),
        new("TcpExt TCPZeroWindowDrop", Dropped, 1, Reason("zero_window")),
        new("TcpExt TCPMemoryPressures", Pressures, 1), new("TcpExt TCPTimeWaitOverflow", WaitOverflows, 1),
    ];

    readonly HostFile _snmp = context.Root.File("/proc/net/snmp"), _netstat = context.Root.File("/proc/net/netstat"),
        _sockstat = context.Root.File("/proc/net/sockstat"), _sockstat6 = context.Root.File("/proc/net/sockstat6");
    readonly HeadedNumbers _fromSnmp = new("/proc/net/snmp", [.. Snmp.Select(Column)]),
        _fromNetstat = new("/proc/net/netstat", [.. Netstat.Select(Column)]);

    [ModuleInitializer]
    internal static void Register() => ProbeCatalog.Add("protocols", static context => new ProtocolsProbe(context));

    public ProbeInfo Info { get; } = new("protocols",
    [
        Connections, Sockets, SocketMemory, Orphans, Segments, Resent, ResentFor, Timeouts, Opens, Failures, ResetsSent, Bad, Overflows, ListenDrops,
        Cookies, Dropped, Pressures, WaitOverflows, Datagrams, LostDatagrams, Packets, Forwarded, LostPackets, Messages, Unreachable,
    ], IsQuick: true);

    public ValueTask CollectAsync(ISampleSink sink, CancellationToken ct)
    {
        ReadOnlySpan<byte> snmp = _snmp.Read(), netstat = _netstat.Read(), sockstat = _sockstat.Read();
        if (snmp.IsEmpty && netstat.IsEmpty && sockstat.IsEmpty)
            sink.NoData("/proc/net/snmp, /proc/net/netstat and /proc/net/sockstat are missing or empty");
        _fromSnmp.Read(snmp);
        for (int i = 0; i < Snmp.Length; i++)
            Snmp[i].AddTo(sink, _fromSnmp[i]);
        _fromNetstat.Read(netstat);
        for (int i = 0; i < Netstat.Length; i++)
            Netstat[i].AddTo(sink, _fromNetstat[i]);
        ReportSockets(sink, sockstat, _sockstat6.ReadIfGiven()); // missing where version 6 is switched off
        return default;
    }

    // TCP: inuse 27 orphan 0 tw 113 alloc 29 mem 3; both versions of IP share all but inuse.
    void ReportSockets(ISampleSink sink, ReadOnlySpan<byte> sockstat, ReadOnlySpan<byte> sockstat6)
    {
        if (Of(sockstat, "TCP:"u8, "inuse"u8) is { } tcp)
            sink.Add(Sockets, tcp + (Of(sockstat6, "TCP6:"u8, "inuse"u8) ?? 0.0), Tcp);
        if (Of(sockstat, "UDP:"u8, "inuse"u8) is { } udp)
            sink.Add(Sockets, udp + (Of(sockstat6, "UDP6:"u8, "inuse"u8) ?? 0.0), Udp);
        if (Of(sockstat, "TCP:"u8, "mem"u8) is { } tcpPages)
            sink.Add(SocketMemory, (double)tcpPages * Environment.SystemPageSize, Tcp);
        if (Of(sockstat, "UDP:"u8, "mem"u8) is { } udpPages)
            sink.Add(SocketMemory, (double)udpPages * Environment.SystemPageSize, Udp);
        if (Of(sockstat, "TCP:"u8, "tw"u8) is { } waiting)
            sink.Add(Connections, waiting, Tcp, TimeWait);
        if (Of(sockstat, "TCP:"u8, "orphan"u8) is { } orphans)
            sink.Add(Orphans, orphans);
    }

    static ulong? Of(ReadOnlySpan<byte> text, ReadOnlySpan<byte> protocol, ReadOnlySpan<byte> name)
    {
        while (text.TakeLine(out var line))
            if (line.TakeField(out var first) && first.SequenceEqual(protocol))
                while (line.TakeField(out var key))
                {
                    if (key.SequenceEqual(name))
                        return line.TakeNumber("/proc/net/sockstat");
                    line.SkipFields(1);
                }
        return null;
    }

    static (string, string) Column(Figure figure) => figure.Key.Split(' ') is [var group, var column] ? (group, column) : throw new InvalidOperationException();

    static SampleAttribute Type(string type) => new("type", type);

    static SampleAttribute Reason(string reason) => new("reason", reason);

    static MetricInfo Count(string name, string what, string help) => new(name, $"{{{what}}}", MetricKind.Counter, help);
}
