using System.Net.Sockets;
using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>One unit of systemd: <c>nginx.service</c>, <c>failed</c>, <c>failed</c>.</summary>
readonly record struct SystemdUnit(string Name, string Active, string Sub);

/// <summary>Asks systemd for its units.</summary>
/// <exception cref="IOException">It can't be asked; the message is the reason.</exception>
delegate Task<IReadOnlyList<SystemdUnit>> ListUnits(CancellationToken ct);

/// <summary>
/// Calls ListUnits of systemd over the system bus, which every user may: one connection, two calls, no library. Who we are is told by
/// the socket itself, so no name is sent. Without a bus there is systemd's own socket, which is for root alone.
/// </summary>
sealed class SystemdUnits(string busPath, string privatePath)
{
    const int MostBytes = 8 * 1024 * 1024, MostUnits = 20_000;
    const uint HelloSerial = 1, ListSerial = 2;

    static readonly byte[] Greeting = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"u8.ToArray();
    static readonly byte[] Hello =
        BusMessage.Call(HelloSerial, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello");
    static readonly byte[] List = BusMessage.Call(ListSerial, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
        "org.freedesktop.systemd1.Manager", "ListUnits");

    public async Task<IReadOnlyList<SystemdUnit>> ListAsync(CancellationToken ct)
    {
        bool hasBus = File.Exists(busPath) || !File.Exists(privatePath);
        string socketPath = hasBus ? busPath : privatePath;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), ct);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            await stream.WriteAsync(Greeting, ct);
            await ExpectLineAsync(stream, "DATA", socketPath, ct);
            await ExpectLineAsync(stream, "OK ", socketPath, ct);
            if (hasBus)
                await stream.WriteAsync(Hello, ct); // without which the bus hands nothing on
            await stream.WriteAsync(List, ct);
            while (true)
                if (UnitsOf(await ReadMessageAsync(stream, socketPath, ct), socketPath) is { } units)
                    return units;
        }
        catch (SocketException e)
        {
            throw new IOException($"{socketPath}: {e.Message}", e);
        }
        catch (EndOfStreamException e)
        {
            throw new IOException($"{socketPath}: the bus has hung up", e);
        }
    }

    static async Task ExpectLineAsync(NetworkStream stream, string start, string socketPath, CancellationToken ct)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (line.Count < 256)
        {
            await stream.ReadExactlyAsync(one, ct);
            if (one[0] == '\n')
                break;
            line.Add(one[0]);
        }
        if (!Encoding.ASCII.GetString([.. line]).StartsWith(start, StringComparison.Ordinal))
            throw new IOException($"{socketPath}: {start.Trim()} was expected, found {TextScan.Quote([.. line])}");
    }

    static async Task<byte[]> ReadMessageAsync(NetworkStream stream, string socketPath, CancellationToken ct)
    {
        var header = new byte[BusMessage.FixedHeader];
        await stream.ReadExactlyAsync(header, ct);
        var message = new byte[BusMessage.LengthOf(header, MostBytes, socketPath)];
        header.CopyTo(message, 0);
        await stream.ReadExactlyAsync(message.AsMemory(header.Length), ct);
        return message;
    }

    // a(ssssssouso): name, description, load, active, sub, followed, path, job, its type, its path
    internal static List<SystemdUnit>? UnitsOf(byte[] message, string socketPath)
    {
        if (BusMessage.IsReply(message, HelloSerial, socketPath, out _) || !BusMessage.IsReply(message, ListSerial, socketPath, out var body))
            return null;
        var units = new List<SystemdUnit>();
        body.Number();
        body.Align(8);
        while (!body.IsAtEnd && units.Count < MostUnits)
        {
            string name = Encoding.UTF8.GetString(body.Text());
            body.Text();
            body.Text();
            string active = Word(body.Text()), sub = Word(body.Text());
            body.Text();
            body.Text();
            body.Number();
            body.Text();
            body.Text();
            body.Align(8);
            units.Add(new(name, active, sub));
        }
        return units;
    }

    // Nearly every unit has one of few words.
    static string Word(ReadOnlySpan<byte> text) => text.SequenceEqual("active"u8) ? "active" : text.SequenceEqual("inactive"u8) ? "inactive"
        : text.SequenceEqual("dead"u8) ? "dead" : text.SequenceEqual("running"u8) ? "running" : text.SequenceEqual("plugged"u8) ? "plugged"
        : Encoding.UTF8.GetString(text);
}
