using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Vigie.Agent.Checks.Kinds;

/// <summary>Whether a port takes connections: <c>tcp mail.example.org:25 warning 500ms</c>.</summary>
sealed class TcpCheck(CheckPlan plan, string host, int port, Limits limits, TimeProvider time)
    : NetworkCheck(plan, $"{host}:{port}", time)
{
    [ModuleInitializer]
    internal static void Register() => CheckKinds.Add("tcp", "tcp mail.example.org:25 warning 500ms critical 2s", static (plan, arguments, context) =>
    {
        var (host, port) = HostAndPort(arguments.Word("HOST:PORT"), usual: 0);
        if (port == 0)
            arguments.Wrong("HOST:PORT was expected, such as mail.example.org:25 or [2001:db8::1]:25");
        return new TcpCheck(plan, host, port, Limits.Read(arguments), context.Time);
    });

    protected override async ValueTask<CheckResult> LookAsync(CancellationToken ct)
    {
        long began = Time.GetTimestamp();
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, ct);
        var took = Time.GetElapsedTime(began);
        return new(Plan.Name, limits.Of(took), $"{host}:{port} took a connection in {Limits.Text(took)}", Figures: [limits.Value("time", took)]);
    }

    /// <summary>The port is zero when the text is none of name:port, address:port and [address]:port.</summary>
    public static (string Host, int Port) HostAndPort(string text, int usual)
    {
        int colon = text.LastIndexOf(':');
        bool named = colon > 0 && (text[colon - 1] == ']' || text.IndexOf(':', StringComparison.Ordinal) == colon);
        string host = (named ? text[..colon] : text).Trim('[', ']');
        int port = !named ? usual
            : int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int read) && read is > 0 and < 65536 ? read : 0;
        return (host, host.Length == 0 ? 0 : port);
    }
}
