using System.Net.Sockets;
using System.Text;
using Vigie.Agent.Reading;

namespace Vigie.Tests.Agent.Reading;

/// <summary>Against a socket that says what a bus says, byte for byte.</summary>
public sealed class SystemdUnitsTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("vigie-bus-").FullName;
    readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    string Bus => Path.Combine(_folder, "bus");

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Listens, answers the greeting, then sends these bytes and hangs up; silent when they are null.</summary>
    async Task ServeAsync(string path, string greeting, byte[]? then)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        using var client = await _listener.AcceptAsync(Ct);
        await client.SendAsync(Encoding.ASCII.GetBytes(greeting), Ct);
        if (then is null)
        {
            await client.ReceiveAsync(new byte[4096], Ct); // the greeting, and then it waits
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Ct);
        }
        await client.SendAsync(then!, Ct);
        client.Shutdown(SocketShutdown.Send);
        while (await client.ReceiveAsync(new byte[4096], Ct) > 0)
            continue;
    }

    Task<IReadOnlyList<SystemdUnit>> AskAsync(CancellationToken ct) =>
        new SystemdUnits(Bus, Path.Combine(_folder, "private")).ListAsync(ct);

    async Task<IReadOnlyList<SystemdUnit>> AnswerAsync(params byte[][] messages)
    {
        var serve = ServeAsync(Bus, "DATA\r\nOK 1234deadbeef\r\n", [.. messages.SelectMany(m => m)]);
        var units = await AskAsync(Ct);
        await serve;
        return units;
    }

    static byte[] Units(params string[][] units)
    {
        var body = new Message();
        foreach (var unit in units)
        {
            body.Align(8);
            foreach (var text in unit)
                body.Text(text);
            body.Text("").Text("/org/freedesktop/systemd1/unit/x").Number(0).Text("").Text("/");
        }
        return new Message().Number((uint)body.Bytes.Count).Align(8).Raw([.. body.Bytes]).Bytes.ToArray();
    }

    static byte[] Restarts(uint count) => new Message().Raw(1, (byte)'u', 0).Number(count).Bytes.ToArray();

    static byte[] Reply(uint to, byte[] body) => Message.Of(type: 2, [(5, 'u', to)], body);

    [Fact]
    public async Task Units_are_read_whatever_else_comes_before_them()
    {
        var units = await AnswerAsync(
            Reply(1, new Message().Text(":1.42").Bytes.ToArray()),
            Message.Of(type: 4, [(1, 'o', "/org/freedesktop/DBus"), (3, 's', "NameAcquired")], new Message().Text(":1.42").Bytes.ToArray()),
            Reply(2, Units(["nginx.service", "A web server", "loaded", "failed", "failed"], ["-.mount", "Root é", "loaded", "active", "mounted"],
                ["a.service", "", "loaded", "active", "running"], ["b.service", "", "loaded", "inactive", "dead"],
                ["c.service", "", "loaded", "active", "running"])),
            Reply(5, Restarts(7)),
            Message.Of(type: 3, [(4, 's', "org.freedesktop.DBus.Error.UnknownObject"), (5, 'u', 4u)], []),
            Reply(99, Restarts(1)),
            Reply(3, Restarts(2)));
        Assert.Equal([new("nginx.service", "failed", "failed", 2), new("-.mount", "active", "mounted"), new("a.service", "active", "running"),
            new("b.service", "inactive", "dead"), new("c.service", "active", "running", 7)], units);
    }

    [Fact]
    public async Task Systemds_own_socket_serves_where_there_is_no_bus()
    {
        var serve = ServeAsync(Path.Combine(_folder, "private"), "DATA\r\nOK 1\r\n", Reply(2, Units(["a.timer", "", "loaded", "active", "waiting"])));
        Assert.Equal([new("a.timer", "active", "waiting")], await AskAsync(Ct));
        await serve;
    }

    [Fact]
    public async Task An_error_of_the_bus_is_told_by_its_name() =>
        Assert.Contains("org.freedesktop.DBus.Error.AccessDenied", (await Assert.ThrowsAsync<IOException>(() =>
            AnswerAsync(Message.Of(type: 3, [(4, 's', "org.freedesktop.DBus.Error.AccessDenied"), (5, 'u', 2u)], [])))).Message);

    [Fact]
    public async Task A_bus_that_rejects_us_hangs_up_or_is_not_there_is_a_reason_and_no_bug()
    {
        Assert.Contains(Bus, (await Assert.ThrowsAsync<IOException>(() => AskAsync(Ct))).Message);
        _ = ServeAsync(Bus, "REJECTED EXTERNAL\r\n", []);
        Assert.Contains("REJECTED", (await Assert.ThrowsAsync<IOException>(() => AskAsync(Ct))).Message);
    }

    [Fact]
    public async Task A_bus_that_hangs_up_is_told() =>
        Assert.Contains("hung up", (await Assert.ThrowsAsync<IOException>(() => AnswerAsync("l\x02"u8.ToArray()))).Message);

    [Fact]
    public async Task A_silent_bus_is_left_when_time_is_up()
    {
        _ = ServeAsync(Bus, "DATA\r\n", null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var ask = AskAsync(limit.Token);
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ask);
    }

    [Fact]
    public void Damaged_messages_are_refused_with_the_place_and_never_read_beyond_their_end()
    {
        var random = new Random(20261124);
        byte[][] whole =
        [
            Reply(2, Units(["nginx.service", "A web server", "loaded", "failed", "failed"], ["b", "", "c", "d", "e"])), Reply(3, Restarts(2)),
        ];
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            var bad = whole[i % 2].ToArray();
            for (int n = random.Next(1, 4); n > 0; n--)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            try
            {
                if (BusMessage.LengthOf(bad, 1 << 20, "/bus") == bad.Length)
                    _ = SystemdUnits.TakeUnits(bad, "/bus", [], []) ? null : SystemdUnits.RestartsOf(bad, "/bus");
                read++;
            }
            catch (Exception e) when (e is FormatException or IOException)
            {
                Assert.StartsWith("/bus: ", e.Message);
            }
        }
        Assert.InRange(read, 1, 19_999);
    }

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    sealed class Message
    {
        public List<byte> Bytes { get; } = [];

        public static byte[] Of(byte type, (byte Code, char Kind, object Value)[] fields, byte[] body)
        {
            var header = new Message();
            foreach (var (code, kind, value) in fields)
            {
                header.Align(8).Raw(code, 1, (byte)kind, 0);
                _ = value is uint number ? header.Number(number) : header.Text((string)value);
            }
            return new Message().Raw((byte)'l', type, 0, 1).Number((uint)body.Length).Number(7).Number((uint)header.Bytes.Count)
                .Raw([.. header.Bytes]).Align(8).Raw(body).Bytes.ToArray();
        }

        public Message Align(int to)
        {
            while (Bytes.Count % to != 0)
                Bytes.Add(0);
            return this;
        }

        public Message Number(uint number) => Align(4).Raw(BitConverter.GetBytes(number));

        public Message Text(string text) => Number((uint)Encoding.UTF8.GetByteCount(text)).Raw(Encoding.UTF8.GetBytes(text)).Raw(0);

        public Message Raw(params byte[] bytes)
        {
            Bytes.AddRange(bytes);
            return this;
        }
    }
}
