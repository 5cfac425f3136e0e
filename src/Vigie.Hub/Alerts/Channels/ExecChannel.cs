using System.ComponentModel;
using System.Text;
using System.Text.Json;
using Vigie.Agent.Checks;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Alerts.Channels;

sealed record ExecOptions : ChannelOptions
{
    [Description("The program and its arguments: [\"/usr/local/bin/page\", \"--loud\"]. No shell reads it."), Required]
    public IReadOnlyList<string> Command { get; init; } = [];

    public override IEnumerable<string> Errors()
    {
        if (Command.Count > 0 && !Path.IsPathRooted(Command[0]))
            yield return $"Command begins with \"{Command[0]}\"; write the program's whole path";
        else if (Command.Count > 0 && !File.Exists(Command[0]))
            yield return $"Command begins with \"{Command[0]}\", which does not exist; write the path of a program";
    }
}

/// <summary>
/// A program of the user's. It has the facts in its environment, Vigie's own JSON on its input, and a clean environment
/// otherwise. Exit code 0 means told, 65 (a message it will never take) refused, everything else to be tried again.
/// </summary>
[ChannelKind("exec", "A program of yours: facts in its environment, Vigie's own JSON on its input.")]
sealed class ExecChannel(ExecOptions options) : IChannel
{
    const int Refused = 65; // EX_DATAERR of sysexits.h
    const int MostOutput = 64 * 1024, MostQuoted = 200;

    public string Target => options.Command[0];

    public async Task<Delivery> SendAsync(Message message, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(options.Timeout);
        try
        {
            var input = JsonSerializer.SerializeToUtf8Bytes(MessageJson.Of(message), MessageJson.Style);
            var ended = await ScriptProcess.RunAsync(options.Command[0], [.. options.Command.Skip(1)], MostOutput, patience.Token,
                Environment(message), input);
            string said = Encoding.UTF8.GetString(ended.ExitCode == 0 ? ended.Output : ended.ErrorText.Length > 0 ? ended.ErrorText : ended.Output);
            said = ChatText.Line(said, MostQuoted);
            string reason = $"{Target} ended with exit code {ended.ExitCode}{(said.Length > 0 ? ": " + said : "")}";
            return ended.ExitCode switch
            {
                0 => Delivery.Taken(said.Length > 0 ? said : "exit code 0"),
                Refused => Delivery.Refused(reason),
                _ => Delivery.Retry(reason),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Delivery.Retry($"{Target} did not end within {options.Timeout.TotalSeconds:0.#} s and was stopped");
        }
        catch (InvalidOperationException e)
        {
            return Delivery.Retry($"{Target}: {e.Message}");
        }
    }

    /// <summary>Names of the facts; a value holds no zero byte, which would end it.</summary>
    static Dictionary<string, string> Environment(Message message)
    {
        var first = message.Facts.First;
        var facts = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["VIGIE_ID"] = message.MessageId,
            ["VIGIE_KEY"] = message.Key,
            ["VIGIE_STATUS"] = message.Facts.StatusText,
            ["VIGIE_SEVERITY"] = message.Facts.Severity,
            ["VIGIE_SUBJECT"] = message.Subject,
            ["VIGIE_URL"] = message.Facts.Url,
            ["VIGIE_HOST"] = first?.Host,
            ["VIGIE_RULE"] = first?.Rule,
            ["VIGIE_TITLE"] = first?.Title,
            ["VIGIE_VALUE"] = first?.ValueText,
            ["VIGIE_THRESHOLD"] = first?.ThresholdText,
            ["VIGIE_SINCE"] = first is null ? null : MessageJson.Time(first.Since),
            ["VIGIE_ENDED"] = first?.Ended is { } ended ? MessageJson.Time(ended) : null,
        };
        return facts.ToDictionary(f => f.Key, f => (f.Value ?? "").Replace("\0", "", StringComparison.Ordinal), StringComparer.Ordinal);
    }
}
