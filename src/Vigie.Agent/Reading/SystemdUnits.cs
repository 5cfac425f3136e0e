using System.Net.Sockets;
using System.Text;

namespace Vigie.Agent.Reading;

/// <summary>One unit of systemd: <c>nginx.service</c>, <c>failed</c>, <c>failed</c>.</summary>
/// <param name="Restarts">How often systemd has started it again by itself; 0 for what is no service.</param>
readonly record struct SystemdUnit(string Name, string Active, string Sub, uint Restarts = 0);

/// <summary>Asks systemd for its units.</summary>
/// <exception cref="IOException">It can't be asked; the message is the reason.</exception>
delegate Task<IReadOnlyList<SystemdUnit>> ListUnits(CancellationToken ct);

/// <summary>
/// Calls ListUnits of systemd over the system bus, which every user may, and asks each service that is not at rest how often it was
/// restarted: one connection, no library. Who we are is told by the socket itself, so no name is sent. Without a bus there is systemd's
/// own socket, which is for root alone.
/// </summary>
sealed class SystemdUnits(string busPath, string privatePath)
{
    const int MostBytes = 8 * 1024 * 1024, MostUnits = 20_000, MostServices = 500;
    const uint HelloSerial = 1, ListSerial = 2, FirstRestartsSerial = 3;
    const string Systemd = "org.freedesktop.systemd1";

    static readonly byte[] Greeting = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"u8.ToArray();
    static readonly byte[] Hello =
        BusMessage.Call(HelloSerial, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello");
    static readonly byte[] List = BusMessage.Call(ListSerial, Systemd, "/org/freedesktop/systemd1", Systemd + ".Manager", "ListUnits");

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
            var units = new List<SystemdUnit>();
            var paths = new List<string>();
            while (!TakeUnits(await ReadMessageAsync(stream, socketPath, ct), socketPath, units, paths))
                continue;
            await AddRestartsAsync(stream, socketPath, units, paths, ct);
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

    /// <summary>Takes the units and the paths of their objects, which are as many; false when the message is not the answer.</summary>
    internal static bool TakeUnits(byte[] message, string socketPath, List<SystemdUnit> units, List<string> paths)
    {
        var reply = BusMessage.Reply(message, socketPath);
        if (reply.To is HelloSerial or ListSerial && reply.Error is { } error)
            throw new IOException($"{socketPath}: {error}");
        if (reply.To is not ListSerial)
            return false;
        // a(ssssssouso): name, description, load, active, sub, followed, path, job, its type, its path
        var body = reply.Body;
        body.Number();
        body.Align(8);
        while (!body.IsAtEnd && units.Count < MostUnits)
        {
            string name = Encoding.UTF8.GetString(body.Text());
            body.Text();
            body.Text();
            string active = Word(body.Text()), sub = Word(body.Text());
            body.Text();
            string path = active is "inactive" || !name.EndsWith(".service", StringComparison.Ordinal) ? "" : Encoding.UTF8.GetString(body.Text());
            if (path.Length == 0)
                body.Text();
            body.Number();
            body.Text();
            body.Text();
            body.Align(8);
            units.Add(new(name, active, sub));
            paths.Add(path);
        }
        return true;
    }

    /// <summary>Asks for all at once and takes the answers as they come.</summary>
    static async Task AddRestartsAsync(NetworkStream stream, string socketPath, List<SystemdUnit> units, List<string> paths, CancellationToken ct)
    {
        int[] services = [.. Enumerable.Range(0, units.Count).Where(i => paths[i].Length > 0).Take(MostServices)];
        using var calls = new MemoryStream();
        for (int i = 0; i < services.Length; i++)
            calls.Write(BusMessage.Call(FirstRestartsSerial + (uint)i, Systemd, paths[services[i]], "org.freedesktop.DBus.Properties", "Get",
                Systemd + ".Service", "NRestarts"));
        await stream.WriteAsync(calls.GetBuffer().AsMemory(0, (int)calls.Length), ct);
        for (int open = services.Length; open > 0;)
        {
            var message = await ReadMessageAsync(stream, socketPath, ct);
            if (RestartsOf(message, socketPath) is not { } answer || answer.Service >= services.Length)
                continue;
            int unit = services[answer.Service];
            units[unit] = units[unit] with { Restarts = answer.Restarts };
            open--;
        }
    }

    internal static (int Service, uint Restarts)? RestartsOf(byte[] message, string socketPath)
    {
        var reply = BusMessage.Reply(message, socketPath);
        if (reply.To is not { } serial || serial < FirstRestartsSerial)
            return null;
        var body = reply.Body;
        int service = (int)Math.Min(serial - FirstRestartsSerial, int.MaxValue);
        // An error is a unit that has gone, or a systemd before 235; else it is a variant with a u in it.
        return reply.Error is null && body.Signature() is [(byte)'u'] ? (service, body.Number()) : (service, 0);
    }

    // Nearly every unit has one of few words.
    static string Word(ReadOnlySpan<byte> text) => text.SequenceEqual("active"u8) ? "active" : text.SequenceEqual("inactive"u8) ? "inactive"
        : text.SequenceEqual("dead"u8) ? "dead" : text.SequenceEqual("running"u8) ? "running" : text.SequenceEqual("plugged"u8) ? "plugged"
        : Encoding.UTF8.GetString(text);
}
