using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MimeKit;

namespace Vigie.Tests.Support;

/// <summary>aiosmtpd from Debian's package, in a process of its own, with a Maildir to read back.</summary>
sealed class SmtpServer : IDisposable
{
    const string Python = "/usr/bin/python3";

    readonly TempFolder _folder = new();
    readonly Process _process;

    SmtpServer(int port, string[] login)
    {
        Port = port;
        var start = new ProcessStartInfo(Python)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            ArgumentList = { Repository.Path("tests/Vigie.Tests/Support/smtp_server.py"), $"{port}", _folder["mail"], _folder["reply"] },
        };
        foreach (string word in login)
            start.ArgumentList.Add(word);
        _process = Process.Start(start)!;
        string? line = _process.StandardOutput.ReadLine();
        if (line != "ready")
            throw new InvalidOperationException("aiosmtpd did not start: " + _process.StandardError.ReadToEnd());
    }

    public int Port { get; }

    public static SmtpServer Start(int? port = null, params string[] login)
    {
        Assert.SkipUnless(HasModule(), "the Python module aiosmtpd is missing; check.sh installs it (Debian package python3-aiosmtpd)");
        return new(port ?? FreePort(), login);
    }

    /// <summary>What the server answers to each mail; null: it takes them.</summary>
    public void Answer(string? reply) => File.WriteAllText(_folder["reply"], reply ?? "");

    /// <summary>The mails in the order they came.</summary>
    public IReadOnlyList<MimeMessage> Mails() => !Directory.Exists(_folder["mail/new"]) ? []
        : [.. Directory.GetFiles(_folder["mail/new"])
            .Select(f => new FileInfo(f))
            .OrderBy(f => f.LastWriteTimeUtc)
            .ThenBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => MimeMessage.Load(f.FullName))];

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _folder.Dispose();
    }

    static bool HasModule()
    {
        using var check = Process.Start(new ProcessStartInfo(Python, ["-c", "import aiosmtpd"])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        });
        check!.WaitForExit();
        return check.ExitCode == 0;
    }
}
