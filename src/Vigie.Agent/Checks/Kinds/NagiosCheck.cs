using System.Runtime.CompilerServices;

namespace Vigie.Agent.Checks.Kinds;

/// <summary>A Nagios plugin: <c>nagios /usr/lib/nagios/plugins/check_load -w 5,4,3 -c 10,8,6</c>.</summary>
sealed class NagiosCheck(CheckPlan plan, string path, IReadOnlyList<string> arguments) : ICheck
{
    const int MostOutput = 64 * 1024;

    [ModuleInitializer]
    internal static void Register() => CheckKinds.Add("nagios", "nagios /usr/lib/nagios/plugins/check_load -w 5,4,3 -c 10,8,6",
        static (plan, arguments, _) =>
        {
            string path = arguments.Word("the plugin's path");
            if (path.Length > 0 && path[0] != '/')
                arguments.Wrong($"\"{path}\" is no whole path; begin it with a slash");
            return new NagiosCheck(plan, path, arguments.Rest());
        });

    public CheckPlan Plan => plan;

    public async ValueTask<CheckOutcome> RunAsync(CancellationToken ct)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"there is no file {path}; Debian's plugins are in the package monitoring-plugins-basic");
        ScriptFile.RefuseIfOthersCouldChange(path);
        var ended = await ScriptProcess.RunAsync(path, arguments, MostOutput, ct);
        return CheckOutcome.Of(NagiosOutput.Parse(plan.Name, ended.ExitCode, CheckText.Decode(ended.Output),
            CheckText.Decode(ended.ErrorText)));
    }
}
