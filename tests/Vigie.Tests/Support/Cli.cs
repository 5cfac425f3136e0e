using System.CommandLine;
using Vigie.Hub.Commands;

namespace Vigie.Tests.Support;

/// <summary>The command line, called in this process.</summary>
static class Cli
{
    public sealed record Result(int Code, string Output, string Error);

    public static async Task<Result> RunAsync(string folder, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        int code = await HubProgram.Root()
            .Parse([.. args, "--data", folder])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>A call that must succeed.</summary>
    public static async Task<string> OkAsync(string folder, params string[] args)
    {
        var result = await RunAsync(folder, args);
        Assert.True(result.Code == 0, $"vigie {string.Join(' ', args)} ended with {result.Code}: {result.Error}{result.Output}");
        return result.Output;
    }

    /// <summary>A call that must fail with a sentence that holds these words.</summary>
    public static async Task FailsAsync(string folder, string words, params string[] args)
    {
        var result = await RunAsync(folder, args);
        Assert.NotEqual(0, result.Code);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
