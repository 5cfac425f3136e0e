using System.CommandLine;
using Vigie.Hub.Advisories;
using Vigie.Hub.Advisories.Findings;
using Vigie.Hub.Configuration;

namespace Vigie.Hub.Commands;

/// <summary>The commands <c>advisories accept</c> and <c>advisories withdraw</c>.</summary>
static class AdvisoriesAccept
{
    const int LongestReason = 500;

    static readonly Argument<string> Reference = new("reference") { Description = "Such as CERTFR-2026-AVI-0123." };

    static readonly Option<string?> Host = new("--host") { Description = "Only for this host; for all when left out.", HelpName = "NAME" };

    static readonly Option<string> Reason = new("--reason") { Description = "Why, for those who wonder.", HelpName = "TEXT", Required = true };

    static readonly Option<string?> Length = new("--for") { Description = "How long, such as 30d; without end when left out.", HelpName = "TIME" };

    static readonly Argument<long> Number = new("number") { Description = "As `vigie advisories show --json` has it under accepted." };

    public static void AddTo(Command command, Action<Command, Func<CliCall, CancellationToken, Task>> act)
    {
        var accept = new Command("accept", "Accept the risk of an advisory: it is counted and told no more, until CVEs are added or attacks become known.")
        { Reference, Host, Reason, Length };
        act(accept, AcceptAsync);
        var withdraw = new Command("withdraw", "Take an acceptance back.") { Number };
        act(withdraw, WithdrawAsync);
        command.Add(accept);
        command.Add(withdraw);
    }

    static async Task AcceptAsync(CliCall call, CancellationToken ct)
    {
        string reference = call.Value(Reference)!.Trim().ToUpperInvariant();
        var now = call.Time.GetUtcNow();
        DateTimeOffset? until = call.Value(Length) is not { } text ? null
            : Quantities.TryDuration(text, out var time) && time > TimeSpan.Zero ? now + time
            : throw new CommandException($"--for: \"{text}\" is no time; write it like 30d");
        string reason = OutsideText.Line(call.Value(Reason), LongestReason);
        if (reason.Length == 0)
            throw new CommandException("--reason is empty; write why the risk is accepted");
        string? host = call.Value(Host);
        if (host is not null && !call.Get<FindingStore>().Of(reference).Any(f => f.Host == host))
            throw new CommandException($"{OutsideText.Line(reference, 60)} does not concern a host {OutsideText.Line(host, 100)}; "
                + $"`vigie advisories show {reference}` lists whom it does");
        if (!await call.Get<AcceptanceStore>().AcceptAsync(reference, host, reason, Environment.UserName, until, now, ct))
            throw new CommandException($"{OutsideText.Line(reference, 60)} is not known; `vigie advisories list` shows what is");
        var made = call.Get<AcceptanceStore>().Of(reference)[0];
        call.Print(new { made.Id, made.Reference, made.Host, made.Until },
            $"Accepted as number {made.Id}; `vigie advisories withdraw {made.Id}` takes it back.");
    }

    static async Task WithdrawAsync(CliCall call, CancellationToken ct)
    {
        long id = call.Value(Number);
        if (!await call.Get<AcceptanceStore>().WithdrawAsync(id, call.Time.GetUtcNow(), ct))
            throw new CommandException($"there is no acceptance {id} in force; `vigie advisories show REFERENCE --json` lists those of an advisory");
        call.Print(new { withdrawn = id }, $"Acceptance {id} is taken back.");
    }
}
